/** Plays a drill in its fixed order, and judges it. The fault is undone and the rehearsal taken away however it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type {
  Drill,
  DrillPlace,
  DrillReport,
  DrillScene,
  DrillVerdict,
  Probe,
  ProbeFinding,
  ProbePhase,
  ProbeResult,
} from './contract.ts';
import { seededRandom } from './random.ts';

export interface PlayOptions extends Omit<DrillPlace, 'scope'> {
  seed: number;
  /** Hears each probe once it is decided, and what is done. */
  onProgress?(line: ProbeResult | string): void;
}

const pauseMs = 250;

export async function playDrill(drill: Drill, options: PlayOptions): Promise<DrillReport> {
  const started = performance.now();
  const play = new Play(drill, options);
  const startedAt = new Date().toISOString();
  const { verdict, said } = await play.verdict();
  return {
    name: drill.name,
    verdict,
    said,
    seed: options.seed,
    store: options.databaseUrl === undefined ? 'embedded' : 'postgres',
    startedAt,
    milliseconds: Math.round(performance.now() - started),
    fault: play.fault,
    recoveryMs: play.recoveryMs,
    probes: play.results,
  };
}

interface Judgement {
  verdict: DrillVerdict;
  said: string;
}

const inconclusive = (said: string): Judgement => ({ verdict: 'inconclusive', said });

class Play {
  readonly results: ProbeResult[] = [];
  fault: string | null = null;
  recoveryMs: number | null = null;
  readonly #drill: Drill;
  readonly #options: PlayOptions;
  /** When the undoing began. */
  #undone = 0;

  constructor(drill: Drill, options: PlayOptions) {
    this.#drill = drill;
    this.#options = options;
  }

  async verdict(): Promise<Judgement> {
    const { signal, onProgress } = this.#options;
    const lacking = await this.#drill.lacks(this.#options);
    if (lacking !== undefined) return inconclusive(`It cannot be played here: ${lacking}`);
    const scope = new AsyncDisposableStack();
    let judged: Judgement;
    try {
      onProgress?.('The rehearsal starts.');
      const scene = await this.#drill.prepare({ ...this.#options, scope }, seededRandom(this.#options.seed));
      judged = await this.#played(scene);
    } catch (error) {
      judged = inconclusive(signal.aborted ? interrupted : `The rehearsal did not start: ${messageOf(error)}`);
    }
    try {
      await scope.disposeAsync();
    } catch (error) {
      const left = `Something of the rehearsal was left behind: ${messageOf(error)}`;
      judged = judged.verdict === 'fail' ? judged : inconclusive(left);
    }
    return judged;
  }

