import { execFile } from 'node:child_process';

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
