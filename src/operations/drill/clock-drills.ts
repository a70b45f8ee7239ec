import type { Drill, Probe } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, isReady, lives, losesNothing } from './probes.ts';
import { Rehearsal, type RehearsedProcess } from './rehearsal.ts';

const nothing = async () => undefined;

interface Checked {
  checks: { name: string; status: string; said: string }[];
}

/** What `timonel validate` says of the clock. */
function clockCheck(process: () => RehearsedProcess, right: boolean): Probe {
  return {
    name: right ? 'the validation finds the clock right' : 'the validation says that the clock is wrong',
    withinMs: 60_000,
    async look() {
      const { body } = await process().call<Checked>('POST', '/api/v1/validations', { body: {}, withinMs: 40_000 });
      const { status = 'missing', said = '' } = body.checks.find(({ name }) => name === 'clock') ?? {};
      return { ok: right ? status === 'pass' : status === 'fail' || status === 'warning', said: `${status}: ${said}` };
    },
  };
}

export const clockJump: Drill = {
  name: 'clock-jump',
  summary: 'the clock of the process jumps by hours: it says so, customers are answered, nothing is lost, and its key stays valid',
  lacks: nothing,
  async prepare(place, random) {
    const rehearsal = await Rehearsal.open(place);
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    const conversations = await customers.conversations(random.between(2, 4));
    // The embedded store has the clock of this machine, so there is none to compare with.
    const checked = (right: boolean) => (rehearsal.database === undefined ? [] : [clockCheck(process, right)]);
    const hours = random.between(1, 30) * (random.next() < 0.5 ? -1 : 1);
    return {
      before: [isReady(process), answers(customers, 'model'), ...checked(true)],
      async fault() {
        rehearsal.models.hold();
        for (const conversation of conversations) await customers.leave(conversation);
        await rehearsal.process.pull({ lever: 'clock', shiftMs: hours * 3_600_000 });
        rehearsal.models.release();
        return `The clock of the process jumped by ${hours} hours in the middle of ${conversations.length} turns.`;
      },
      felt: {
        name: 'the process has another time',
        withinMs: 10_000,
        async look() {
          const { body } = await rehearsal.process.call<{ timestamp: string }>('GET', '/api/v1/health');
          const away = Math.round((Date.parse(body.timestamp) - Date.now()) / 3_600_000);
          return { ok: away === hours, said: `Its clock is ${away} hours away.` };
        },
      },
      during: [isReady(process), answers(customers, 'any'), losesNothing(customers), ...checked(false)],
      throughout: [lives(process)],
      async undo() {
        rehearsal.models.release();
        await rehearsal.process.pull({ lever: 'clock', shiftMs: 0 });
      },
      recoveryMs: 90_000,
      after: [isReady(process), answers(customers, 'model', 60_000), losesNothing(customers), ...checked(true)],
    };
  },
};