  async #played(scene: DrillScene): Promise<Judgement> {
    const { signal } = this.#options;
    for (const phase of ['before', 'during', 'after'] as const)
      if (scene[phase].length === 0) return inconclusive(`The drill has no probe ${phase} the fault, and so no verdict.`);
    const unsteady = await this.#all('before', scene.before);
    if (signal.aborted) return inconclusive(interrupted);
    if (unsteady !== undefined) return inconclusive(`There was no steady state to begin with. ${sentenceOf(unsteady)}`);
    const meanwhile = await this.#withFault(scene);
    if (signal.aborted) return inconclusive(interrupted);
    if (meanwhile !== undefined) return meanwhile;
    const undone = this.#undone;
    const until = undone + scene.recoveryMs;
    const lasting = await this.#all('after', scene.after, until);
    if (signal.aborted) return inconclusive(interrupted);
    if (lasting !== undefined)
      return { verdict: 'fail', said: `It did not recover within ${scene.recoveryMs / 1_000} seconds. ${sentenceOf(lasting)}` };
    this.recoveryMs = Math.round(performance.now() - undone);
    return { verdict: 'pass', said: `What has to hold held, and it recovered within ${seconds(this.recoveryMs)} seconds.` };
  }

  /** Makes the fault, asks what holds meanwhile, and undoes it. @returns a verdict where it is decided by then */
  async #withFault(scene: DrillScene): Promise<Judgement | undefined> {
    const { onProgress } = this.#options;
    let judged: Judgement | undefined;
    try {
      this.fault = await scene.fault();
      onProgress?.(this.fault);
      judged = await this.#meanwhile(scene);
    } catch (error) {
      judged = inconclusive(`The fault could not be made: ${messageOf(error)}`);
    }
    onProgress?.('The fault is undone.');
    this.#undone = performance.now();
    try {
      await scene.undo();
    } catch (error) {
      const said = `The fault could not be undone: ${messageOf(error)}`;
      return judged?.verdict === 'fail' ? { ...judged, said: `${judged.said} ${said}` } : inconclusive(said);
    }
    return judged;
  }

  async #meanwhile(scene: DrillScene): Promise<Judgement | undefined> {
    const over = new AbortController();
    const watched = (scene.throughout ?? []).map((probe) => this.#watch(probe, over.signal));
    try {
      const numb = await this.#one('fault', scene.felt);
      if (numb !== undefined) return inconclusive(`The fault was not felt. ${sentenceOf(numb)}`);
      const broken = await this.#all('during', scene.during);
      over.abort();
      const failed = broken ?? (await Promise.all(watched)).find((each) => each !== undefined);
      return failed === undefined
        ? undefined
        : { verdict: 'fail', said: `Something did not hold meanwhile. ${sentenceOf(failed)}` };
    } finally {
      over.abort();
      await Promise.all(watched);
    }
  }

  /** @returns the first that was not found. */
  async #all(phase: ProbePhase, probes: readonly Probe[], until = Number.POSITIVE_INFINITY): Promise<ProbeResult | undefined> {
    for (const probe of probes) {
      const missing = await this.#one(phase, probe, until);
      if (missing !== undefined || this.#options.signal.aborted) return missing;
    }
    return undefined;
  }

  async #one(phase: ProbePhase, probe: Probe, until = Number.POSITIVE_INFINITY): Promise<ProbeResult | undefined> {
    const { signal } = this.#options;
    const started = performance.now();
    const end = Math.min(until, started + probe.withinMs);
    let found: ProbeFinding;
    do {
      found = await looked(probe, end - performance.now(), signal);
      if (found.ok || signal.aborted) break;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    } while (performance.now() < end);
    const result = { name: probe.name, phase, ...found, milliseconds: Math.round(performance.now() - started) };
    this.#record(result);
    return found.ok ? undefined : result;
  }

  /** @returns what a look did not find, where one did not. */
  async #watch(probe: Probe, over: AbortSignal): Promise<ProbeResult | undefined> {
    const started = performance.now();
    let looks = 0;
    let found: ProbeFinding = { ok: false, said: 'There was no look.' };
    do {
      found = await looked(probe, probe.withinMs, this.#options.signal);
      looks++;
      if (!found.ok) break;
      await sleep(pauseMs, undefined, { signal: over }).catch(() => {});
    } while (!over.aborted);
    if (this.#options.signal.aborted) return undefined;
    const said = found.ok ? `${found.said} (${looks} looks)` : found.said;
    const result: ProbeResult = {
      name: probe.name,
      phase: 'throughout',
      ok: found.ok,
      said,
      milliseconds: Math.round(performance.now() - started),
    };
    this.#record(result);
    return found.ok ? undefined : result;
  }

  #record(result: ProbeResult): void {
    this.results.push(result);
    this.#options.onProgress?.(result);
  }
}

const interrupted = 'It was interrupted, and the fault is undone.';

/** One look, which may not take longer. */
async function looked(probe: Probe, withinMs: number, signal: AbortSignal): Promise<ProbeFinding> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.ceil(withinMs)))]);
  const ended = Promise.withResolvers<ProbeFinding>();
  const end = () => ended.resolve({ ok: false, said: `There was no answer within ${seconds(withinMs)} seconds.` });
  late.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([probe.look(), ended.promise]);
  } catch (error) {
    return { ok: false, said: messageOf(error) };
  } finally {
    late.removeEventListener('abort', end);
  }
}

function sentenceOf({ name, said }: ProbeResult): string {
  return `${name}: ${said}`;
}

function seconds(milliseconds: number): string {
  return (Math.max(0, milliseconds) / 1_000).toFixed(1);
}
