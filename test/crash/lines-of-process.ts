/** A process that a test kills, and what it says line by line. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface LinesOfProcess {
  process: ChildProcess;
  /** Drops lines up to the first that fits, and gives that one; throws where the process ends by itself before. */
  until(fits: (line: string) => boolean): Promise<string>;
}

const byItself = 'ended by itself';

/** Waits until the process says `ready`. */
export async function linesOf(process: ChildProcess): Promise<LinesOfProcess> {
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  if (process.stdout === null) throw new Error('It has no output.');
  createInterface({ input: process.stdout }).on('line', (line) => {
    lines.push(line);
    for (const wake of waiting.splice(0)) wake();
  });
  process.once('exit', () => {
    lines.push(byItself);
    for (const wake of waiting.splice(0)) wake();
  });
  const until = async (fits: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const line = lines.shift();
      if (line === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      else if (fits(line)) return line;
      else if (line === byItself) throw new Error(`It ${byItself}.`);
    }
  };
  await until((line) => line === 'ready');
  return { process, until };
}
