/** What native programs could reach beyond those in WebAssembly: the kernel, other processes, a compiler. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenSandbox } from '../../src/sandbox/sandbox.ts';
import { needs } from '../needs.ts';
import { openSandbox, play } from './backends.ts';

/** Processes of this machine that programs of these tests would leave behind. */
function left(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('left-behind');
      } catch {
        return false;
      }
    });
}

describe.skipIf(!needs('bubblewrap'))('native programs', () => {
  let sandbox: OpenSandbox;
  beforeAll(() => {
    sandbox = openSandbox('bubblewrap');
  });
  afterAll(() => sandbox.close());

  it('have no way into the kernel beyond files and memory of their own', async () => {
    const code = `
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
calls = {"x86_64": dict(io_uring_setup=425, keyctl=250, add_key=248, unshare=272, ptrace=101, bpf=321, perf=298, mount=165, userfaultfd=323, setns=308)}
import platform
for name, number in calls.get(platform.machine(), {}).items():
    ctypes.set_errno(0)
    if libc.syscall(number, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1: print("allowed", name, ctypes.get_errno())
if libc.syscall(56, 0x10000000, 0, 0, 0, 0) != -1: print("allowed a namespace")
for family in (2, 10, 16, 17, 38):
    try:
        socket.socket(family, socket.SOCK_RAW if family in (16, 17) else socket.SOCK_STREAM)
        print("allowed", family)
    except OSError:
        pass`;
    expect(await play(sandbox, 'python', code)).toMatchObject({ verdict: 'completed', stdout: '', stderr: '' });
  });

  it('write where there is a limit, and nowhere else', async () => {
    const code = `
for path in ("/x", "/dev/x", "/usr/x", "/proc/x", "/etc/x", "/work/x", "/tmp/x", "/dev/shm/x"):
    try:
        open(path, "w").write("x")
        print(path)
    except OSError:
        pass`;
    expect((await play(sandbox, 'python', code)).stdout).toBe('/work/x\n/tmp/x\n/dev/shm/x\n');
  });

  it('get no descriptor that Timonel was started with', async () => {
    const script = `
import { createSandbox } from ${JSON.stringify(new URL('../../src/sandbox.ts', import.meta.url).href)};
const sandbox = createSandbox({ mode: 'auto', concurrency: 1, queue: 1 });
const code = 'import os; print([os.readlink(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd") if int(each) > 3])';
const { stdout } = await sandbox.run({ language: 'python', files: { 'main.py': code }, entry: 'main.py' }, '', { owner: 'ana' });
process.stdout.write(stdout);
await sandbox.close();`;
    const stdio = [...new Array<'ignore'>(60).fill('ignore').fill('pipe' as never, 0, 3), 'pipe' as const];
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio });
    const said = child.stdio[1] as Readable;
    const text = (await said.setEncoding('utf8').toArray()).join('');
    expect(text).toContain("'/dev/null'");
    expect(text.replaceAll("'/dev/null'", '')).toMatch(/^\[[, ]*\]\n$/);
  });

  it('see of process 1 neither an environment nor a secret', async () => {
    const code = `
env = [each for each in open("/proc/1/environ").read().split("\\0") if each and not each.startswith("PWD=")]
import os
print(env, len([each for each in os.listdir("/proc") if each.isdigit()]) < 8, os.getuid(), os.access("/usr/bin", os.W_OK))`;
    expect((await play(sandbox, 'python', code)).stdout).toBe('[] True 1000 False\n');
  });

  it.each([
    ['forks without end', 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass'],
    [
      'forks, and lets the child hold the output',
      'import os, time\nif os.fork() == 0:\n  os.setsid()\n  os.execv("/bin/sh", ["sh", "-c", "sleep 60 # left-behind"])',
    ],
    [
      'ignores every signal',
      'import signal\nfor n in range(1, 64):\n  try: signal.signal(n, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: pass',
    ],
    [
      'starts threads without end',
      'import threading, time\nwhile True:\n  try: threading.Thread(target=time.sleep, args=(60,)).start()\n  except RuntimeError: time.sleep(0.1)',
    ],
    [
      'fills memory in many processes',
      'import os\nfor n in range(8): os.fork()\nx = bytearray(60 * 1024 * 1024)\nwhile True: x[0] = 1',
    ],
  ])('are gone after their run, whatever they did: %s', async (_, code) => {
    const started = performance.now();
    await play(sandbox, 'python', code, { wallMs: 1_500 });
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(left()).toEqual([]);
    expect(
      readdirSync('/sys/fs/cgroup')
        .concat(cgroups('memory'), cgroups('pids'))
        .filter((name) => name.startsWith(`timonel-${process.pid}-`)),
    ).toEqual([]);
  });

  it('compile before they run, and compile nothing of the host into themselves', async () => {
    const echo =
      '#include <stdio.h>\nint main(void) { char line[99]; while (fgets(line, 99, stdin)) fputs(line, stdout); return 0; }';
    const results = await sandbox.runEach({ language: 'c', files: { 'main.c': echo }, entry: 'main.c' }, ['año\n', 'dos\n'], {
      owner: 'ana',
    });
    expect(results).toMatchObject([
      { verdict: 'completed', stdout: 'año\n' },
      { verdict: 'completed', stdout: 'dos\n' },
    ]);
    const cpp = await play(
      sandbox,
      'cpp',
      '#include <iostream>\nint main() { std::string s; std::getline(std::cin, s); std::cout << s; }',
      { input: 'hola' },
    );
    expect(cpp).toMatchObject({ verdict: 'completed', stdout: 'hola' });
    for (const code of [
      '#include "/etc/shadow"\nint main(){}',
      'int main(){',
      `asm(".incbin \\"${process.cwd()}/package.json\\"");int main(){}`,
    ]) {
      expect(await play(sandbox, 'c', code), code).toMatchObject({ verdict: 'compile-error', stdout: '' });
    }
    expect((await play(sandbox, 'c', '#include </dev/zero>\nint main(){}', { wallMs: 1_500 })).verdict).not.toBe('completed');
    expect(await play(sandbox, 'c', 'int main(void) { int *p = 0; return *p; }')).toMatchObject({
      verdict: 'runtime-error',
      exitCode: 139,
    });
    expect(await play(sandbox, 'c', 'int main(void) { for (;;); }', { wallMs: 1_000 })).toMatchObject({ verdict: 'timeout' });
  });
});

function cgroups(controller: string): string[] {
  try {
    return readdirSync(`/sys/fs/cgroup/${controller}`);
  } catch {
    return [];
  }
}
