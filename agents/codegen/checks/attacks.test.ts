/** Generated code and tests that try to be taken for good, to read what is not theirs, or not to end: none does, on either backend. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox.ts';
import { needs } from '../../../test/needs.ts';
import { checkTree } from './check-tree.ts';
import { type Attack, honestPython, pythonAttacks } from './rehearsal/python-attacks.ts';
import { honestScript, scriptAttacks } from './rehearsal/script-attacks.ts';
import { changesOf, sandboxOf, treeOf } from './rehearsal/trees.ts';
import { scoreOf } from './score.ts';

const canary = 'canary-7f3a91';
const folder = mkdtempSync(join(tmpdir(), 'timonel-canary-'));
const canaryFile = join(folder, 'secret');
writeFileSync(canaryFile, canary);
process.env['TIMONEL_CANARY'] = canary;
let connections = 0;
const listener = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
const { port } = listener.address() as AddressInfo;
afterAll(() => {
  listener.close();
  rmSync(folder, { recursive: true, force: true });
  delete process.env['TIMONEL_CANARY'];
});

interface Case {
  name: string;
  files: Record<string, string>;
}

const filled = (text: string) => text.replaceAll('CANARY_FILE', canaryFile).replaceAll('CANARY_PORT', String(port));
const python = ({ name, code = honestPython.wrong, test = honestPython.honest }: Attack): Case => ({
  name: `python: ${name}`,
  files: { 'calc.py': filled(code), 'test_calc.py': filled(test) },
});
const script = ({ name, code = honestScript.wrong, test = honestScript.honest }: Attack): Case => ({
  name: `javascript: ${name}`,
  files: { 'calc.mjs': filled(code), 'calc.test.mjs': filled(test) },
});
const cases = [...pythonAttacks.map(python), ...scriptAttacks.map(script)];
/** Some of them; with TIMONEL_TEST_CODEGEN_ATTACKS=all each on both backends. */
const all = process.env['TIMONEL_TEST_CODEGEN_ATTACKS'] === 'all';

describe.each([
  { name: 'embedded' as const, step: 10 },
  { name: 'bubblewrap' as const, step: 4 },
])('attacks, $name', ({ name, step }) => {
  const sandbox = createSandbox({ mode: name === 'embedded' ? 'embedded' : 'auto', concurrency: 3, queue: 1_000 });
  afterAll(() => sandbox.close());
  const chosen = cases.filter((_, at) => all || at % step === 0);

  it.runIf(name === 'embedded' || needs('bubblewrap'))(
    `lets none of ${chosen.length} pass, read or stay`,
    { timeout: 600_000 },
    async () => {
      const faults: string[] = [];
      await Promise.all(
        chosen.map(async ({ name: attack, files }) => {
          const changes = changesOf(files);
          const report = await checkTree(treeOf(files), changes, {
            sandbox: sandboxOf(sandbox),
            signal: AbortSignal.timeout(500_000),
            wallMs: 8_000,
          });
          const score = scoreOf(report);
          const told = JSON.stringify([report, score]);
          if (report.tests.ok || score.value > 4) faults.push(`${attack}: it passed with ${score.value}: ${told.slice(0, 600)}`);
          if (
            told.includes(canary) ||
            /LEAK .*told-[0-9a-f]{32}/.test(told) ||
            /ValueError: LEAK told-|Error: LEAK told-/.test(told)
          )
            faults.push(`${attack}: it read ${told.slice(0, 600)}`);
        }),
      );
      expect(cases.length).toBeGreaterThanOrEqual(100);
      expect(faults).toEqual([]);
      expect(connections).toBe(0);
      expect(sandbox.load()).toEqual({ running: 0, waiting: 0 });
    },
  );
});
