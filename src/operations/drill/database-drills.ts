import type { Drill, DrillPlace } from './contract.ts';
import { Customers } from './customers.ts';
import {
  answers,
  counted,
  isReady,
  lives,
  losesNothing,
  namesDown,
  neverHangs,
  nobodyListens,
  readinessAnswers,
  refusesMessages,
} from './probes.ts';
import type { SeededRandom } from './random.ts';
import { Rehearsal } from './rehearsal.ts';

const nothing = async () => undefined;

/** A rehearsal whose first turns are under way when the database goes. */
async function staged(place: DrillPlace, random: SeededRandom) {
  const rehearsal = await Rehearsal.open(place);
  const process = () => rehearsal.process;
  const customers = new Customers(process);
  const conversations = await customers.conversations(random.between(2, 4));
  return {
    rehearsal,
    process,
    customers,
    async beginTurns() {
      rehearsal.models.hold();
      for (const conversation of conversations) await customers.leave(conversation);
      return conversations.length;
    },
  };
}

/** Turns whose model has answered meanwhile are finished once the database is back. */
const afterwards = (process: () => Rehearsal['process'], customers: Customers) =>
  [isReady(process), answers(customers, 'any', 60_000), losesNothing(customers)] as const;

export const databaseStopped: Drill = {
  name: 'database-stopped',
  summary: 'the database is gone in the middle of turns: messages are refused, readiness says why, and nothing accepted is lost',
  lacks: nothing,
  async prepare(place, random) {
    const { rehearsal, process, customers, beginTurns } = await staged(place, random);
    const { databaseProxy: proxy } = rehearsal;
    const refused = refusesMessages(customers, 'store_unavailable');
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        const turns = await beginTurns();
        if (proxy === undefined) await rehearsal.process.pull({ lever: 'store-thread', stopped: true });
        else await proxy.stop();
        rehearsal.models.release();
        return `${proxy === undefined ? 'The thread of the embedded store was ended' : 'The database was stopped'} in the middle of ${turns} turns.`;
      },
      felt:
        proxy === undefined
          ? { ...refused, name: 'messages are not taken', look: async () => notTaken(customers) }
          : nobodyListens('the database', () => proxy.port),
      during: [namesDown(process, 'database', 503), refused],
      throughout: [lives(process)],
      async undo() {
        rehearsal.models.release();
        if (proxy === undefined) await rehearsal.process.pull({ lever: 'store-thread', stopped: false });
        else await proxy.start();
      },
      recoveryMs: 90_000,
      after: afterwards(process, customers),
    };
  },
};

async function notTaken(customers: Customers) {
  const { status } = await customers.say(20_000);
  return { ok: status >= 500, said: `A message is answered with ${status}.` };
}

export const databaseSlow: Drill = {
  name: 'database-slow',
  summary: 'every statement takes seconds: readiness answers at once, and no client waits for ever',
  lacks: nothing,
  async prepare(place, random) {
    const { rehearsal, process, customers } = await staged(place, random);
    const { databaseProxy: proxy } = rehearsal;
    const delay = async (milliseconds: number) => {
      if (proxy === undefined) await rehearsal.process.pull({ lever: 'store-delay', milliseconds });
      else proxy.delay(milliseconds);
    };
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        const milliseconds = random.between(8_000, 12_000);
        await delay(milliseconds);
        return `Each packet takes the database ${milliseconds} ms.`;
      },
      felt: namesDown(process, 'database', 503),
      during: [readinessAnswers(process, 4_000), neverHangs(customers, 110_000), readinessAnswers(process, 4_000)],
      throughout: [lives(process)],
      undo: () => delay(0),
      recoveryMs: 120_000,
      after: afterwards(process, customers),
    };
  },
};

/** `ErrorResponse` of PostgreSQL's protocol: severity, SQLSTATE and message. */
function tooManyConnections(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

export const connectionsExhausted: Drill = {
  name: 'connections-exhausted',
  summary:
    'the database takes no connection more: messages are refused in time, readiness says why, and it connects again by itself',
  lacks: async ({ databaseUrl }) =>
    databaseUrl === undefined ? 'the embedded store has no connections that others could take. Give --database-url.' : undefined,
  async prepare(place, random) {
    const { rehearsal, process, customers } = await staged(place, random);
    const { databaseProxy: proxy } = rehearsal;
    if (proxy === undefined) throw new TypeError('It is played on PostgreSQL.');
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        proxy.refuse(tooManyConnections());
        proxy.cut();
        return 'The connections were cut, and new ones hear "sorry, too many clients already".';
      },
      felt: counted('a connection is refused', () => proxy.refused),
      during: [namesDown(process, 'database', 503), refusesMessages(customers, 'store_unavailable')],
      throughout: [lives(process)],
      async undo() {
        proxy.refuse(undefined);
      },
      recoveryMs: 90_000,
      after: afterwards(process, customers),
    };
  },
};
