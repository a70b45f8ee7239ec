/** wrk as the load generator (Debian: `apt-get install wrk`): little CPU of its own. Its script counts what is not a right answer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../test/programs.ts';
import { type LoadOrder, requestBody } from './exchange.ts';

export const wrk = findProgram('wrk');

const placeholder = '@number@';

/** Runs in wrk's Lua: each request another one, unless the same is wanted; a line of JSON at the end. */
function script({ address, stream, slow, same }: LoadOrder): string {
  const [before = '', after = ''] = requestBody(
    slow ? address.slowModel : address.model,
    stream,
    same ? 'nobody' : placeholder,
  ).split(placeholder);
  const headers = { 'content-type': 'application/json', ...address.headers };
  return `
local before, after = [==[${before}]==], [==[${after}]==]
local counter = 0
-- Each run of wrk asks for something new: a cache must not remember the last one.
local run = "${process.pid}-${Date.now()}-"
wrk.method = "POST"
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
  .join('\n')}
function request()
  counter = counter + 1
  local number = ${same ? '""' : 'run .. counter'}
  return wrk.format(nil, nil, nil, before .. number .. after)
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;
}

/** Program and arguments of one run. */
export function wrkCommand(program: string, order: LoadOrder, directory: string): string[] {
  const file = join(directory, 'load.lua');
  writeFileSync(file, script(order));
  const { address, concurrency, seconds } = order;
  return [program, '-t1', `-c${concurrency}`, `-d${seconds}s`, '--timeout', '30s', '-s', file, address.origin + address.path];
}
