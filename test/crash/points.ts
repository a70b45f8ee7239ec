/**
 * Named moments in the life of a turn at which a process of a crash test dies or freezes. They are reached from around the ports (the run
 * record, the model, the tools): the code under test knows nothing of them.
 */
import { writeSync } from 'node:fs';
import type { Acceptance, ClaimedRun, FinishedTurn, IncomingMessage, RunStore, StoredEnd } from '../../src/store/runs.ts';
import type { Step } from '../../src/store/steps.ts';

export const points = [
  'before-accept',
  'after-accept',
  'while-queued',
  'in-model-call',
  'before-plan-recorded',
  'after-plan-recorded',
  'in-read',
  'in-effect',
  'after-effect-before-recorded',
  'before-outside-effect',
  'in-outside-effect',
  'after-outside-effect-before-recorded',
  'after-result-recorded',
  'before-finish',
  'after-finish-before-reply',
  'before-suspend',
  'while-waiting-for-approval',
  'before-next-claimed',
  'after-next-claimed',
  'after-takeover',
  'after-child-claimed',
] as const;

export type Point = (typeof points)[number];
export type Blow = 'SIGKILL' | 'SIGSTOP';

/** The one point of this process that is armed, and what happens there. */
export class Points {
  #armed: { point: Point; blow: Blow } | undefined;

  arm(point: Point, blow: Blow): void {
    this.#armed = { point, blow };
  }

  disarm(): void {
    this.#armed = undefined;
  }

  /** Where the point is armed the process goes no further than here: not at all, or not until somebody thaws it. */
  reach(point: Point): void {
    if (this.#armed?.point !== point) return;
    const { blow } = this.#armed;
    this.#armed = undefined;
    // Written synchronously: a dead process flushes nothing.
    writeSync(1, `${JSON.stringify({ reached: point })}\n`);
    process.kill(process.pid, blow);
  }
}

/** A run record that passes the points. */
export class PointedRunStore implements RunStore {
  readonly #inner: RunStore;
  readonly #points: Points;

  constructor(inner: RunStore, at: Points) {
    this.#inner = inner;
    this.#points = at;
  }

  async accept(message: IncomingMessage, processId: string): Promise<Acceptance> {
    this.#points.reach('before-accept');
    const acceptance = await this.#inner.accept(message, processId);
    this.#points.reach(acceptance.kind === 'queued' ? 'while-queued' : 'after-accept');
    return acceptance;
  }

  async record(run: { runId: string; fence: number }, firstIndex: number, steps: Step[]): Promise<void> {
    const result = steps.find((step) => step.kind === 'tool-call');
    const outside = result?.record.tool.startsWith('call_outside') === true;
    if (result === undefined) this.#points.reach('before-plan-recorded');
    else this.#points.reach(outside ? 'after-outside-effect-before-recorded' : 'after-effect-before-recorded');
    await this.#inner.record(run, firstIndex, steps);
    this.#points.reach(result === undefined ? 'after-plan-recorded' : 'after-result-recorded');
  }

  async finish(turn: FinishedTurn): Promise<StoredEnd> {
    this.#points.reach('before-finish');
    const finished = await this.#inner.finish(turn);
    this.#points.reach('after-finish-before-reply');
    return finished;
  }

  async suspend(...parameters: Parameters<RunStore['suspend']>): Promise<StoredEnd> {
    this.#points.reach('before-suspend');
    const suspended = await this.#inner.suspend(...parameters);
    this.#points.reach('while-waiting-for-approval');
    return suspended;
  }

  cancel(...parameters: Parameters<RunStore['cancel']>): ReturnType<RunStore['cancel']> {
    return this.#inner.cancel(...parameters);
  }

  remembered(run: Parameters<RunStore['remembered']>[0]): ReturnType<RunStore['remembered']> {
    return this.#inner.remembered(run);
  }

  wakeDue(...parameters: Parameters<RunStore['wakeDue']>): ReturnType<RunStore['wakeDue']> {
    return this.#inner.wakeDue(...parameters);
  }

  async claimChildren(...parameters: Parameters<RunStore['claimChildren']>): Promise<ClaimedRun[]> {
    const runs = await this.#inner.claimChildren(...parameters);
    if (runs.length > 0) this.#points.reach('after-child-claimed');
    return runs;
  }

  async claimNext(conversationId: string, after: string | undefined, processId: string): Promise<ClaimedRun | undefined> {
    this.#points.reach('before-next-claimed');
    const next = await this.#inner.claimNext(conversationId, after, processId);
    if (next !== undefined) this.#points.reach('after-next-claimed');
    return next;
  }

  async takeOver(...parameters: Parameters<RunStore['takeOver']>): Promise<ClaimedRun[]> {
    const runs = await this.#inner.takeOver(...parameters);
    if (runs.length > 0) this.#points.reach('after-takeover');
    return runs;
  }

  reclaim(...parameters: Parameters<RunStore['reclaim']>): ReturnType<RunStore['reclaim']> {
    return this.#inner.reclaim(...parameters);
  }

  transcript(...parameters: Parameters<RunStore['transcript']>): ReturnType<RunStore['transcript']> {
    return this.#inner.transcript(...parameters);
  }

  owned(...parameters: Parameters<RunStore['owned']>): ReturnType<RunStore['owned']> {
    return this.#inner.owned(...parameters);
  }

  renewLease(...parameters: Parameters<RunStore['renewLease']>): ReturnType<RunStore['renewLease']> {
    return this.#inner.renewLease(...parameters);
  }

  buryDead(...parameters: Parameters<RunStore['buryDead']>): ReturnType<RunStore['buryDead']> {
    return this.#inner.buryDead(...parameters);
  }

  leave(processId: string): Promise<void> {
    return this.#inner.leave(processId);
  }
}
