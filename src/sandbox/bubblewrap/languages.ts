import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxLanguage } from '../contract.ts';

/** A file or folder of the host that programs see, read-only. */
export interface Mount {
  from: string;
  to: string;
}

/** How programs of a language are run natively. Paths are those inside the sandbox. */
export interface NativeLanguage {
  mounts: readonly Mount[];
  /** Compiles the files of `/work`, and leaves the one file that is run at `/tmp/program`. */
  compile?: ((entry: string, files: readonly string[]) => readonly string[]) | undefined;
  /** @param program the file that is run: the entry in `/work`, or what the compiler made. */
  command: (program: string, memoryBytes: number) => readonly string[];
  /** Reserves far more addresses than it uses, so that only a control group can limit its memory. */
  reservesAddresses: boolean;
  /** Threads and processes that its own runtime needs. */
  ownThreads: number;
}

/** What a compiler made, where a run finds it. */
export const compiledProgram = '/work/.program';

/** @returns undefined where its programs are not installed */
export function nativeLanguage(language: SandboxLanguage): NativeLanguage | undefined {
  switch (language) {
    case 'python':
      return existsSync('/usr/bin/python3')
        ? {
            mounts: [],
            command: (program) => ['/usr/bin/python3', '-s', '-B', '-X', 'utf8', '-u', program],
            reservesAddresses: false,
            ownThreads: 0,
          }
        : undefined;
    case 'javascript':
      return {
        mounts: [{ from: realpathSync(process.execPath), to: '/node' }],
        command: (program, memoryBytes) => ['/node', `--max-old-space-size=${Math.ceil(memoryBytes / 1024 / 1024)}`, program],
        reservesAddresses: true,
        ownThreads: 12,
      };
    case 'c':
      return compiled('/usr/bin/gcc', ['-std=c17'], ['-lm'], /\.c$/);
    case 'cpp':
      return compiled('/usr/bin/g++', ['-std=c++20'], [], /\.(cc|cpp|cxx)$/);
    case 'java':
      return java();
  }
}

function compiled(
  compiler: string,
  before: readonly string[],
  after: readonly string[],
  sources: RegExp,
): NativeLanguage | undefined {
  if (!existsSync(compiler)) return undefined;
  return {
    mounts: [],
    compile: (entry, files) => [
      compiler,
      ...before,
      '-O1',
      '-o',
      '/tmp/program',
      ...new Set([entry, ...files.filter((file) => sources.test(file))].map((file) => `/work/${file}`)),
      ...after,
    ],
    command: (program) => [program],
    reservesAddresses: false,
    ownThreads: 0,
  };
}

/** The launcher of one file compiles and runs it: a student's Java is one class with `main`. */
function java(): NativeLanguage | undefined {
  const launcher = '/usr/bin/java';
  if (!existsSync(launcher) || !existsSync('/usr/bin/javac')) return undefined;
  const home = dirname(dirname(realpathSync(launcher)));
  // The configuration of Debian's Java lies in /etc.
  const settings = readdirSync('/etc').filter((name) => /^java-\d+-openjdk$/.test(name));
  return {
    mounts: settings.map((name) => ({ from: join('/etc', name), to: join('/etc', name) })),
    compile: (entry, files) => [
      '/bin/sh',
      '-c',
      `${home}/bin/javac -encoding UTF-8 -d /tmp/classes "$@" && ${home}/bin/jar --create --file /tmp/program --main-class "$MAIN" -C /tmp/classes .`,
      'javac',
      ...new Set([entry, ...files.filter((file) => file.endsWith('.java'))].map((file) => `/work/${file}`)),
    ],
    command: (program, memoryBytes) => [
      `${home}/bin/java`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Xmx${Math.max(16, Math.floor(memoryBytes / 1024 / 1024 / 2))}m`,
      '-Xss1m',
      '-jar',
      program,
    ],
    reservesAddresses: true,
    ownThreads: 24,
  };
}
