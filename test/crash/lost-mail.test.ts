/** The process that reads a mailbox is killed while people write: each mail is answered once, or its answer is reported as in doubt. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MailServers, mailOf } from '../channels/mail/mail-servers.ts';
import { freshStoreEnvironment, type StoreKind, storeKinds } from '../stores.ts';

const program = fileURLToPath(new URL('./channel-process.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../../.cache/compiled', import.meta.url));
const kills = Number(process.env['TIMONEL_TEST_CHANNEL_KILLS'] ?? 2);
const address = 'hola@salon.test';

interface Started {
  child: ChildProcess;
  url: string;
  apiKey: string;
}

const chosen: [StoreKind, number][] = [
  ['embedded', 1],
  ['postgres', 2],
];

describe.each(chosen.filter(([kind]) => storeKinds.includes(kind)))('on %s with %i process(es)', (kind, count) => {
  it(`answers each mail once over ${kills} kills`, { timeout: 240_000 + kills * 30_000 }, async () => {
    const servers = new MailServers();
    await servers.listen();
    const mailbox = await servers.mailbox(address);
    const store = await freshStoreEnvironment(kind);
    const start = async (): Promise<Started> => {
      const env = {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: compiled,
        ...store.environment,
        TIMONEL_PORT: '0',
        TIMONEL_LEASE_MS: '1500',
        TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
        TIMONEL_WEBHOOK_PRIVATE_ADDRESSES: 'true',
      };
      const child = fork(program, { env, execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
      if (child.stdout === null) throw new Error('It has no output.');
      for await (const text of createInterface(child.stdout)) {
        const line = JSON.parse(text) as { url?: string; apiKey?: string };
        if (line.url === undefined || line.apiKey === undefined) continue;
        child.stdout.resume();
        return { child, url: line.url, apiKey: line.apiKey };
      }
      throw new Error('It ended before it listened.');
    };
    const end = async ({ child }: Started) => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    };
    const processes: Started[] = [];
    while (processes.length < count) processes.push(await start());
    const call = async (method: string, path: string, body?: object) => {
      const [first] = processes as [Started];
      const response = await fetch(`${first.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${first.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as { deliveries: { text: string; state: string }[]; id: string };
    };
    try {
      expect((await call('POST', '/api/v1/channels', servers.connection(address))).id).toBeDefined();
      // What lies there before it is read is answered by nobody.
      let probes = 0;
      const probed = () => {
        mailbox.put(mailOf(`probe${probes++}@people.test`, address, { text: 'probe' }));
        return servers.sent.length;
      };
      await expect.poll(probed, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(0);
      const people = Array.from({ length: 10 * kills }, (_, index) => `p${index}@people.test`);
      for (const [index, person] of people.entries()) {
        mailbox.put(mailOf(person, address, { subject: '', text: `hola ${index}` }));
        await sleep(120);
        if (index % 10 !== 5) continue;
        const place = Math.floor(index / 10) % count;
        await end(processes[place] as Started);
        processes[place] = await start();
      }
      const sent = () => servers.sent.filter(({ envelope }) => !envelope.to[0]?.startsWith('probe'));
      const answered = () => new Set(sent().map(({ envelope }) => envelope.to[0]));
      const lost = async () => {
        const { deliveries } = await call('GET', '/api/v1/deliveries?state=unclear&limit=100');
        const texts = new Set(sent().map(({ text }) => text?.trim()));
        return deliveries.filter(({ text }) => text.startsWith('echo: hola ') && !texts.has(text)).length;
      };
      await expect.poll(async () => answered().size + (await lost()), { timeout: 120_000, interval: 500 }).toBe(people.length);
      expect(sent()).toHaveLength(answered().size);
    } finally {
      await Promise.all(processes.map(end));
      servers.close();
      await store.remove();
    }
  });
});
