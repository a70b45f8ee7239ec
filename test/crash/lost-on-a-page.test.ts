/**
 * Processes are killed while visitors write in the chat of a page, which says a message again until it was taken: each is stored and answered once, in
 * order, and the visitor who comes back sees all of it. A page reads the outbox itself: nothing is in doubt.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { follow, origin } from '../channels/page-visitor.ts';
import { freshStoreEnvironment, type StoreKind, storeKinds } from '../stores.ts';
import { ChannelProcess } from './channel-processes.ts';

const kills = Number(process.env['TIMONEL_TEST_PAGE_KILLS'] ?? 2);
const visitors = Number(process.env['TIMONEL_TEST_PAGE_VISITORS'] ?? 8);
/** A visitor may send twenty in a minute, what is sent again included. */
const messagesEach = Number(process.env['TIMONEL_TEST_PAGE_MESSAGES'] ?? 6);

const chosen: [StoreKind, number][] = [
  ['embedded', 1],
  ['postgres', 2],
];

describe.each(chosen.filter(([kind]) => storeKinds.includes(kind)))('a chat on a page (%s, %i process(es))', (kind, count) => {
  it(`loses and repeats nothing over ${kills} kills`, { timeout: 300_000 + kills * 60_000 }, async () => {
    const store = await freshStoreEnvironment(kind);
    const faults: string[] = [];
    const environment = {
      ...store.environment,
      TIMONEL_PORT: '0',
      TIMONEL_LEASE_MS: '1500',
      TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
      // Each visitor from an address of their own.
      TIMONEL_TRUSTED_PROXIES: '127.0.0.1',
    };
    const start = () => ChannelProcess.start(environment, faults);
    const processes = [await start()];
    while (processes.length < count) processes.push(await start());
    try {
      const added = await (processes as [ChannelProcess])[0].call('POST', '/api/v1/channels', {
        channel: 'web',
        name: 'page',
        agent: 'echo',
        settings: { origins: [origin] },
      });
      const chat = `/api/v1/web/${String(added['id'])}`;
      /** Sends until it is taken, as the widget does, to whichever process is there. */
      const post = async (visitor: number, path: string, body: object, token?: string) => {
        for (let attempt = 0; ; attempt++) {
          const response = await fetch(`${processes[(visitor + attempt) % count]?.url}${chat}/${path}`, {
            method: 'POST',
            headers: {
              origin,
              'content-type': 'application/json',
              'x-forwarded-for': `10.0.${visitor >> 8}.${visitor & 255}`,
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            },
            body: JSON.stringify(body),
          }).catch(() => undefined);
          if (response?.ok === true) return (await response.json()) as Record<string, unknown>;
          if (attempt > 2_000) throw new Error(`It is not taken: ${response?.status}`);
          await sleep(100);
        }
      };
      let killed = 0;
      const visit = async (visitor: number): Promise<string> => {
        const { token } = (await post(visitor, 'session', {})) as { token: string };
        for (let each = 0; each < messagesEach; each++) {
          while (killed < Math.floor((each * kills) / messagesEach)) await sleep(20);
          const message = { id: `message-${each}-of-${visitor}`, text: `${visitor}.${each}` };
          // A page sends again what it heard no answer of, at times while the first is still under way.
          const again = (visitor * 31 + each) % 10 < 3 ? [post(visitor + 1, 'messages', message, token)] : [];
          await Promise.all([post(visitor, 'messages', message, token), ...again]);
        }
        return token;
      };
      const visiting = Promise.all(Array.from({ length: visitors }, (_, visitor) => visit(visitor)));
      for (let kill = 0; kill < kills; kill++) {
        await sleep(300 + ((kill * 577) % 900));
        const place = kill % count;
        await processes[place]?.kill();
        processes[place] = await start();
        killed++;
      }
      const tokens = await visiting;
      const [first] = processes as [ChannelProcess];
      for (const [visitor, token] of tokens.entries()) {
        const seen = await follow(`${first.url}${chat}`, token, undefined);
        const said = Array.from({ length: messagesEach }, (_, each) => `${visitor}.${each}`);
        const of = (who: string) => seen.messages.filter(({ from }) => from === who).map(({ text }) => text);
        await expect.poll(() => of('agent').length, { timeout: 120_000, interval: 100 }).toBeGreaterThanOrEqual(messagesEach);
        expect(of('visitor')).toEqual(said);
        expect(of('agent')).toEqual(said.map((text) => `echo: ${text}`));
        await seen.stop();
      }
      expect(faults.filter((fault) => fault === 'a message is in doubt')).toEqual([]);
    } finally {
      await Promise.all(processes.map((each) => each.kill()));
      await store.remove();
    }
  });
});
