/** What one attempt at a call waits for: what tools see as `runs`, `sleepUntil`, `completion` and `progress`. */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { ChildResult, NewChildRun } from '../store/child-runs.ts';
import type { CompletionAnswer } from '../store/completions.ts';
import type { JoinMode, PendingWait, StoredWait } from '../store/waits.ts';
import type { JsonValue } from '../vocabulary.ts';
import type { CallPlace } from './call-place.ts';
import type { AnyTool, Completion, NewRun, ToolContext } from './contract.ts';

/** Where waits are stored, and what carries on what is ready. */
export interface WaitingRuntime {
  /** The version of the agent that new runs of it begin with. @throws TimonelError `agent_not_found` */
  versionOf(workspaceId: string, agent: string): string;
  start(run: NewChildRun, client: pg.ClientBase | undefined): Promise<string>;
  join(
    call: { workspaceId: string; runId: string; callId: string; position: number },
    children: readonly string[],
    mode: JoinMode,
    expired: boolean,
  ): Promise<ChildResult[] | undefined>;
  /** @throws TimonelError `run_not_found` where `by` did not start it, and it is no earlier one of its conversation */
  cancel(by: { workspaceId: string; runId: string; conversationId: string }, runId: string): Promise<void>;
  /** The token of a call: the same whenever it is asked. */
  /** Of each secret that is in force, that of the current one first. */
  tokensOf(runId: string, callId: string): readonly [string, ...string[]];
  /** @returns the one of them that is good: a call that has one keeps it. */
  issue(
    call: { workspaceId: string; runId: string; fence: number; callId: string },
    tokens: readonly [string, ...string[]],
    deadline: Date,
  ): Promise<string>;
  complete(token: string, answer: CompletionAnswer, by: string): Promise<void>;
}

/** The call waits: it is abandoned, and made again when the answer is there. */
export class Suspended extends Error {
  override readonly name = 'Suspended';
  readonly waits: readonly PendingWait[];

  constructor(waits: readonly PendingWait[]) {
    super('The call waits; its run goes on later. A tool lets this error pass.');
    this.waits = waits;
  }
}

const tokenHours = 24;
const longestKey = 200;
const longestInput = 100_000;
const longestChunk = 4_000;
const chunksPerSecond = 20;

type Parts = Pick<ToolContext, 'runs' | 'sleepUntil' | 'completionToken' | 'completion' | 'progress'>;

export class CallWaits {
  /** What the call has to wait for, whether or not the tool let {@link Suspended} pass. */
  readonly pending: PendingWait[] = [];
  readonly #tool: AnyTool;
  readonly #place: CallPlace;
  readonly #runtime: WaitingRuntime;
  readonly #newId: () => string;
  readonly #now: () => Date;
  #position = 0;
  /** The call took its completion token in this attempt. */
  #issued = false;
  #chunks = { since: 0, count: 0 };

  constructor(tool: AnyTool, place: CallPlace, runtime: WaitingRuntime, clock: { now(): Date; newId(): string }) {
    this.#tool = tool;
    this.#place = place;
    this.#runtime = runtime;
    this.#now = clock.now;
    this.#newId = clock.newId;
  }

  /** @param withinTransaction runs the runtime's own statements in the tool's transaction, where there is one. */
  parts(withinTransaction?: <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>): Parts {
    return {
      runs: {
        start: (run) => this.#start(run, withinTransaction),
        join: (ids, mode = 'all', options = {}) => this.#join(ids, mode, options.until),
        cancel: (id) => this.#runtime.cancel(this.#place.run, id),
      },
      sleepUntil: (instant) => this.#sleepUntil(instant),
      completionToken: (options = {}) => this.#completionToken(options.until),
      completion: () => this.#completion(),
      progress: (chunk) => this.#progress(chunk),
    };
  }

  async #start(run: NewRun, within: Parameters<CallWaits['parts']>[0]): Promise<string> {
    const { run: owner, attempt, callId } = this.#place;
    const { workspaceId, runId, fence } = owner;
    const text = typeof run.input === 'string' ? run.input : JSON.stringify(run.input);
    if (run.key === '' || run.key.length > longestKey) throw invalid(`The key of a run has 1 to ${longestKey} characters.`);
    if (text.trim() === '' || text.length > longestInput) throw invalid(`The input of a run has 1 to ${longestInput} characters.`);
    if (run.budget !== undefined && !(run.budget > 0)) throw invalid('The budget of a run is an amount of US dollars above 0.');
    const agentVersion = this.#runtime.versionOf(workspaceId, run.agent);
    const child: NewChildRun = {
      workspaceId,
      parent: { runId, fence, callId },
      runId: this.#newId(),
      conversationId: this.#newId(),
      agent: run.agent,
      agentVersion,
      text,
      key: run.key,
      budget: run.budget,
      left: attempt.moneyLeft(),
    };
    const id =
      within === undefined
        ? await this.#runtime.start(child, undefined)
        : await within((client) => this.#runtime.start(child, client));
    attempt.startedRun();
    return id;
  }

