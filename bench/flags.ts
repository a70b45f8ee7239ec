/**
 * What feature flags cost: `npm run bench:flags`. In the process, a loop around each way to ask; over HTTP, a single flag and all of a hundred
 * (with and without the ETag of what one has), 16 requests at a time from this process: the client is in the figure. CPU, not time: others may work
 * here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { readSettings } from '../src/config.ts';
import { evaluateFlag } from '../src/flags/evaluate.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import { notes } from '../test/notes-agent.ts';
import { median } from './turns/measure.ts';

const home = mkdtempSync(join(tmpdir(), 'timonel-bench-flags-'));
const environment = { TIMONEL_HOME: home, TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' };
const timonel = await openTimonel(readSettings(environment), { agents: [notes] });
try {
  const { table, providers } = timonel.flags;
  const key = await timonel.apiKeys.create({
    id: crypto.randomUUID(),
    workspaceId: defaultWorkspace,
    name: 'bench',
    scopes: ['releases:manage', 'flags:evaluate'],
  });
  const pool = new Pool(await timonel.listen(), { connections: 16 });
  const send = async (method: 'POST' | 'PUT', path: string, body: object, headers: Record<string, string> = {}) => {
    const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
    const response = await pool.request({ method, path, headers: all, body: JSON.stringify(body) });
    await response.body.dump();
    if (![200, 304].includes(response.statusCode)) throw new Error(`${method} ${path}: ${response.statusCode}`);
    return response;
  };
  const rules = [
    { when: [{ attribute: 'channel', in: ['whatsapp'] }], variant: 'on' },
    { split: [{ variant: 'on', percentage: 20 }] },
  ];
  for (let index = 0; index < 100; index++) {
    const flag = { type: 'boolean', variants: { on: true, off: false }, defaultVariant: 'off', rules };
    await send('PUT', `/api/v1/flags/flag-${index}`, flag);
  }
  const flag = table.find(defaultWorkspace, 'flag-0');
  if (flag === undefined) throw new Error('The flag was not stored.');
  const contextOf = (index: number) => ({ targetingKey: `conversation-${index}`, channel: 'api' });

  await inProcess('evaluation alone', (index) => evaluateFlag(flag, contextOf(index)));
  await inProcess('resolver of the provider', (index) => providers.of(defaultWorkspace).resolve('flag-0', false, contextOf(index)));
  await inProcess('OpenFeature client', (index) =>
    providers.client(defaultWorkspace).getBooleanValue('flag-0', false, contextOf(index)),
  );
  await overHttp('OFREP, one flag', (index) => send('POST', '/ofrep/v1/evaluate/flags/flag-0', { context: contextOf(index) }));
  await overHttp('OFREP, a hundred flags', (index) => send('POST', '/ofrep/v1/evaluate/flags', { context: contextOf(index) }));
  const { headers } = await send('POST', '/ofrep/v1/evaluate/flags', { context: contextOf(0) });
  const etag = String(headers['etag']);
  await overHttp('OFREP, a hundred flags that have not changed', () =>
    send('POST', '/ofrep/v1/evaluate/flags', { context: contextOf(0) }, { 'if-none-match': etag }),
  );
  await pool.close();
} finally {
  await timonel.close();
  rmSync(home, { recursive: true, force: true });
}

async function inProcess(name: string, ask: (index: number) => unknown): Promise<void> {
  await costs(name, 20_000, async (asked) => {
    for (let index = 0; index < asked; index++) {
      const answer = ask(index);
      if (answer instanceof Promise) await answer;
    }
  });
}

async function overHttp(name: string, ask: (index: number) => Promise<unknown>): Promise<void> {
  await costs(name, 1_600, async (asked) => {
    const worker = async (_: unknown, first: number) => {
      for (let index = first; index < asked; index += 16) await ask(index);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  });
}

/** The median of five rounds; the first one is the compiler's. */
async function costs(name: string, asked: number, round: (asked: number) => Promise<void>): Promise<void> {
  await round(asked);
  const microseconds: number[] = [];
  for (let index = 0; index < 5; index++) {
    const before = process.cpuUsage();
    await round(asked);
    const { user, system } = process.cpuUsage(before);
    microseconds.push((user + system) / asked);
  }
  console.log(`${name.padEnd(46)} ${median(microseconds).toFixed(1).padStart(9)} µs of CPU`);
}
