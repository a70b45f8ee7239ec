import { execFileSync } from 'node:child_process';
import { linkSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CommandNotStarted,
  type CommandRun,
  changedBy,
  commandEnvironment,
  runCommand,
  sandboxState,
  watchFolder,
} from '../../src/shell.ts';
import { needs } from '../needs.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

let project: ProjectFolder;
beforeAll(() => {
  project = projectFolder({ repository: true });
});
afterAll(() => project.remove());

const run = (line: string, more: Partial<CommandRun> = {}) =>
  runCommand({ command: { line }, root: project.root, where: 'host', ...more });

/** Processes whose command line has this text. */
function running(text: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

const places: CommandRun['where'][] = needs('bubblewrap') ? ['host', 'sandboxed'] : ['host'];

describe.each(places)('a command in the %s', (where) => {
  it('gives its outputs in their order, its code, and has neither input nor terminal', async () => {
    expect(await run('echo one; echo two >&2; echo three; [ -t 0 ] || wc -c; exit 3', { where })).toMatchObject({
      where,
      output: 'one\ntwo\nthree\n0\n',
      exitCode: 3,
      signal: undefined,
      timedOut: false,
      leftOutBytes: 0,
    });
  });

  it('reads what it is given', async () => {
    expect((await run('cat; echo .', { where, input: 'ñandú\n' })).output).toBe('ñandú\n.\n');
    expect((await run('exec 0<&-; sleep 0.1; echo done', { where, input: 'x'.repeat(1_000_000) })).output).toBe('done\n');
  });

  it('is started without a shell where its words are given', async () => {
    const argv = ['printf', '%s|', '$HOME', '*', '; touch x', '$(touch y)', 'ñ "\''];
    expect((await run('', { command: { argv }, where })).output).toBe('$HOME|*|; touch x|$(touch y)|ñ "\'|');
    expect((await run('pwd', { folder: 'lib', where })).output).toBe(`${join(project.root, 'lib')}\n`);
  });

  it('leaves out the middle of a long output, at whole characters, and says so', async () => {
    const heard: string[] = [];
    const result = await run('for i in $(seq 1 20000); do echo "línea $i"; done', {
      where,
      outputBytes: 2_000,
      onOutput: (text) => heard.push(text),
    });
    expect(result.output).toMatch(/^línea 1\n[^\ufffd]*\n\[… \d+ bytes left out …\]\n[^\ufffd]*línea 20000\n$/);
    expect(result.output.length).toBeLessThan(2_200);
    expect(result.leftOutBytes).toBeGreaterThan(200_000);
    expect(Buffer.byteLength(heard.join(''))).toBeLessThanOrEqual(2_002);
  });

  it('is ended with all that it started: by its time limit, by a signal, and when it leaves something behind', async () => {
    const mark = `left-${where}-${process.pid}`;
    const leaving = `(setsid bash -c 'exec -a ${mark} sleep 600' &) ; bash -c 'exec -a ${mark} sleep 600' & disown; `;
    expect((await run(`${leaving} echo done`, { where })).output).toBe('done\n');
    await expect.poll(() => running(mark), { timeout: 20_000 }).toEqual([]);
    expect(await run(`${leaving} trap '' TERM INT HUP; sleep 600`, { where, wallMs: 1_500 })).toMatchObject({
      timedOut: true,
      signal: 'SIGKILL',
      exitCode: undefined,
    });
    await expect.poll(() => running(mark), { timeout: 20_000 }).toEqual([]);
    const controller = new AbortController();
    const aborted = run(`${leaving} echo begun; sleep 600`, {
      where,
      signal: controller.signal,
      onOutput: () => controller.abort(new Error('Enough.')),
    });
    await expect(aborted).rejects.toThrow('Enough.');
    await expect.poll(() => running(mark), { timeout: 20_000 }).toEqual([]);
  });

  it('has an environment without secrets', async () => {
    const environment = {
      PATH: `.:${process.env['PATH']}`,
      HOME: '/home/nobody-here',
      LC_TIME: 'C',
      TIMONEL_DATABASE_URL: 'canary-value',
      OPENAI_API_KEY: 'canary-value',
      GITHUB_TOKEN: 'canary-value',
      SSH_AUTH_SOCK: 'canary-value',
      BASH_ENV: 'canary-value',
      'BASH_FUNC_ls%%': '() { echo canary-value; }',
    };
    const { output } = await run('env; ls', { where, environment });
    expect(output).not.toContain('canary-value');
    expect(output).toContain('HOME=/home/nobody-here');
    expect(commandEnvironment(environment)['PATH']).not.toMatch(/^\.|:\./);
    const own = { PATH: `${project.root}/node_modules/.bin:/usr/bin:/bin` };
    expect(commandEnvironment(own, project.root)['PATH']).toBe('/usr/bin:/bin');
  });
});

it('is not started outside of the project, or without a name', async () => {
  for (const more of [
    { folder: '..' },
    { folder: '/etc' },
    { folder: 'missing' },
    { command: { argv: [] } },
    { command: { argv: ['-x'] } },
    { command: { argv: ['a\0b'] } },
  ])
    await expect(run('ls', more)).rejects.toThrow(CommandNotStarted);
});

describe.skipIf(!needs('bubblewrap'))('the sandbox', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((_, response) => response.end('reached')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());
  const sandboxed = (line: string) => run(line, { where: 'sandboxed' });

  it('is found to hold its walls', async () => {
    expect(await sandboxState()).toEqual({ available: true });
  });

  it('has the project to write to, the programs of the system, and Node', async () => {
    const { output } = await sandboxed(
      'echo made > made.txt; mkdir -p lib/sub; echo x > lib/sub/x; git status --short; node -p 1+1',
    );
    expect(output.trim().split('\n').at(-1)).toBe('2');
    expect(readFileSync(join(project.root, 'made.txt'), 'utf8')).toBe('made\n');
    rmSync(join(project.root, 'made.txt'));
    rmSync(join(project.root, 'lib/sub'), { recursive: true });
  });

  it('may have the project to read and nothing else', async () => {
    const { output, exitCode } = await run('cat lib/* > /dev/null; touch made.txt lib/made.txt .git/made.txt', {
      where: 'sandboxed',
      readOnly: true,
    });
    expect([exitCode, output.match(/Read-only file system/g)?.length]).toEqual([1, 3]);
  });

  it('has no secrets, by whatever name', async () => {
    writeFileSync(join(project.root, 'lib/server.pem'), 'canary-value\n');
    symlinkSync('../.env', join(project.root, 'lib/innocent'));
    const { output } = await sandboxed(
      'cat .env lib/server.pem lib/innocent; grep -r canary . ; tar c . | grep -c canary; cp .env copy; cat copy; mv .env other; rm -f .env; cat /proc/*/environ | tr "\\0" "\\n"',
    );
    expect(output).not.toContain('canary-value');
    expect(readFileSync(join(project.root, '.env'), 'utf8')).toContain('canary-value');
    for (const path of ['copy', 'lib/innocent', 'lib/server.pem']) rmSync(join(project.root, path), { force: true });
  });

  it('cannot reach the network, but serves itself', async () => {
    const own = `const s = require('http').createServer((q, r) => r.end('served')).listen(0, '127.0.0.1', async () => { console.log(await (await fetch('http://127.0.0.1:' + s.address().port)).text()); await fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log, () => console.log('unreachable')); s.close(); });`;
    expect((await run('', { command: { argv: ['node', '-e', own] }, where: 'sandboxed' })).output).toBe('served\nunreachable\n');
  });

  it('cannot change what git runs later, the system, or a home folder', async () => {
    const before = project.contents();
    const { output } = await sandboxed(
      [
        'for p in .git/hooks/post-checkout .git/config .git/info/attributes /usr/x /etc/x /opt/x "$HOME/.bashrc2"; do echo x >> "$p" && echo "wrote $p"; done',
        'git config core.fsmonitor ./x && echo configured',
        'mv .git moved && echo moved',
        'rm -rf .git/hooks && echo removed',
        'ls "$HOME"/.ssh /root/.ssh /home/*/.ssh && echo seen',
        'cat /etc/shadow | wc -c',
      ].join('; '),
    );
    // A home folder of its own may be written, and is gone afterwards.
    expect(output).toMatch(/\n0\n$/);
    for (const fault of ['configured', 'moved\n', 'removed', 'seen', 'wrote .git', 'wrote /usr', 'wrote /etc', 'wrote /opt'])
      expect(output).not.toContain(fault);
    expect([...project.contents()].filter(([path, hash]) => before.get(path) !== hash)).toEqual([]);
  });

  it('has no more rights than it needs', async () => {
    const { output } = await sandboxed(
      'grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status; unshare -r true && echo namespaced; mount -t tmpfs x /mnt && echo mounted; ls /run /var/run 2>/dev/null; ls /proc | grep -c "^[0-9]"',
    );
    expect(output).toContain('CapEff:\t0000000000000000');
    expect(output).toContain('NoNewPrivs:\t1');
    expect(output).toContain('Seccomp:\t2');
    expect(output).not.toMatch(/namespaced|mounted/);
    expect(Number(output.trim().split('\n').at(-1))).toBeLessThan(12);
  });
});

