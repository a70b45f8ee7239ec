/**
 * Drills: a fault that is made on purpose in a rehearsal, to see that what protects against it works. A drill never touches the installation
 * that runs: it starts a Timonel of its own, with a folder, a database and services of its own, and takes all of it away at the end.
 *
 * The order is fixed: steady state, fault, what holds meanwhile, the fault undone, recovery. Steady state that is not there, a fault that is
 * not felt, and a fault that cannot be made here give `inconclusive`, never `pass`.
 */
import type { SeededRandom } from './random.ts';

export type DrillVerdict = 'pass' | 'fail' | 'inconclusive';

/** What a probe saw at one look. */
export interface ProbeFinding {
  ok: boolean;
  /** One sentence, without secrets. */
  said: string;
}

/** A question whose answer decides a verdict. */
export interface Probe {
  /** What has to hold, in words. */
  name: string;
  /** Within this time a look has to find it; milliseconds. */
  withinMs: number;
  /** A look that throws is one that did not find it. */
  look(): Promise<ProbeFinding>;
}

export type ProbePhase = 'before' | 'fault' | 'during' | 'throughout' | 'after';

export interface ProbeResult extends ProbeFinding {
  name: string;
  phase: ProbePhase;
  /** Milliseconds from the first look to the last. */
  milliseconds: number;
}

/** No probe, no verdict. */
export type Probes = readonly [Probe, ...Probe[]];

/** A drill, ready to be played. */
export interface DrillScene {
  /** Steady state: without it nothing is broken. */
  before: Probes;
  /** Makes the fault. @returns what was done, in a sentence */
  fault(): Promise<string>;
  /** Shows that the fault is there: a fault that nobody feels proves nothing. */
  felt: Probe;
  /** What holds while it lasts, asked one after the other. */
  during: Probes;
  /** What holds at every look from the fault until it is undone. */
  throughout?: readonly Probe[];
  /** Takes the fault away. It is called however the drill ends, also where the fault was made by half. */
  undo(): Promise<void>;
  /** All of {@link after} has to be seen within this time of the undoing; milliseconds. */
  recoveryMs: number;
  after: Probes;
}

/** Where drills are played. */
export interface DrillPlace {
  /** Environment for the rehearsed process: the settings that are rehearsed with, and nothing that leads to the real services. */
  environment: Readonly<Record<string, string>>;
  /** PostgreSQL on which a scratch database is made; the embedded store where absent. */
  databaseUrl: string | undefined;
  signal: AbortSignal;
  /** What is closed at the end, in the opposite order. */
  scope: AsyncDisposableStack;
}

export interface Drill {
  name: string;
  /** One line: the fault, and what has to hold. */
  summary: string;
  /** Why it cannot be played there, and what would help; `undefined` where it can. */
  lacks(place: Pick<DrillPlace, 'databaseUrl'>): Promise<string | undefined>;
  /** Starts the rehearsal. */
  prepare(place: DrillPlace, random: SeededRandom): Promise<DrillScene>;
}

export interface DrillReport {
  name: string;
  verdict: DrillVerdict;
  /** Why that verdict, in a sentence. */
  said: string;
  /** The same seed makes the same choices. */
  seed: number;
  store: 'embedded' | 'postgres';
  /** ISO 8601. */
  startedAt: string;
  milliseconds: number;
  /** What was done; `null` where it did not come to it. */
  fault: string | null;
  /** From the undoing to the last probe of the recovery; `null` where it did not recover. */
  recoveryMs: number | null;
  probes: ProbeResult[];
}
