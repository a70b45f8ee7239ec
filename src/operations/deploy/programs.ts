import { execFile } from 'node:child_process';

/** Most of what a program said that an error repeats. */
const mostSaid = 2_000;

/** Runs a program to its end, here or at a place of its own. @throws Error with what it said, where it ends with another code than 0 or takes too long */
export function runToEnd(
  [program, ...args]: readonly [string, ...string[]],
  seconds: number,
  place: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((done, reject) => {
    execFile(program, args, { ...place, timeout: seconds * 1_000, maxBuffer: 1_048_576 }, (error, stdout, stderr) => {
      const said = `${stderr}${stdout}`.trim().slice(-mostSaid);
      if (error === null) return done(said);
      const how = error.killed === true ? `took longer than ${seconds} seconds` : `ended with ${String(error.code)}`;
      reject(new Error(`${[program, ...args].join(' ')} ${how}${said === '' ? '' : `: ${said}`}`));
    });
  });
}