describe.runIf(needs('bubblewrap'))('a command in the sandbox', () => {
  it('sees no secret by another name, in the settings of git, or in what git keeps; and writes nothing where it may only read', async () => {
    const own = projectFolder({ repository: true });
    try {
      linkSync(join(own.root, '.env'), join(own.root, 'same.txt'));
      const git = (...args: string[]) => execFileSync('git', ['-C', own.root, ...args], { stdio: 'pipe' });
      git('config', 'remote.origin.url', `https://${['ann', 'canary-value'].join(':')}@example.org/x.git`);
      const where = 'sandboxed';
      const seen = async (line: string, more: Partial<CommandRun> = {}) =>
        (await runCommand({ command: { line }, root: own.root, where, ...more })).output;
      expect(await seen('cat same.txt .git/config; git remote -v; git log --oneline')).toMatch(/example\.org[\s\S]*Begin/);
      expect(await seen('cat same.txt .git/config; git remote -v')).not.toContain('canary-value');
      git('add', '--force', '.env');
      git('commit', '-qm', 'With a secret');
      expect(await seen('git show HEAD:.env; git log -p --all; git stash show -p')).not.toContain('canary-value');
      const overlays = new Map([['notes.md', Buffer.from('as it was\n')]]);
      expect(await seen('cat notes.md; touch new.txt', { readOnly: true, overlays })).toMatch(/^as it was\n.*Read-only/);
      expect(readFileSync(join(own.root, 'notes.md'), 'utf8')).toBe('one\n2\n');
    } finally {
      own.remove();
    }
  });
});

