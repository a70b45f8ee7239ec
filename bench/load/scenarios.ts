/** What is sent, for how long, and what has to hold: the one table of the load scenarios. `k6.js` has the same. */

/** A part of a run: requests arrive at random, so many a second in the mean, whether earlier ones were answered or not. */
export interface Stage {
  name: string;
  seconds: number;
  perSecond: number;
}

/** A bound of a figure. With fewer samples than `samples` there is no verdict: a quiet minute proves nothing. */
export interface Threshold {
  figure: string;
  most?: number;
  least?: number;
  samples: number;
}

export interface Scenario {
  says: string;
  /** `ask`: dialogues with an agent whose model takes its time. `reservation`: appointments, from the question to the code. */
  flow: 'ask' | 'reservation';
  /** Each sends one request at a time, over its own connection. */
  customers: number;
  /** At the rate of the first stage; nothing of it counts. */
  warmUpSeconds: number;
  stages: readonly Stage[];
  /** Processes on one PostgreSQL and one Redis; with one, the store is chosen by `--store`. */
  processes: number;
  thresholds: readonly Threshold[];
}

/**
 * Latencies in ms, shares in %, memory in MB. `p95 calm` is the figure of a stage, `turns p95` that of messages alone. `memory growth` is what a
 * forced collection leaves at the end more than after the warm-up, in % of it, and has one sample per measured second.
 */
export const scenarios = {
  smoke: {
    says: 'a few customers for a few seconds: does it answer at all',
    flow: 'ask',
    customers: 5,
    warmUpSeconds: 1,
    stages: [{ name: 'steady', seconds: 4, perSecond: 15 }],
    processes: 1,
    thresholds: [
      { figure: 'failed', most: 0, samples: 30 },
      { figure: '5xx', most: 0, samples: 30 },
      { figure: 'p95', most: 1_000, samples: 30 },
      { figure: 'p99', most: 3_000, samples: 30 },
    ],
  },
  load: {
    says: 'an ordinary hour, in two minutes',
    flow: 'ask',
    customers: 100,
    warmUpSeconds: 10,
    stages: [{ name: 'steady', seconds: 120, perSecond: 50 }],
    processes: 1,
    thresholds: [
      { figure: 'failed', most: 0.1, samples: 5_000 },
      { figure: '5xx', most: 0.1, samples: 5_000 },
      { figure: 'p50', most: 120, samples: 1_000 },
      { figure: 'p95', most: 350, samples: 1_000 },
      { figure: 'p99', most: 1_000, samples: 5_000 },
    ],
  },
  stress: {
    says: 'more and more, until it does not hold; says up to which rate it did',
    flow: 'ask',
    customers: 800,
    warmUpSeconds: 10,
    stages: [100, 200, 400, 600, 800].map((perSecond) => ({ name: `at ${perSecond}/s`, seconds: 20, perSecond })),
    processes: 1,
    thresholds: [
      { figure: 'rate held', least: 200, samples: 5_000 },
      { figure: '5xx', most: 5, samples: 5_000 },
    ],
  },
  spike: {
    says: 'twenty times as many at once, and calm again',
    flow: 'ask',
    customers: 500,
    warmUpSeconds: 10,
    stages: [
      { name: 'before', seconds: 20, perSecond: 20 },
      { name: 'spike', seconds: 20, perSecond: 400 },
      { name: 'after', seconds: 30, perSecond: 20 },
    ],
    processes: 1,
    thresholds: [
      { figure: 'failed', most: 1, samples: 5_000 },
      { figure: '5xx', most: 1, samples: 5_000 },
      { figure: 'p95 spike', most: 1_000, samples: 2_000 },
      { figure: 'p95 after', most: 350, samples: 300 },
    ],
  },
  soak: {
    says: 'half an hour: does memory stay flat',
    flow: 'ask',
    customers: 100,
    warmUpSeconds: 120,
    stages: [{ name: 'steady', seconds: 1_800, perSecond: 50 }],
    processes: 1,
    thresholds: [
      { figure: 'failed', most: 0.1, samples: 50_000 },
      { figure: '5xx', most: 0.1, samples: 50_000 },
      { figure: 'p95', most: 350, samples: 50_000 },
      { figure: 'p99', most: 1_000, samples: 50_000 },
      { figure: 'memory growth', most: 10, samples: 900 },
    ],
  },
  reservation: {
    says: 'appointments of many customers who want the same days; the calendar is counted at the end',
    flow: 'reservation',
    customers: 60,
    warmUpSeconds: 5,
    stages: [{ name: 'steady', seconds: 60, perSecond: 30 }],
    processes: 1,
    thresholds: [
      { figure: 'double bookings', most: 0, samples: 100 },
      { figure: 'lost bookings', most: 0, samples: 100 },
      { figure: 'bookings that nobody was told of', most: 0, samples: 100 },
      { figure: 'failed', most: 0.1, samples: 1_000 },
      { figure: '5xx', most: 0.1, samples: 1_000 },
      { figure: 'p95', most: 1_000, samples: 1_000 },
    ],
  },
  headline: {
    says: '250 requests/s and 500 students on one process, with a repeating mix',
    flow: 'ask',
    customers: 500,
    warmUpSeconds: 30,
    stages: [{ name: 'steady', seconds: 120, perSecond: 250 }],
    processes: 1,
    thresholds: headline(20_000),
  },
  'headline-three': {
    says: '750 requests/s and 1,500 students on three processes, one PostgreSQL and one Redis',
    flow: 'ask',
    customers: 1_500,
    warmUpSeconds: 30,
    stages: [{ name: 'steady', seconds: 120, perSecond: 750 }],
    processes: 3,
    thresholds: headline(60_000),
  },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof scenarios;

function headline(samples: number): Threshold[] {
  return [
    { figure: 'p50', most: 120, samples },
    { figure: 'p95', most: 350, samples },
    { figure: '5xx', most: 0.1, samples },
    { figure: 'failed', most: 0.1, samples },
    // Of what was asked for, so that a generator that lags does not pass for a system that keeps up.
    { figure: 'rate reached', least: 98, samples },
    { figure: 'cache hits', least: 78, samples: samples / 4 },
    { figure: 'memory growth', most: 10, samples: 60 },
  ];
}

/** The same scenario with shorter or longer stages; what it needs as samples stays. */
export function scaled(scenario: Scenario, scale: number): Scenario {
  const seconds = (whole: number) => Math.max(1, whole * scale);
  return {
    ...scenario,
    warmUpSeconds: seconds(scenario.warmUpSeconds),
    stages: scenario.stages.map((stage) => ({ ...stage, seconds: seconds(stage.seconds) })),
  };
}
