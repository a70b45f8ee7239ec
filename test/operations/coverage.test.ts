/** What processes ran is added to what tests ran themselves, line by line; a share that falls is noticed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addProcesses, type CoveredFiles, lineTotals } from '../../scripts/coverage/merge.ts';
import { gate, ratchet } from '../../scripts/coverage/verdict.ts';

const source = `export function chosen(yes: boolean, name: string): string {
  if (yes) {
    return \`é \${name as string}\`;
  }
  return name;
}
export function never(): number {
  return 1;
}
console.log(chosen(process.argv[2] === 'yes', 'x'));
`;

it('counts a line that only a process ran, and none that nobody did', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-merge-'));
  const path = join(folder, 'subject.ts');
  const raw = join(folder, 'raw');
  writeFileSync(path, source);
  const statement = (line: number, column: number) => ({ start: { line, column }, end: { line, column: column + 1 } });
  const covered = (): CoveredFiles => ({
    [path]: {
      path,
      statementMap: { 0: statement(2, 2), 1: statement(3, 4), 2: statement(5, 2), 3: statement(8, 2), 4: statement(10, 0) },
      // The tests themselves came to the last line of the function.
      s: { 0: 1, 1: 0, 2: 1, 3: 0, 4: 0 },
    },
  });
  expect(lineTotals(covered())).toEqual({ lines: 5, covered: 2 });
  const { status } = spawnSync(process.execPath, [path, 'yes'], { env: { NODE_V8_COVERAGE: raw, PATH: process.env['PATH'] } });
  expect(status).toBe(0);
  writeFileSync(join(raw, 'cut.json'), '{"result":[{"url":');
  writeFileSync(
    join(raw, 'worker.json'),
    JSON.stringify({ result: [{ url: 'file:///x/node_modules/vitest/dist/worker.js', functions: [] }] }),
  );
  const files = covered();
  expect(addProcesses(files, raw)).toBe(1);
  // Line 8 is of a function that nothing called.
  expect(files[path]?.s).toEqual({ 0: 2, 1: 1, 2: 1, 3: 0, 4: 1 });
  expect(lineTotals(files)).toEqual({ lines: 5, covered: 4 });
  rmSync(folder, { recursive: true });
});

it('fails when less is covered than before, and asks to be raised when more is', () => {
  expect(ratchet(79.9, 80)).toMatchObject({ ok: true });
  expect(ratchet(79.5, 80)).toEqual({ ok: false, said: '79.50 % of lines are run by tests, and 80 % were: test what was added' });
  expect(ratchet(82, 80).said).toContain('--raise');
  expect([gate(84.99, 85).ok, gate(85, 85).ok]).toEqual([false, true]);
});
