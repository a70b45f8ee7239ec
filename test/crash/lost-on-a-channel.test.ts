/**
 * Processes are killed while people write on a channel and their provider repeats itself: each message is answered once, those of one person in order,
 * what may or may not have reached a person is reported, and a secret that is replaced meanwhile loses nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CloudApi, phoneNumberId, secrets, signatureOf } from '../channels/cloud-api.ts';
import { change, message, webhook } from '../channels/webhooks.ts';
import { freshStoreEnvironment, type StoreKind, storeKinds } from '../stores.ts';
import { ChannelProcess } from './channel-processes.ts';

const kills = Number(process.env['TIMONEL_TEST_CHANNEL_KILLS'] ?? 4);
const people = Number(process.env['TIMONEL_TEST_CHANNEL_PEOPLE'] ?? 8);
/** No more than the burst that WhatsApp takes for one person: past it each message waits six seconds for the next. */
const messagesEach = Number(process.env['TIMONEL_TEST_CHANNEL_MESSAGES'] ?? 12);
/** Deliveries that a process sends at once. */
const mostInFlight = 16;

const chosen: [StoreKind, number][] = [
  ['embedded', 1],
  ['postgres', 2],
];

describe.each(chosen.filter(([kind]) => storeKinds.includes(kind)))('on %s with %i process(es)', (kind, count) => {
  it(`answers each message once, in order, over ${kills} kills`, { timeout: 600_000 + kills * 60_000 }, async () => {
    const api = await CloudApi.start();
    api.checksPair = false;
    api.delayMs = 15;
    const store = await freshStoreEnvironment(kind);
    const faults: string[] = [];
    const environment = {
      ...store.environment,
      TIMONEL_PORT: '0',
      TIMONEL_LEASE_MS: '1500',
      TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
      TIMONEL_WHATSAPP_URL: api.url,
    };
    const start = () => ChannelProcess.start(environment, faults);
    const processes = [await start()];
    while (processes.length < count) processes.push(await start());
    const call = (method: string, path: string, body?: object) => (processes as [ChannelProcess])[0].call(method, path, body);
    try {
      const added = await call('POST', '/api/v1/channels', {
        channel: 'whatsapp',
        name: 'salon',
        agent: 'echo',
        settings: { phoneNumberId },
        secrets,
      });
      const path = `/api/v1/channels/${String(added['id'])}/webhook`;
      const phones = Array.from({ length: people }, (_, index) => `54911555600${10 + index}`);
      for (const phone of phones) api.heard.set(phone, Date.now());
      let appSecret = secrets.appSecret;
      /** Sends a body until it is taken, as Meta does; some of it twice. */
      const post = async (body: string, seed: number) => {
        for (let attempt = 0; ; attempt++) {
          const target = processes[(seed + attempt) % processes.length];
          const response = await fetch(`${target?.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body, appSecret) },
            body,
          }).catch(() => undefined);
          if (response?.status === 200) return;
          if (attempt > 600) throw new Error(`The webhook is not taken: ${response?.status}`);
          await sleep(100);
        }
      };
      let killed = 0;
      const write = async (phone: string, index: number) => {
        for (let each = 0; each < messagesEach; each++) {
          // Spread over all kills, so that each of them finds messages under way.
          while (killed < Math.floor((each * kills) / messagesEach)) await sleep(20);
          const body = webhook([change({ phone }, [message({ phone }, `${index}.${each}`)])]);
          const seed = index * 31 + each;
          await post(body, seed);
          if (seed % 10 < 3) await Promise.all([post(body, seed), post(body, seed + 1)]);
        }
      };
      const writing = Promise.all(phones.map(write));
      for (let kill = 0; kill < kills; kill++) {
        await sleep(300 + ((kill * 577) % 900));
        const place = kill % count;
        await processes[place]?.kill();
        processes[place] = await start();
        killed++;
        if (kill > 0) continue;
        // The secret is replaced while messages come.
        await call('PUT', `/api/v1/channels/${String(added['id'])}/secrets`, { secrets: { appSecret: 'another-app-secret' } });
        appSecret = 'another-app-secret';
      }
      await writing;
      const open = async () => {
        const pending = await call('GET', '/api/v1/deliveries?state=pending&limit=1');
        const sending = await call('GET', '/api/v1/deliveries?state=sending&limit=1');
        const [answered, unclear] = [api.sent.length, await all('unclear')];
        const known = new Set(api.sent.map(({ reference }) => reference?.split(':')[0]));
        const lost = unclear.filter(({ id }) => !known.has(id)).length;
        return [(pending['deliveries'] as unknown[]).length, (sending['deliveries'] as unknown[]).length, answered + lost];
      };
      const all = async (state: string) => {
        const found: { id: string }[] = [];
        for (let next: string | null = ''; next !== null; ) {
          const before: string = next === '' ? '' : `&before=${next}`;
          const page = (await call('GET', `/api/v1/deliveries?state=${state}&limit=100${before}`)) as {
            deliveries: { id: string }[];
            next: string | null;
          };
          found.push(...page.deliveries);
          next = page.next;
        }
        return found;
      };
      await expect.poll(open, { timeout: 300_000, interval: 500 }).toEqual([0, 0, people * messagesEach]);
      for (const [index, phone] of phones.entries()) {
        const said = api.sent.filter(({ to }) => to === phone).map(({ body }) => (body['text'] as { body: string }).body);
        expect(new Set(said).size, 'answered twice').toBe(said.length);
        const numbers = said.map((text) => Number(text.split('.')[1]));
        expect(numbers, `order of ${index}`).toEqual([...numbers].sort((one, other) => one - other));
      }
      const unclear = await all('unclear');
      expect(unclear.length).toBeLessThanOrEqual(kills * mostInFlight);
      expect(faults.filter((fault) => fault === 'a message is in doubt').length).toBeGreaterThanOrEqual(unclear.length);
    } finally {
      await Promise.all(processes.map((each) => each.kill()));
      api.close();
      await store.remove();
    }
  });
});
