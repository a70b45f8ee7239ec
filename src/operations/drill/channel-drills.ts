import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill, DrillPlace, Probe } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, isReady, lives, nobodyListens } from './probes.ts';
import { FaultyProxy } from './proxy.ts';
import { DrillRehearsal, type RehearsedProcess } from './rehearsal.ts';
import { DrillTelegram } from './telegram.ts';

const nothing = async () => undefined;

async function connected(place: DrillPlace) {
  const telegram = place.scope.use(await DrillTelegram.open());
  const proxy = place.scope.use(await FaultyProxy.open({ host: '127.0.0.1', port: telegram.port }));
  const rehearsal = await DrillRehearsal.open(place, { TIMONEL_TELEGRAM_URL: `http://127.0.0.1:${proxy.port}` });
  const process = () => rehearsal.process;
  const customers = new Customers(process);
  await telegram.connect(rehearsal.process);
  return { telegram, proxy, rehearsal, process, customers };
}

/** Somebody who writes on the channel gets the answer there. */
function answersOnChannel(telegram: DrillTelegram, rehearsal: DrillRehearsal, chat: number): Probe {
  let written = false;
  return {
    name: 'somebody who writes on the channel is answered there',
    withinMs: 60_000,
    async look() {
      if (!written) written = (await telegram.write(rehearsal.process, 1_000_000 + chat, chat, 'Hola')) === 200;
      const reached = telegram.reached(chat);
      return { ok: reached > 0, said: `${reached} messages reached the person.` };
    },
  };
}

/** Each person was answered, and nobody twice. */
function eachOnce(telegram: DrillTelegram, chats: readonly number[]): Probe {
  return {
    name: 'each person is answered once',
    withinMs: 240_000,
    async look() {
      const counts = chats.map((chat) => telegram.reached(chat));
      const none = counts.filter((count) => count === 0).length;
      const several = counts.filter((count) => count > 1).length;
      return {
        ok: none === 0 && several === 0,
        said: `${chats.length} people: ${none} were not answered, ${several} more than once.`,
      };
    },
  };
}

/** Deliveries are tried in vain, and kept for a further attempt. */
function keepsAnswers(process: () => RehearsedProcess, count: number): Probe {
  return {
    name: 'answers are kept for a further attempt',
    withinMs: 90_000,
    async look() {
      const { body } = await process().call<{ deliveries: { state: string; attempts: number }[] }>('GET', '/api/v1/deliveries');
      const kept = body.deliveries.filter(({ state, attempts }) => state === 'pending' && attempts > 0).length;
      const lost = body.deliveries.filter(({ state }) => state === 'refused' || state === 'unclear').length;
      const said = `${kept} of ${count} were tried and wait, ${lost} were given up.`;
      return { ok: kept === count && lost === 0, said, ...(lost > 0 ? { final: true } : {}) };
    },
  };
}

export const channelDown: Drill = {
  name: 'channel-down',
  summary: 'the provider of a channel does not answer: messages of people are taken, and their answers delivered once, afterwards',
  lacks: nothing,
  async prepare(place, random) {
    const { telegram, proxy, rehearsal, process, customers } = await connected(place);
    const chats = Array.from({ length: random.between(3, 6) }, (_, index) => 100 + index);
    return {
      before: [isReady(process), answers(customers, 'model'), answersOnChannel(telegram, rehearsal, 1)],
      async fault() {
        await proxy.stop();
        return 'The API of the channel was stopped.';
      },
      felt: nobodyListens('the provider', () => proxy.port),
      during: [
        {
          name: 'webhooks of people are taken',
          withinMs: 30_000,
          async look() {
            const statuses = await Promise.all(
              chats.map((chat) => telegram.write(rehearsal.process, 2_000_000 + chat, chat, 'Hola')),
            );
            return { ok: statuses.every((status) => status === 200), said: `They are answered with ${statuses.join(', ')}.` };
          },
        },
        keepsAnswers(process, chats.length),
        answers(customers, 'model'),
        isReady(process),
      ],
      throughout: [lives(process)],
      undo: () => proxy.start(),
      // Pauses between attempts are 1, 4, 16 and 64 seconds.
      recoveryMs: 240_000,
      after: [eachOnce(telegram, chats), answersOnChannel(telegram, rehearsal, 2), isReady(process)],
    };
  },
};

export const webhookStorm: Drill = {
  name: 'webhook-storm',
  summary:
    'hundreds of webhooks come at once, each twice: all are taken in time, each person is answered once, and other customers too',
  lacks: nothing,
  async prepare(place, random) {
    const { telegram, rehearsal, process, customers } = await connected(place);
    const chats = Array.from({ length: random.between(80, 120) }, (_, index) => 1_000 + index);
    const storm = { sent: 0, taken: new Set<number>() };
    let blowing = Promise.resolve();
    const send = async (who: readonly number[]) => {
      await Promise.all(
        who.map(async (chat) => {
          storm.sent++;
          const status = await telegram.write(rehearsal.process, 3_000_000 + chat, chat, 'Hola', 60_000).catch(() => 0);
          if (status === 200) storm.taken.add(chat);
        }),
      );
    };
    /** As a provider does: what is not answered with 200 comes again, and what was comes again too, late. */
    const blow = async () => {
      await send([...chats, ...chats]);
      for (let wave = 0; wave < 20 && storm.taken.size < chats.length; wave++)
        await send(chats.filter((chat) => !storm.taken.has(chat)));
      for (let looks = 0; looks < 600 && chats.some((chat) => telegram.reached(chat) === 0); looks++) await sleep(200);
      await send(chats);
    };
    return {
      before: [isReady(process), answers(customers, 'model'), answersOnChannel(telegram, rehearsal, 1)],
      async fault() {
        blowing = blow();
        return `${2 * chats.length} webhooks of ${chats.length} people were sent at once, each twice, and come once more when they are answered.`;
      },
      felt: {
        name: 'the storm is there',
        withinMs: 5_000,
        look: async () => ({ ok: storm.sent >= 2 * chats.length, said: `${storm.sent} were sent.` }),
      },
      during: [
        {
          name: 'every webhook is taken',
          withinMs: 120_000,
          look: async () => ({
            ok: storm.taken.size === chats.length,
            said: `${storm.taken.size} of ${chats.length} were answered with 200, ${storm.sent} were sent.`,
          }),
        },
        answers(customers, 'any', 90_000),
      ],
      throughout: [lives(process)],
      undo: () => blowing,
      recoveryMs: 240_000,
      after: [
        isReady(process),
        answers(customers, 'model', 60_000),
        // Whoever writes last is answered after what came before.
        answersOnChannel(telegram, rehearsal, 2),
        eachOnce(telegram, chats),
      ],
    };
  },
};
