/** What every backend of the sandbox keeps, for the languages that each has. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenSandbox } from '../../src/sandbox/sandbox.ts';
import { needs } from '../needs.ts';
import { backends, openSandbox, play } from './backends.ts';

describe.each(backends)('the sandbox ($name)', ({ name, needs: program }) => {
  describe.skipIf(program !== undefined && !needs(program))('runs programs', () => {
    let sandbox: OpenSandbox;
    beforeAll(async () => {
      sandbox = openSandbox(name);
      const states = await sandbox.languages();
      for (const language of ['python', 'javascript']) {
        expect(states.find((each) => each.language === language)).toMatchObject({ backend: name });
      }
    });
    afterAll(() => sandbox.close());

    it('with their input, their files and their arguments', async () => {
      const files = {
        'src/main.py':
          'import sys\nfrom shop import price\nprint(input(), price("té"), sys.argv[1:], open("src/menu.txt").read() if False else "")',
        'src/shop.py': 'def price(what): return len(what)',
      };
      const python = await sandbox.run({ language: 'python', files, entry: 'src/main.py', args: ['a b', 'ñ'] }, 'pan 🥖\n', {
        owner: 'ana',
      });
      expect(python).toMatchObject({
        verdict: 'completed',
        exitCode: 0,
        stdout: "pan 🥖 2 ['a b', 'ñ'] \n",
        stderr: '',
        backend: name,
      });
      const js = {
        'main.js':
          'const { price } = require("./shop"); console.log(require("fs").readFileSync(0, "utf8").trim(), price("té"), process.argv.slice(2));',
        'shop.js': 'exports.price = (what) => what.length;',
      };
      const javascript = await sandbox.run({ language: 'javascript', files: js, entry: 'main.js', args: ['a b'] }, 'pan 🥖\n', {
        owner: 'ana',
      });
      expect(javascript).toMatchObject({ verdict: 'completed', exitCode: 0, stdout: "pan 🥖 2 [ 'a b' ]\n", stderr: '' });
    });

    it.each([
      ['python', 'import sys; print("a"); print("b", file=sys.stderr); sys.exit(3)', 'runtime-error', 3],
      ['python', 'print("a")\n1/0', 'runtime-error', 1],
      ['python', 'print("a"', 'compile-error', 1],
      ['python', 'def f(n): return f(n + 1)\nf(0)', 'runtime-error', 1],
      ['javascript', 'console.log("a"); process.exit(3)', 'runtime-error', 3],
      ['javascript', 'console.log("a"); null.x', 'runtime-error', 1],
      ['javascript', 'let x = ;', 'compile-error', 1],
      ['javascript', 'const f = (n) => f(n + 1) + 1; f(0)', 'runtime-error', 1],
      ['javascript', 'export const x = 1; console.log(await Promise.resolve(x))', 'completed', 0],
      ['javascript', 'setTimeout(() => console.log("b"), 5); Promise.resolve().then(() => console.log("a"))', 'completed', 0],
    ] as const)('and says how they ended: %s %s', async (language, code, verdict, exitCode) => {
      expect(await play(sandbox, language, code)).toMatchObject({ verdict, exitCode });
    });

    it.each([
      ['python', 'print("before", flush=True)\nwhile True: pass', 'timeout'],
      ['python', 'import time\nprint("before", flush=True)\ntime.sleep(60)', 'timeout'],
      ['python', 'print("before", flush=True)\n9 ** 9 ** 9', 'timeout'],
      ['python', 'import re\nprint("before", flush=True)\nre.match("(a+)+$", "a" * 64 + "b")', 'timeout'],
      [
        'python',
        'import signal\nprint("before", flush=True)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN) if hasattr(signal, "SIGTERM") else 0\nwhile True: pass',
        'timeout',
      ],
      ['python', 'print("before", flush=True)\nx = "a" * 10 ** 9', 'memory'],
      ['python', 'print("before", flush=True)\nx = []\nwhile True: x.append("x" * 10 ** 6)', 'memory'],
      ['python', 'print("before", flush=True)\nwhile True: print("x" * 1000)', 'output'],
      ['python', 'import sys\nprint("before", flush=True)\nwhile True: sys.stderr.write("x" * 1000)', 'output'],
      ['python', 'print("before", flush=True)\nprint("x" * 10 ** 7)', 'output'],
      ['javascript', 'console.log("before"); for (;;);', 'timeout'],
      ['javascript', 'console.log("before"); /^(a+)+$/.test("a".repeat(64) + "b")', 'timeout'],
    ] as const)('and stops them, with what they printed before: %s %s', async (language, code, verdict) => {
      const result = await play(sandbox, language, code, { wallMs: 2_000, memoryBytes: 64 * 1024 * 1024 });
      expect(result.verdict).toBe(verdict);
      expect(result.stdout).toMatch(/^before\n/);
      expect(result.stdout.length).toBeLessThanOrEqual(64 * 1024);
    });

    it('stops one that prints without end in JavaScript', async () => {
      const code = 'console.log("before"); for (;;) console.log("x".repeat(1000))';
      const { verdict, stdout } = await play(sandbox, 'javascript', code, { wallMs: 5_000, memoryBytes: 64 * 1024 * 1024 });
      // Node keeps what the pipe does not take.
      expect(['output', 'memory']).toContain(verdict);
      expect(stdout).toMatch(/^before\n/);
    });

    it('is not talked into taking the blame', async () => {
      for (const code of ['import sys; sys.stderr.write("bwrap: failed"); sys.exit(1)', 'import os; os._exit(127)']) {
        expect((await play(sandbox, 'python', code)).verdict).toBe('runtime-error');
      }
      for (const code of [
        'throw { name: { toString: 1, valueOf: 1 }, message: 7 }',
        'Object.prototype.toJSON = () => null; throw new Error("x")',
        'throw Symbol("x")',
        'process.exitCode = 3',
      ]) {
        expect((await play(sandbox, 'javascript', code)).verdict, code).toBe('runtime-error');
      }
    });

    it('stops promises that make promises', async () => {
      const code = 'console.log("before"); const next = () => Promise.resolve().then(next); next()';
      const { verdict, stdout } = await play(sandbox, 'javascript', code, { wallMs: 2_000, memoryBytes: 64 * 1024 * 1024 });
      // Node keeps them all until its memory is full.
      expect(['timeout', 'memory']).toContain(verdict);
      expect(stdout).toBe('before\n');
    });

    it('stops one that fills its memory in JavaScript', async () => {
      const code = 'const all = []; for (;;) all.push(new Array(100_000).fill(all.length));';
      const { verdict } = await play(sandbox, 'javascript', code, { wallMs: 20_000, memoryBytes: 64 * 1024 * 1024 });
      expect(verdict).toBe('memory');
    });

    it('gives a program a disk with an end, in bytes and in files', async () => {
      const bytes = await play(
        sandbox,
        'python',
        'import os\ntry:\n  for n in range(64):\n    with open(f"f{n}", "wb") as f: f.write(b"x" * 10 ** 6)\n  print("all")\nexcept OSError as e: print(e.errno in (27, 28, 51))',
      );
      expect(bytes.stdout).toBe('True\n');
      const sparse = await play(
        sandbox,
        'python',
        'try:\n  with open("s", "wb") as f:\n    f.seek(10 ** 12)\n    f.write(b"x")\n  print("written")\nexcept OSError: print("refused")',
      );
      expect(sparse.stdout).not.toContain('written');
    });

    it('keeps nothing from one run to the next', async () => {
      const code = `
import builtins, os
for path in ("left", "/tmp/left"):
    try:
        print(open(path).read())
    except OSError:
        print("nothing")
    try:
        open(path, "w").write("state")
    except OSError:
        pass
print(getattr(builtins, "left", "nothing"), input())
builtins.left = "state"`;
      const program = { language: 'python', files: { 'main.py': code }, entry: 'main.py' } as const;
      const results = await sandbox.runEach(program, ['1\n', '2\n', '3\n'], { owner: 'ana' });
      expect(results.map(({ stdout }) => stdout)).toEqual(['1', '2', '3'].map((nth) => `nothing\nnothing\nnothing ${nth}\n`));
    });

    it('shows nothing of the host', async () => {
      const code = `
import os
print(sorted(os.environ))
for path in ("/etc/passwd", "/etc/shadow", "/root", "/home", "/var", "${process.cwd()}", "/sys/kernel"):
    try:
        os.stat(path)
        print("seen", path)
    except OSError:
        pass
try:
    import socket
    for family, address in ((socket.AF_INET, ("127.0.0.1", 5432)), (socket.AF_INET, ("1.1.1.1", 53))):
        try:
            socket.create_connection(address, 1)
            print("connected")
        except (OSError, AttributeError):
            pass
except (ImportError, AttributeError):
    pass`;
      const { stdout, stderr, verdict } = await play(sandbox, 'python', code);
      expect({ verdict, stderr }).toEqual({ verdict: 'completed', stderr: '' });
      expect(stdout).not.toMatch(/seen|connected|TIMONEL|OPENAI|AWS/);
      const javascript = await play(
        sandbox,
        'javascript',
        `const root = (() => {}).constructor.constructor('return this')();
console.log(JSON.stringify(Object.keys(process.env)), typeof __write, root === globalThis);
for (const path of ['/etc/passwd', '${process.cwd()}/package.json', '../../../../etc/passwd'])
  try { require('fs').readFileSync(path, 'utf8'); console.log('seen', path); } catch {}`,
      );
      expect(javascript.stdout).not.toMatch(/seen|TIMONEL|OPENAI|AWS|function/);
    });

    it('stops a program whose caller has gone', async () => {
      const gone = new AbortController();
      const program = { language: 'python', files: { 'main.py': 'while True: pass' }, entry: 'main.py' } as const;
      const run = sandbox.run(program, '', { owner: 'ana', signal: gone.signal, limits: { wallMs: 60_000 } });
      gone.abort(new Error('gone'));
      await expect(run).rejects.toThrow('gone');
      await expect.poll(() => sandbox.load(), { timeout: 20_000 }).toEqual({ running: 0, waiting: 0 });
    });
  });
});
