/** Ctrl-C in a real terminal: once ends the turn, twice leaves; and nothing is left half. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject, eventsOf } from './terminal.ts';

const script = new URL('./terminal-keys.py', import.meta.url).pathname;
const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;
const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

describe.runIf(hasPython)('Ctrl-C in timonel code', () => {
  let model: StubModel;
  let project: CodeProject;
  let terminal: ChildProcess | undefined;
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject({ 'a.ts': 'one\n' }, model.environment);
  });
  afterAll(async () => {
    terminal?.kill('SIGKILL');
    await model.close();
    project.remove();
  });

  it('ends the turn with its command the first time, leaves the second time, and loses nothing', { timeout: 120_000 }, async () => {
    let shown = '';
    terminal = spawn('python3', [script, process.execPath, bin, 'code', '--mode', 'edit'], {
      cwd: project.folder,
      env: { ...project.environment, TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    terminal.stdout?.on('data', (part: Buffer) => {
      shown += part.toString();
    });
    const type = (keys: string) => terminal?.stdin?.write(`${JSON.stringify(keys)}\n`);
    const sees = (text: RegExp | string) => expect.poll(() => shown, { timeout: 60_000 }).toMatch(text);
    await sees('Ctrl-C');
    model.script = [
      { calls: [{ tool: 'edit', args: { path: 'a.ts', edits: [{ old: 'one', new: 'two' }] } }] },
      { calls: [{ tool: 'run', args: { command: 'touch began && sleep 300 && touch ended' } }] },
      'Never said.',
    ];
    type('work\r');
    await sees('Shall it be done');
    type('y\r');
    await expect.poll(() => readdirSync(project.folder), { timeout: 60_000 }).toContain('began');
    type('\u0003');
    await sees('Cancelled');
    // The command is gone, and what was done before stays and can be taken back.
    expect(spawnSync('pgrep', ['-f', `sleep 300 && touch ended`]).status).toBe(1);
    expect(project.read('a.ts')).toBe('two\n');
    type('/undo\r');
    await sees('restored');
    expect(project.read('a.ts')).toBe('one\n');
    const exited = once(terminal, 'exit');
    type('\u0003');
    await sees('once more');
    type('\u0003');
    expect((await exited)[0]).toBe(0);
    // The store is sound, and the session goes on.
    model.script = ['Here I am.'];
    const { code, out } = await project.run('-p', 'are you there?', '--continue', '--json');
    expect(code).toBe(0);
    expect(eventsOf(out).at(-1)).toMatchObject({ type: 'result', reply: 'Here I am.' });
    expect(readdirSync(project.folder).sort()).toEqual(['a.ts', 'began']);
  });
});
