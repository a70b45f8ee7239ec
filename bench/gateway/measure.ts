/** One measurement: a load generator against one server, and what the server used meanwhile. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cpuSeconds, memoryOf } from '../turns/server-process.ts';
import type { Running } from './contenders.ts';
import type { LoadOrder, LoadResult } from './exchange.ts';
import { wrkCommand } from './wrk.ts';

export interface Measurement extends LoadResult {
  requestsPerSecond: number;
  /** Microseconds per request of the server process, all of its threads and children. */
  cpu: number;
  /** MB at the end. */
  resident: number;
}

export interface Generator {
  /** Path of wrk; absent: our own generator. */
  wrk: string | undefined;
  /** Comes before the program: pins it to its core. */
  pinned: readonly string[];
  directory: string;
}

const run = promisify(execFile);
const ownGenerator = fileURLToPath(new URL('./load.ts', import.meta.url));

/** @throws Error when a request fails. */
export async function measure(name: string, running: Running, order: LoadOrder, generator: Generator): Promise<Measurement> {
  const [program = process.execPath, ...args] = [
    ...generator.pinned,
    ...(generator.wrk === undefined
      ? [process.execPath, ownGenerator, JSON.stringify(order)]
      : wrkCommand(generator.wrk, order, generator.directory)),
  ];
  const before = cpuSeconds(running.process.pid);
  const { stdout, stderr } = await run(program, args);
  const cpu = cpuSeconds(running.process.pid) - before;
  const line = stdout.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`${name}: the load generator gave no result:\n${stdout}\n${stderr}`);
  const result = JSON.parse(line) as LoadResult;
  if (result.errors > 0 || result.requests === 0)
    throw new Error(
      `${name}: ${result.errors} requests failed, ${result.requests} did not: ${result.firstError ?? ''}\n${running.process.said.slice(-2_000)}`,
    );
  return {
    ...result,
    requestsPerSecond: result.requests / result.seconds,
    cpu: (cpu * 1e6) / result.requests,
    resident: memoryOf(running.process.pid).resident,
  };
}