describe('what a command changed', () => {
  it('is told file by file, with the content before where it was kept, and what was not looked at', async () => {
    const { root } = project;
    writeFileSync(join(root, '.gitignore'), '.env\nbuild/\n');
    const before = await watchFolder(root, { likely: (path) => path.startsWith('lib/') || path === '.env' });
    expect(before.images.has('.env')).toBe(false);
    await run(
      'mkdir -p build && echo x > build/x; echo more >> lib/one.ts; rm lib/two.ts; echo n > new.txt; echo y >> notes.md; chmod +x .gitignore',
    );
    const { changes, skipped, complete } = changedBy(before, await watchFolder(root));
    expect(changes.map(({ path, change, undoable, before: image }) => [path, change, undoable, image?.toString()])).toEqual([
      ['.gitignore', 'changed', false, undefined],
      ['lib/one.ts', 'changed', true, 'export const one = 1;\n'],
      ['lib/two.ts', 'deleted', true, 'export const two = 2;\n'],
      ['new.txt', 'created', true, undefined],
      ['notes.md', 'changed', false, undefined],
    ]);
    expect(skipped).toEqual(['.git', 'build']);
    expect(complete).toBe(true);
  });

  it('is not said to be all where there are more files than are looked at', async () => {
    const some = await watchFolder(project.root, { mostFiles: 2 });
    expect(some.complete).toBe(false);
    expect(changedBy(some, some)).toMatchObject({ changes: [], complete: false });
    const kept = await watchFolder(project.root, { likely: () => true, imageBytes: 10 });
    expect([...kept.images.values()].reduce((bytes, image) => bytes + image.length, 0)).toBeLessThanOrEqual(10);
  });
});
