import { execFile } from 'node:child_process';
import { execute } from '../src/cli/program.ts';

const bin = new URL('../bin/timonel.mjs', import.meta.url).pathname;

/** Runs a command as a person does, in a process of its own, with what `timonel up` left in that home. */
export function commandIn(home: string, command: string) {
  return (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [bin, command, ...args], { env: { ...process.env, TIMONEL_HOME: home } }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
}

/** The same without a process of its own, which costs a second: for commands that only speak to a server. One at a time. */
export function commandHere(home: string, command: string) {
  return async (...args: string[]) => {
    const said: Record<'log' | 'error', string> = { log: '', error: '' };
    const { log, error } = console;
    const { exitCode } = process;
    const before = process.env['TIMONEL_HOME'];
    const listen = (kind: keyof typeof said) => (text: unknown) => {
      said[kind] += `${String(text)}\n`;
    };
    process.env['TIMONEL_HOME'] = home;
    Object.assign(console, { log: listen('log'), error: listen('error') });
    try {
      const { code } = await execute([process.execPath, 'timonel', command, ...args]);
      return { code, out: said.log, err: said.error };
    } finally {
      Object.assign(console, { log, error });
      process.exitCode = exitCode;
      if (before === undefined) delete process.env['TIMONEL_HOME'];
      else process.env['TIMONEL_HOME'] = before;
    }
  };
}
