/** Applies changes to a project and kills itself at a step of it: `apply-process.ts ROOT STEP CHANGES`. Prints how many steps there were. */
import { constants } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { FileChange } from '../../src/files.ts';

const [root = '', step = '0', changes = '[]'] = process.argv.slice(2);
let steps = -1;

function counted(owner: Record<string, unknown>, name: string): void {
  const original = owner[name] as (this: unknown, ...given: unknown[]) => unknown;
  owner[name] = function (this: unknown, ...given: unknown[]) {
    // What is opened to be read changes nothing.
    if (steps >= 0 && !(name === 'open' && (Number(given[1]) & constants.O_CREAT) === 0)) {
      steps += 1;
      if (steps === Number(step)) process.kill(process.pid, 'SIGKILL');
    }
    return original.apply(this, given);
  };
}

const handle: FileHandle = await promises.open(root);
const handles = Object.getPrototypeOf(handle) as Record<string, unknown>;
await handle.close();
for (const name of ['writeFile', 'chmod', 'chown', 'sync']) counted(handles, name);
for (const name of ['open', 'rename', 'link', 'unlink', 'mkdir']) counted(promises as unknown as Record<string, unknown>, name);
syncBuiltinESMExports();

const { openProjectFiles } = await import('../../src/files.ts');
const files = await openProjectFiles(root);
const plan = await files.plan(JSON.parse(changes) as FileChange[]);
if (plan.kind === 'refused') throw new Error(plan.refusals.map(({ message }) => message).join('\n'));
steps = 0;
await files.apply(plan.files);
console.log(steps);
