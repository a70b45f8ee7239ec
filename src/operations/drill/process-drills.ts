import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill, Probe } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, isReady, losesNothing, nobodyListens } from './probes.ts';
import { Rehearsal } from './rehearsal.ts';

const nothing = async () => undefined;

/** Runs that wait for the model when their process is struck. */
async function underWay(rehearsal: Rehearsal, customers: Customers, conversations: readonly string[]): Promise<void> {
  rehearsal.models.hold();
  for (const conversation of conversations) if (!(await customers.leave(conversation))) throw new Error('A message was not taken.');
  for (let looks = 0; rehearsal.models.waiting < conversations.length && looks < 200; looks++) await sleep(50);
}

export const processKilled: Drill = {
  name: 'process-killed',
  summary: 'the process is killed in the middle of turns: they are finished once it, or another one, is there',
  lacks: nothing,
  async prepare(place, random) {
    const rehearsal = await Rehearsal.open(place);
    const struck = rehearsal.process;
    // Embedded, one process serves the store: nobody takes over until it is there again.
    const beside = rehearsal.database === undefined ? undefined : await rehearsal.start(place.signal);
    const customers = new Customers(() => beside ?? rehearsal.process);
    const victims = new Customers(() => (struck.lives ? struck : rehearsal.process));
    const conversations = await victims.conversations(random.between(2, 4));
    const refused = nobodyListens('the process', () => Number(new URL(struck.url).port));
    return {
      before: [isReady(() => struck), answers(customers, 'model')],
      async fault() {
        await underWay(rehearsal, victims, conversations);
        const milliseconds = random.between(0, 400);
        await sleep(milliseconds);
        struck.kill();
        await struck.ended();
        rehearsal.models.release();
        return `The process was killed ${milliseconds} ms into ${conversations.length} turns.`;
      },
      felt: { name: 'the process is gone', withinMs: 5_000, look: async () => ({ ok: !struck.lives, said: 'It has ended.' }) },
      during: beside === undefined ? [refused] : [refused, answers(customers, 'any'), losesNothing(victims, 60_000)],
      async undo() {
        rehearsal.models.release();
        if (!struck.lives && beside === undefined) await rehearsal.start(place.signal);
      },
      recoveryMs: 120_000,
      after: [isReady(() => rehearsal.process), answers(customers, 'any'), losesNothing(victims), losesNothing(customers)],
    };
  },
};

export const processFrozen: Drill = {
  name: 'process-frozen',
  summary: 'the process stands still beyond its lease in the middle of turns: each is answered once',
  lacks: async () => (process.platform === 'win32' ? 'a process is frozen by a signal, which Windows has not.' : undefined),
  async prepare(place, random) {
    const rehearsal = await Rehearsal.open(place);
    const struck = rehearsal.process;
    const beside = rehearsal.database === undefined ? undefined : await rehearsal.start(place.signal);
    const customers = new Customers(() => beside ?? struck);
    const victims = new Customers(() => struck);
    // Readers of the record, who do not need the frozen one.
    const conversations = await victims.conversations(random.between(2, 4));
    const still: Probe = {
      name: 'the process stands still',
      withinMs: 20_000,
      look: () =>
        struck.call('GET', '/health/live', { withinMs: 2_000 }).then(
          ({ status }) => ({ ok: false, said: `/health/live answers ${status}.` }),
          () => ({ ok: true, said: '/health/live does not answer within two seconds.' }),
        ),
    };
    const lease = Number(place.environment['TIMONEL_LEASE_MS'] ?? 5_000);
    return {
      before: [isReady(() => struck), answers(customers, 'model')],
      async fault() {
        await underWay(rehearsal, victims, conversations);
        struck.freeze();
        rehearsal.models.release();
        const milliseconds = Math.round(Math.min(lease, 20_000) * (1.5 + random.next()));
        await sleep(milliseconds, undefined, { signal: place.signal });
        return `The process stood still for ${milliseconds} ms in the middle of ${conversations.length} turns.`;
      },
      felt: still,
      during: beside === undefined ? [still] : [still, answers(customers, 'any'), tookOver(rehearsal, conversations.length)],
      async undo() {
        rehearsal.models.release();
        struck.thaw();
      },
      recoveryMs: 120_000,
      after: [isReady(() => struck), answers(new Customers(() => struck), 'any'), losesNothing(victims)],
    };
  },
};

/** The other process finished what the frozen one had: asked at the database, because the frozen one does not answer. */
function tookOver(rehearsal: Rehearsal, count: number): Probe {
  return {
    name: 'the other process takes the turns over',
    withinMs: 60_000,
    async look() {
      const [row] = (await rehearsal.database?.ask<{ count: number }>(
        `SELECT count(*)::int AS count FROM runs WHERE outcome IS NULL`,
      )) ?? [{ count }];
      return { ok: row?.count === 0, said: `${row?.count ?? count} of them have not ended.` };
    },
  };
}
