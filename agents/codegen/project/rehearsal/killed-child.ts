/** Merges, writes or commits as a file says, and kills itself at a step: `killed-child.ts TASK STEP`. Prints how many steps there were. */
import childProcess from 'node:child_process';
import { constants } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { JournalledFile, ProjectState } from '../contract.ts';

/** What is done, and where the journal is kept. */
export interface KilledTask {
  folder: string;
  journal: string;
  run: string;
  what: 'commit' | 'merge' | 'write';
  commit: string;
  state: ProjectState;
  tree: string;
  contents: Record<string, string | null>;
}

const [taskFile = '', step = '0'] = process.argv.slice(2);
let steps = -1;
const strike = () => {
  if (steps < 0) return;
  steps += 1;
  if (steps === Number(step)) process.kill(process.pid, 'SIGKILL');
};

function counted(owner: Record<string, unknown>, name: string): void {
  const original = owner[name] as (this: unknown, ...given: unknown[]) => unknown;
  owner[name] = function (this: unknown, ...given: unknown[]) {
    // What is opened to be read changes nothing.
    if (!(name === 'open' && typeof given[1] === 'number' && (given[1] & constants.O_CREAT) === 0)) strike();
    return original.apply(this, given);
  };
}

const handle: FileHandle = await promises.open('.');
const handles = Object.getPrototypeOf(handle) as Record<string, unknown>;
await handle.close();
for (const name of ['writeFile', 'chmod', 'chown', 'sync']) counted(handles, name);
for (const name of ['open', 'rename', 'link', 'unlink', 'mkdir', 'rm', 'copyFile'])
  counted(promises as unknown as Record<string, unknown>, name);
counted(childProcess as unknown as Record<string, unknown>, 'spawn');
syncBuiltinESMExports();

const { openCodegenProject } = await import('../open-project.ts');
const { fileJournal } = await import('../file-journal.ts');
const task = JSON.parse(await promises.readFile(taskFile, 'utf8')) as KilledTask;
const project = await openCodegenProject(task.folder);
const changes = Object.fromEntries(
  Object.entries(task.contents).map(([path, text]) => [path, text === null ? null : { content: Buffer.from(text), mode: 0o644 }]),
);
const author = { name: 'Ann', email: 'ann@example.org' };
const kept = fileJournal(task.journal);
const journal = {
  ...kept,
  begin(id: string, files: readonly JournalledFile[]) {
    strike();
    return kept.begin(id, files);
  },
  end(id: string) {
    strike();
    return kept.end(id);
  },
};
steps = 0;
const { state, tree, run } = task;
const result =
  task.what === 'commit'
    ? await project.commit({ state, changes, tree, run, message: 'feat: ten files', author, at: new Date(1e12), hooks: false })
    : task.what === 'merge'
      ? await project.merge(task.commit, run, author, journal)
      : await project.write(state, changes, run, journal);
if (!['committed', 'applied'].includes(result.kind)) throw new Error(JSON.stringify(result));
process.stdout.write(String(steps));