  async #join(ids: readonly string[], mode: JoinMode, until: Date | undefined): Promise<ChildResult[]> {
    this.#mayWait();
    const children = [...new Set(ids)];
    const { position, wait } = this.#next();
    if (wait?.answer !== undefined) return wait.answer as unknown as ChildResult[];
    if (children.length === 0) return [];
    const deadline = wait === undefined ? until : wait.deadline;
    const expired = wait?.status === 'expired' || (deadline !== undefined && deadline <= this.#now());
    const { run, callId } = this.#place;
    const { workspaceId, runId } = run;
    const results = await this.#runtime.join({ workspaceId, runId, callId, position }, children, mode, expired);
    return results ?? this.#suspend({ callId, position, kind: 'child', deadline, children, mode });
  }

  async #sleepUntil(instant: Date): Promise<void> {
    this.#mayWait();
    if (Number.isNaN(instant.getTime())) throw invalid('sleepUntil takes an instant, and was given an invalid date.');
    const { position, wait } = this.#next();
    // The instant of the first attempt: a tool that sleeps "for three minutes" gives a later one each time.
    const deadline = wait?.deadline ?? instant;
    if ((wait !== undefined && wait.status !== 'pending') || deadline <= this.#now()) return;
    this.#suspend({ callId: this.#place.callId, position, kind: 'timer', deadline });
  }

  async #completionToken(until: Date | undefined): Promise<string> {
    this.#inBackground();
    const { run, callId } = this.#place;
    const { workspaceId, runId, fence } = run;
    const tokens = this.#runtime.tokensOf(runId, callId);
    const deadline = until ?? new Date(this.#now().getTime() + tokenHours * 3_600_000);
    // A call that is made again after a rotation of the secret has the token that it handed over.
    const asked = tokens.length > 1 || this.#stored(0) === undefined;
    const token = asked ? await this.#runtime.issue({ workspaceId, runId, fence, callId }, tokens, deadline) : tokens[0];
    this.#issued = true;
    return token;
  }

  async #completion(): Promise<Completion> {
    this.#inBackground();
    const wait = this.#stored(0);
    if (wait?.status === 'expired') return { kind: 'expired' };
    const answer = wait?.answer as CompletionAnswer | undefined;
    if (answer !== undefined) {
      return 'output' in answer ? { kind: 'completed', output: answer.output } : { kind: 'failed', error: answer.error };
    }
    if (wait === undefined && !this.#issued)
      throw invalid('Take the completionToken and hand it over before completion is awaited.');
    return this.#suspend({ callId: this.#place.callId, position: 0, kind: 'token' });
  }

  #progress(chunk: JsonValue): void {
    const now = performance.now();
    if (now - this.#chunks.since >= 1_000) this.#chunks = { since: now, count: 0 };
    if (++this.#chunks.count > chunksPerSecond) return;
    const { callId, attempt } = this.#place;
    const shown = typeof chunk === 'string' ? chunk.slice(0, longestChunk).toWellFormed() : chunk;
    if (typeof shown !== 'string' && JSON.stringify(shown).length > longestChunk) {
      throw invalid(`Progress is told in up to ${longestChunk} characters.`);
    }
    attempt.emit({ kind: 'progress', callId, tool: this.#tool.name, chunk: shown });
  }

  /** The next wait of the call in order, as the record has it. */
  #next(): { position: number; wait: StoredWait | undefined } {
    const position = ++this.#position;
    return { position, wait: this.#stored(position) };
  }

  #stored(position: number): StoredWait | undefined {
    return this.#place.attempt.waits.find((wait) => wait.callId === this.#place.callId && wait.position === position);
  }

  #suspend(wait: PendingWait): never {
    this.pending.push(wait);
    throw new Suspended(this.pending);
  }

  #mayWait(): void {
    if (this.#tool.target !== 'database') return;
    throw invalid(
      `The tool ${this.#tool.name} has target: 'database' and cannot wait: its transaction would be held meanwhile. Let it start runs, and join them in a tool that reads.`,
    );
  }

  #inBackground(): void {
    this.#mayWait();
    if (this.#tool.background !== true) throw invalid(`The tool ${this.#tool.name} needs background: true for a completion token.`);
  }
}

function invalid(message: string): TimonelError {
  return new TimonelError('invalid_request', message);
}
