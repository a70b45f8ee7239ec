/** One measurement: a load generator against one server, and what the server used meanwhile. */
import { fileURLToPath } from 'node:url';
import type { Running } from './contenders.ts';
import type { Dialect, LoadMessage, LoadOrder, LoadResult } from './protocol.ts';
import { cpuSeconds, memoryOf, ServerProcess } from './server-process.ts';

export interface Measurement extends LoadResult {
  /** CPU milliseconds per turn of the server process, all of its threads and children. */
  serverCpu: number;
  /** The same of a database server beside it. */
  databaseCpu: number | undefined;
  /** MB at the end. */
  resident: number;
  peak: number;
}

export type Load = Omit<LoadOrder, 'dialect' | 'url' | 'apiKey'>;

/** @throws Error when a turn fails. */
export async function measure(name: string, dialect: Dialect, running: Running, load: Load): Promise<Measurement> {
  const order: LoadOrder = {
    ...load,
    dialect,
    url: running.url,
    ...(running.apiKey === undefined ? {} : { apiKey: running.apiKey }),
  };
  const generator = new ServerProcess({
    program: process.execPath,
    args: [fileURLToPath(new URL('./load.ts', import.meta.url)), JSON.stringify(order)],
    folder: fileURLToPath(new URL('.', import.meta.url)),
  });
  const { databasePid } = running;
  const used = () => ({
    server: cpuSeconds(running.process.pid),
    database: databasePid === undefined ? undefined : cpuSeconds(databasePid),
  });
  let before = used();
  let after = before;
  const result = await new Promise<LoadResult>((resolve, reject) => {
    let rest = '';
    let answer: LoadResult | undefined;
    generator.child.stdout?.on('data', (part: Buffer) => {
      const lines = `${rest}${part.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as LoadMessage;
        if (message.kind === 'opened') before = used();
        if (message.kind === 'closed') after = used();
        if (message.kind === 'result') answer = message.result;
      }
    });
    generator.child.once('close', () => {
      if (answer === undefined) reject(new Error(`The load generator gave no result:\n${generator.said}`));
      else resolve(answer);
    });
  });
  if (result.errors > 0 || result.turns === 0) {
    const said = running.process.said.slice(-2_000);
    throw new Error(`${name}: ${result.errors} of ${result.turns + result.errors} turns failed: ${result.firstError}\n${said}`);
  }
  const perTurn = (end: number | undefined, start: number | undefined) =>
    end === undefined || start === undefined ? undefined : ((end - start) * 1000) / result.turns;
  const { resident, peak } = memoryOf(running.process.pid);
  return {
    ...result,
    serverCpu: perTurn(after.server, before.server) ?? Number.NaN,
    databaseCpu: perTurn(after.database, before.database),
    resident,
    peak,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
