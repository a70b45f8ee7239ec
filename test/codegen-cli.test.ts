/** `timonel codegen` as a person starts it: processes of their own, a store of the user's own, a real repository. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from './needs.ts';

const bin = new URL('../bin/timonel.mjs', import.meta.url).pathname;
const code = '"""Sums."""\n\n\ndef total(numbers: list[int]) -> int:\n    """The sum of all."""\n    return sum(numbers)\n';
const tests = 'from total import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n    assert total([]) == 0\n';
const brought = `total.py\n\`\`\`python\n${code}\`\`\`\n\ntest_total.py\n\`\`\`python\n${tests}\`\`\`\n`;

describe.runIf(needs('Git'))('timonel codegen', () => {
  let top: string;
  let project: string;

  const git = (...args: string[]) => execFileSync('git', args, { cwd: project, encoding: 'utf8' }).trim();
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const environment = { PATH: process.env['PATH'] ?? '', HOME: top, XDG_DATA_HOME: join(top, 'data'), LANG: 'es_AR.UTF-8' };
      execFile(process.execPath, [bin, 'codegen', ...args], { cwd: project, env: environment }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });

  beforeAll(() => {
    top = mkdtempSync(join(tmpdir(), 'timonel-codegen-cli-'));
    project = join(top, 'my shop');
    mkdirSync(project);
    git('init', '-q', '-b', 'main');
    git('config', 'user.name', 'Ana Gil');
    git('config', 'user.email', 'ana@example.com');
    writeFileSync(join(project, 'README.md'), '# Shop\n');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    writeFileSync(join(project, 'notes.txt'), 'mine\n');
  });
  afterAll(() => rmSync(top, { recursive: true, force: true, maxRetries: 5 }));

  it('says what it cannot do without a model, and asks in place of guessing', { timeout: 120_000 }, async () => {
    const without = await run('generate', 'Creá una función que sume dos números');
    expect(without).toMatchObject({ code: 3, out: expect.stringMatching(/No hay un modelo.*no generé nada/s) });
    const vague = await run('generate', 'Make a thing', '--json');
    expect(vague.code).toBe(3);
    const events = vague.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; reply?: string });
    expect(events.at(-1)).toMatchObject({ type: 'result', outcome: 'awaiting_input', reply: expect.stringContaining('?') });
    expect(git('branch', '--list').split('\n')).toHaveLength(1);
  });

  it('takes code that a person brings through tests and approval to a commit', { timeout: 240_000 }, async () => {
    const file = join(top, 'brought.md');
    writeFileSync(file, brought);
    const offered = await run('generate', 'sumar números', '--bring', file);
    expect(offered, offered.err).toMatchObject({ code: 3, out: expect.stringContaining('+def total') });
    // Another process, as after a restart.
    const approved = await run('approve');
    expect(approved, approved.err).toMatchObject({ code: 0, out: expect.stringMatching(/Commit [0-9a-f]{40}/) });
    const branch = /timonel\/[0-9a-f-]{36}/.exec(approved.out)?.[0] ?? '';
    expect(git('show', `${branch}:total.py`)).toBe(code.trim());
    expect(git('log', '-1', '--format=%an %ae|%cn', branch)).toBe('Ana Gil ana@example.com|Timonel codegen');
    expect(git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
    expect(git('status', '--porcelain')).toBe('?? notes.txt');
    expect(existsSync(join(project, 'total.py'))).toBe(false);
    const again = await run('approve');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('nada esperando') });
    expect((await run('merge')).code).toBe(3);
    expect(await run('approve')).toMatchObject({ code: 0 });
    expect(readFileSync(join(project, 'total.py'), 'utf8')).toBe(code);
    expect(git('status', '--porcelain')).toBe('?? notes.txt');
    const log = JSON.parse((await run('log', '--json')).out) as { approvalStatus: string; qualityScore: number; commit: string };
    expect(log).toMatchObject({ approvalStatus: 'approved', commit: git('rev-parse', branch) });
    expect(log.qualityScore).toBeGreaterThanOrEqual(8);
  });

  it('lists projects, files, the state of git and what was made', { timeout: 120_000 }, async () => {
    expect(JSON.parse((await run('projects', '--json')).out)).toMatchObject([{ name: 'my-shop', folder: project }]);
    expect((await run('files')).out).toContain('README.md');
    expect((await run('files', 'README.md')).out).toBe('# Shop\n');
    expect(JSON.parse((await run('git', 'status')).out)).toMatchObject({ branch: 'main', untracked: ['notes.txt'] });
    expect((await run('executions')).out).toContain('committed');
    const made = await run('init', 'tools');
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining(join(top, 'data')) });
    expect(await run('init', '../../out')).toMatchObject({ code: 1, err: expect.stringMatching(/shop-api/) });
  });

  it('says what is wrong in a call', { timeout: 120_000 }, async () => {
    expect(await run('generate', 'x', '--project', '/nowhere')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no folder and no project'),
    });
    expect(await run('generate', 'x', '--max-workers', '90')).toMatchObject({ code: 2, err: expect.stringContaining('1 to 8') });
    expect(await run('approve', 'zzz')).toMatchObject({ code: 2, err: expect.stringContaining('codegen executions') });
  });
});
