/** Switches a host from one process to the other. Whatever fails is taken back, so that the version that served keeps serving. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Asked, DeployQuestions, DeployReport, DeploySettings, DeployStep, SlotName } from './contract.ts';
import { liveSlot, switchTo, upstreamText, workersOf } from './nginx.ts';
import { runToEnd } from './programs.ts';

const pollMs = 100;
/** Requests that old workers of nginx had read before they heard of the reload have reached the old process by then. */
const settleMs = 500;

export const otherSlot = (slot: SlotName): SlotName => (slot === 'blue' ? 'green' : 'blue');

/** A step that failed; what it says is in its step. */
class StepFailed extends Error {}

export class Deploy {
  readonly #settings: DeploySettings;
  readonly #ask: DeployQuestions;
  readonly #told: (step: DeployStep) => void;
  readonly #steps: DeployStep[] = [];

  /** @param told hears of each step when it has ended */
  constructor(settings: DeploySettings, ask: DeployQuestions, told: (step: DeployStep) => void) {
    this.#settings = settings;
    this.#ask = ask;
    this.#told = told;
  }

  /**
   * Starts the process of a slot, proves it, leads the traffic to it, and ends the other one once it has answered what it had begun.
   * @param signal aborted before the traffic moved, everything is taken back; later the switch is brought to its end
   */
  async to(slot: SlotName, signal: AbortSignal): Promise<DeployReport> {
    const { slots, nginx, commandSeconds, readySeconds } = this.#settings;
    const from = await liveSlot(nginx);
    const report = (status: DeployReport['status']): DeployReport => ({ status, from, to: slot, steps: this.#steps });
    if (from === slot) {
      this.#tell('checks', 'fail', `${slot} has the traffic already. The other one: timonel deploy --to ${otherSlot(slot)}`, 0);
      return report('unchanged');
    }
    const { url, start, stop } = slots[slot];
    try {
      await this.#step('checks', signal, () => this.#ask.checks(from === undefined ? undefined : slots[from]));
    } catch (error) {
      if (error instanceof StepFailed) return report('unchanged');
      throw error;
    }
    const workers = await workersOf(nginx);
    try {
      await this.#step('start', signal, async () => {
        // A process of an earlier version would pass every test, and the update would not be there.
        if (await this.#ask.answers(url))
          return { ok: false, said: `Something answers at ${url} already. Stop it first: ${stop.join(' ')}` };
        return { ok: true, said: (await runToEnd(start, commandSeconds)) || `${slot} was started.` };
      });
      await this.#step('ready', signal, () => this.#ask.ready(url, readySeconds));
      await this.#step('smoke', signal, () => this.#ask.smoke(slots[slot]));
      await this.#step('switch', signal, async () => {
        await switchTo(nginx, upstreamText(nginx.name, slot, url), commandSeconds);
        return { ok: true, said: `New requests go to ${slot}, at ${url}.` };
      });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      await this.#attempt(
        'back',
        async () => `${await ended(stop, commandSeconds)} ${from ?? 'Nobody'} has the traffic, as before.`,
      );
      return report('back');
    }
    if (from !== undefined) await this.#end(from, workers);
    return report('switched');
  }

  /** The traffic is gone from it: what it had begun is answered, its streams are told to come back, and it ends. */
  async #end(from: SlotName, workers: ReadonlySet<number> | undefined): Promise<void> {
    const { slots, commandSeconds } = this.#settings;
    await this.#attempt('drain', () => this.#drained(from, workers));
    await this.#attempt('stop', () => ended(slots[from].stop, commandSeconds));
  }

  /** Old workers of nginx end when the last request that they passed on is answered. */
  async #drained(from: SlotName, workers: ReadonlySet<number> | undefined): Promise<string> {
    const { nginx, drainSeconds } = this.#settings;
    const started = performance.now();
    await sleep(settleMs);
    for (;;) {
      const now = await workersOf(nginx);
      if (workers !== undefined && now !== undefined && [...workers].every((pid) => !now.has(pid)))
        return `Nothing that was sent to ${from} is unanswered.`;
      if (performance.now() - started >= drainSeconds * 1_000)
        return `${from} still answers requests or streams after ${drainSeconds} seconds; its end finishes or hands them over.`;
      await sleep(pollMs);
    }
  }

  /** @throws StepFailed */
  async #step(name: DeployStep['name'], signal: AbortSignal, work: () => Promise<Asked>): Promise<void> {
    const started = performance.now();
    const found = signal.aborted
      ? { ok: false, said: 'Interrupted.' }
      : await work().catch((error: unknown): Asked => ({ ok: false, said: messageOf(error) }));
    this.#tell(name, found.ok ? 'pass' : 'fail', found.said, performance.now() - started);
    if (!found.ok) throw new StepFailed(found.said);
  }

  /** What does not change where the traffic goes: its failure is told. */
  async #attempt(name: DeployStep['name'], work: () => Promise<string>): Promise<void> {
    const started = performance.now();
    const [status, said] = await work().then(
      (text) => ['pass', text] as const,
      (error: unknown) => ['warning', messageOf(error)] as const,
    );
    this.#tell(name, status, said, performance.now() - started);
  }

  #tell(name: DeployStep['name'], status: DeployStep['status'], said: string, milliseconds: number): void {
    const step = { name, status, said, milliseconds: Math.round(milliseconds) };
    this.#steps.push(step);
    this.#told(step);
  }
}

async function ended(stop: DeploySettings['slots']['blue']['stop'], seconds: number): Promise<string> {
  return (await runToEnd(stop, seconds)) || `${stop.join(' ')} is done.`;
}
