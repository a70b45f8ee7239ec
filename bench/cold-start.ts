/** Time from the start of `timonel up` to the first answered message, on a fresh directory and on an existing one: medians of five. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stubModel } from './turns/contenders.ts';
import { describeMachine } from './turns/machine.ts';
import { median } from './turns/measure.ts';
import { stubSentence } from './turns/protocol.ts';
import { writeResult } from './turns/report.ts';
import { apiKeyIn, spawnTimonel, timonelBuild } from './turns/timonel-process.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });

const directory = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
const stub = await stubModel.start({ directory, modelUrl: '', postgres: undefined, nodeOptions: [] });
const fresh: number[] = [];
const existing: number[] = [];
try {
  for (let round = 0; round < Number(options.rounds); round++) {
    const home = join(directory, `home-${round}`);
    fresh.push(await firstAnswer(home));
    existing.push(await firstAnswer(home));
  }
} finally {
  await stub.process.end('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
}
const date = new Date().toISOString().slice(0, 10);
const machine = describeMachine(undefined, timonelBuild);
const seconds = (times: number[]) =>
  `${(median(times) / 1000).toFixed(2)} s (${times.map((time) => (time / 1000).toFixed(2)).join(', ')})`;
const markdown = `Cold start of the embedded default to the first answered message, Timonel ${machine.timonel}, Node ${machine.node}, ${machine.cores} × ${machine.processor}, load before ${machine.loadBefore}:
- fresh directory: ${seconds(fresh)}
- existing directory: ${seconds(existing)}
`;
console.log(markdown);
console.error(`Written: ${writeResult(`cold-start-${date}`, { date, machine, fresh, existing }, markdown)}.{json,md}`);

/** Milliseconds from the spawn to the first answer; the process is then asked to end. */
async function firstAnswer(home: string): Promise<number> {
  const started = performance.now();
  const { process: server, url } = await spawnTimonel({ home, modelUrl: stub.url });
  try {
    const { credentials } = JSON.parse(await server.line('{"url"')) as { credentials: string };
    const headers = { authorization: `Bearer ${apiKeyIn(credentials)}`, 'content-type': 'application/json' };
    const post = async (path: string, body: object) =>
      (await fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json() as Promise<{
        id?: string;
        reply?: { text: string };
      }>;
    const { id } = await post('conversations', { agent: 'hello' });
    const answer = await post(`conversations/${id}/messages`, { text: 'Hello' });
    if (answer.reply?.text !== stubSentence) throw new Error(`Not the model's answer: ${JSON.stringify(answer)}`);
    return performance.now() - started;
  } finally {
    await server.end('SIGTERM');
  }
}
