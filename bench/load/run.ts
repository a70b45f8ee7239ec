/** Plays one scenario once against a system. */
import { loadavg } from 'node:os';
import { memoryOf } from '../turns/server-process.ts';
import { residentAfterCollection, slopeOf } from '../turns/soak.ts';
import { Arrivals, seeded } from './arrivals.ts';
import { calendarFigures, readCalendar } from './calendar.ts';
import { askFlow, Crowd, type Origin, reservationFlow } from './customers.ts';
import { type Figures, Recorder } from './recorder.ts';
import type { Scenario } from './scenarios.ts';
import type { LoadedSystem } from './system.ts';
import { type Judged, judge, type LoadVerdict, verdictOf } from './verdict.ts';

export interface LoadRun {
  seed: number;
  /** Mean load of the machine over the last minute before and at the end: what else it did. */
  machineLoad: { before: number; after: number };
  figures: Figures;
  judged: Judged[];
  verdict: LoadVerdict;
  /** What failed, and how often. */
  failures: Record<string, number>;
}

export async function playScenario(
  scenario: Scenario,
  { origins, servers }: Pick<LoadedSystem, 'origins' | 'servers'>,
  { seed, agent }: { seed: number; agent: string },
): Promise<LoadRun> {
  const { flow, customers, stages, warmUpSeconds, thresholds } = scenario;
  const random = seeded(seed);
  const arrivals = new Arrivals();
  const recorder = new Recorder();
  const crowd = new Crowd(Math.ceil(customers / origins.length), { arrivals, recorder, random });
  const [first] = origins;
  if (first === undefined) throw new Error('There is no system to send to.');
  const before = machineLoad();
  const calendar = flow === 'reservation' ? await readCalendar(first) : undefined;
  const play = flow === 'reservation' ? reservationFlow(crowd, `${seed}-${Date.now().toString(36)}`) : askFlow(crowd, agent);
  const loops = Array.from({ length: customers }, (_, at) => crowd.customer(origins[at % origins.length] ?? first, play));
  // A forced collection stops the world: only where its figure is asked for.
  const watched = thresholds.some(({ figure }) => figure.startsWith('memory')) ? servers : [];
  const memory = new Memory(watched, () => recorder.count);
  let lookups = { hits: 0, all: 0 };
  await arrivals.play({ seconds: warmUpSeconds, perSecond: stages[0]?.perSecond ?? 1 }, stages, {
    random,
    dropped: ({ stage = '' }) => {
      if (stage !== '')
        recorder.add({ kind: 'dropped', stage, milliseconds: 0, status: 0, failed: true }, 'no customer was free for ten seconds');
    },
    began: async () => {
      await memory.begin();
      lookups = await cacheLookups(origins);
    },
  });
  await Promise.all(loops);
  const cached = await cacheLookups(origins);
  const figures: Figures = { ...recorder.figures(stages), ...(await memory.figures()) };
  if (flow === 'ask') Object.assign(figures, cacheFigures(lookups, cached, crowd));
  if (calendar !== undefined) {
    const { appointments } = await readCalendar(first);
    Object.assign(figures, calendarFigures(appointments, calendar.codes, crowd.codes));
    figures['customers without a free time'] = { value: crowd.full, samples: crowd.contacts.length };
    if (servers.length === 0) await forget(first, crowd.contacts);
  }
  await crowd.close();
  const judged = judge(figures, thresholds);
  const failures = Object.fromEntries(recorder.failures);
  return { seed, machineLoad: { before, after: machineLoad() }, figures, judged, verdict: verdictOf(judged), failures };
}

function machineLoad(): number {
  return Number((loadavg()[0] ?? Number.NaN).toFixed(2));
}

/** Resident memory of the processes together, once a second. */
class Memory {
  readonly #samples: { turns: number; resident: number }[] = [];
  readonly #pids: readonly number[];
  readonly #servers: LoadedSystem['servers'];
  readonly #count: () => number;
  #timer: NodeJS.Timeout | undefined;
  #collected = 0;

  constructor(servers: LoadedSystem['servers'], count: () => number) {
    this.#servers = servers;
    this.#pids = servers.map(({ pid }) => pid);
    this.#count = count;
  }

  async begin(): Promise<void> {
    this.#collected = await this.#afterCollection();
    this.#timer = setInterval(() => {
      const resident = this.#pids.reduce((sum, pid) => sum + memoryOf(pid).resident, 0);
      this.#samples.push({ turns: this.#count(), resident });
    }, 1_000);
  }

  async figures(): Promise<Figures> {
    clearInterval(this.#timer);
    if (this.#servers.length === 0) return {};
    const samples = this.#samples.length;
    const collected = await this.#afterCollection();
    const half = this.#samples.slice(Math.floor(samples / 2));
    const figure = (value: number) => ({ value, samples });
    return {
      'memory at the start, MB': figure(this.#collected),
      'memory at the end, MB': figure(collected),
      'memory growth': figure((100 * (collected - this.#collected)) / this.#collected),
      // By least squares, over the second half.
      'memory slope, MB per 1,000 requests': figure(slopeOf(half) * 1_000),
    };
  }

  /** MB of all processes, once what is not needed is gone. */
  async #afterCollection(): Promise<number> {
    const each = await Promise.all(this.#servers.map((server) => residentAfterCollection({ process: server })));
    return each.reduce((sum, resident) => sum + resident, 0);
  }
}

/** What the response caches of all processes did until now. A key that may not see it leaves the figure out. */
async function cacheLookups(origins: readonly Origin[]): Promise<{ hits: number; all: number }> {
  const sum = { hits: 0, all: 0 };
  for (const { url, apiKey } of origins) {
    const answer = await fetch(`${url}/api/v1/cache/stats`, { headers: { authorization: `Bearer ${apiKey}` } });
    if (!answer.ok) return { hits: 0, all: 0 };
    const { hits, joined, misses } = (await answer.json()) as { hits: number; joined: number; misses: number };
    sum.hits += hits + joined;
    sum.all += hits + joined + misses;
  }
  return sum;
}

/** The mix decides how many hits there can be: that share stands beside the hits. */
function cacheFigures(before: { hits: number; all: number }, after: { hits: number; all: number }, { turns }: Crowd): Figures {
  const samples = after.all - before.all;
  if (samples === 0) return {};
  return {
    'cache hits': { value: (100 * (after.hits - before.hits)) / samples, samples },
    'asked before': { value: (100 * turns.repeated) / turns.all, samples: turns.all },
  };
}

/** What customers made in somebody's running system is erased, as any person's data are. */
async function forget({ url, apiKey }: Origin, contacts: readonly string[]): Promise<void> {
  for (const email of contacts) {
    const answer = await fetch(`${url}/api/v1/privacy/erase`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    await answer.arrayBuffer();
  }
}
