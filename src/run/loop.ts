/**
 * The loop: plan → decide → act → … → reply. Every step is stored before the next one starts. There is one loop: streaming emits its
 * events, and a resumed run is the same loop fed with recorded steps.
 */
import { channels, type FellBack, type PlannerName, traced } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import { isWithoutModel } from '../llm/attempt/refusals.ts';
import type { ClaimedRun, FinishedTurn, PendingApproval, RunStore, StoredEnd } from '../store/runs.ts';
import type { IdentifiedCall, Step } from '../store/steps.ts';
import { storable } from '../store/storable.ts';
import type { PendingWait } from '../store/waits.ts';
import type { CallPlace, RunAttempt } from '../tools/call-place.ts';
import type { ToolExecutor } from '../tools/execute.ts';
import type { Outcome, Reply } from '../vocabulary.ts';
import { type Behalf, behalfOf, behalfPrincipalOf, type FindPrincipal } from './behalf.ts';
import { RunCancelled } from './cancelled.ts';
import { circleOf } from './circles.ts';
import type { AgentDefinition, RunLimits } from './contract.ts';
import { type DecisionContext, decideAll, decideCall } from './decide.ts';
import type { RunEvent } from './events.ts';
import { guarded } from './guard.ts';
import { handoffOf } from './handing-over.ts';
import { exceededLimit, limitsOf } from './limits.ts';
import { withAttachments } from './message-parts.ts';
import { outcomeOf } from './outcome.ts';
import {
  byDecision,
  type Fallback,
  type FallbackKind,
  type ModelPlanner,
  type Planner,
  type PlannerTurn,
  type Proposal,
} from './planner.ts';
import { type OpenToolCall, Progress } from './progress.ts';
import { rememberedFor } from './remembered.ts';
import { apology, waitingNotice } from './sentences.ts';
import { readyCalls } from './serial.ts';
import { type Settled, settle } from './settle.ts';
import { tellDecisions, tellSteps } from './tell.ts';

export interface LoopDependencies {
  store: Pick<RunStore, 'record' | 'finish' | 'suspend' | 'remembered'>;
  executor: Pick<ToolExecutor, 'facts' | 'run' | 'surroundings'>;
  modelPlanner: ModelPlanner;
  flowPlanner: Planner;
  fallback: Fallback;
  /** What whoever asked for the run may do now. Asked before each plan with calls, and again before each call: kept for seconds only. */
  findPrincipal: FindPrincipal;
  now(): Date;
  /** Whether the lease of this process holds without a gap since then (`performance.now()`): without it nothing may be started. */
  leaseHolds(since: number): boolean;
  emit(event: RunEvent): void;
  /** A call started a run: it may be claimed once the call is over. */
  startedRun(): void;
  /** Somebody reads along: ask the model for a stream. */
  streaming(): boolean;
}

/** How a turn ended, as it is stored. */
export interface TurnEnd extends StoredEnd {
  turn: FinishedTurn;
}

type Ending = { reply: Reply; outcome: Outcome; awaiting?: string | undefined; error?: FinishedTurn['error'] };

/**
 * Works on a claimed run until its turn ends.
 * @param claimedAt when the claim was sent (`performance.now()`).
 * @param stop aborted with {@link RunCancelled} where the run was cancelled.
 * @throws TimonelError `run_fenced`, `store_unavailable`; every other failure ends the turn as `failed`.
 */
export async function runLoop(
  run: ClaimedRun,
  claimedAt: number,
  agent: AgentDefinition,
  dependencies: LoopDependencies,
  stop: AbortController = new AbortController(),
): Promise<TurnEnd> {
  const limits = limitsOf(agent, run);
  // Not AbortSignal.timeout: its timer would outlive the turn by a minute, thousands at a time.
  const timer = setTimeout(
    () => stop.abort(new Error(`The run took longer than ${limits.wallTimeMs} ms.`)),
    Math.max(0, limits.wallTimeMs - (run.workedMs ?? 0)),
  );
  try {
    return await new Loop(run, claimedAt, agent, dependencies, limits, stop.signal).work();
  } finally {
    clearTimeout(timer);
  }
}

class Loop {
  readonly #progress: Progress;
  /** Calls that were open when this process took the run over: they may have been made already. */
  readonly #inDoubt: ReadonlySet<string>;
  readonly #run: ClaimedRun;
  readonly #agent: AgentDefinition;
  readonly #dependencies: LoopDependencies;
  readonly #limits: RunLimits;
  readonly #signal: AbortSignal;
  readonly #attempt: RunAttempt;
  readonly #claimedAt: number;
  readonly #startedAt = performance.now();
  #firstEventAt: number | undefined;
  /** When this process last asked the record, and heard that the run is its own. */
  #confirmedAt: number;

  constructor(
    run: ClaimedRun,
    claimedAt: number,
    agent: AgentDefinition,
    dependencies: LoopDependencies,
    limits: RunLimits,
    signal: AbortSignal,
  ) {
    this.#run = run;
    this.#confirmedAt = claimedAt;
    this.#claimedAt = claimedAt;
    this.#agent = agent;
    this.#dependencies = dependencies;
    this.#limits = limits;
    this.#signal = signal;
    this.#progress = new Progress(run);
    this.#attempt = {
      leaseHolds: () => this.#leaseHolds(),
      waits: run.waits ?? [],
      moneyLeft: () => limits.money - (this.#progress.usage.cost ?? 0),
      startedRun: dependencies.startedRun,
      emit: (event) => this.#emit(event),
    };
    const begun = run.inDoubt ? readyCalls(this.#progress.openCalls(), agent.tools) : [];
    this.#inDoubt = new Set(begun.map(({ call }) => call.callId));
  }

  async work(): Promise<TurnEnd> {
    try {
      for (;;) {
        if (!this.#leaseHolds())
          throw new TimonelError('run_fenced', 'This process did not renew its lease in time; another one may have the run.');
        this.#throwIfCancelled();
        const open = this.#progress.openCalls();
        const end = open.length > 0 ? await this.#act(open) : await this.#plan();
        if (end !== undefined) return end;
      }
    } catch (error) {
      if (error instanceof TimonelError && (error.code === 'run_fenced' || error.code === 'store_unavailable')) throw error;
      this.#throwIfCancelled();
      return this.#fail(error instanceof TimonelError ? error.code : 'internal', messageOf(error));
    }
  }

  /** @throws TimonelError `run_fenced`: the record has the end of the run, and what is under way is of no use. */
  #throwIfCancelled(): void {
    if (this.#signal.reason instanceof RunCancelled) throw new TimonelError('run_fenced', this.#signal.reason.message);
  }

  /** Asks the planner, decides about its calls, and stores both in one go. */
  async #plan(): Promise<TurnEnd | undefined> {
    const exceeded = exceededLimit(this.#limits, this.#progress, this.#signal.aborted);
    if (exceeded !== undefined) return this.#stop(exceeded);
    const proposal = await this.#propose();
    this.#throwIfCancelled();
    if (proposal.kind === 'summary') {
      await this.#record([proposal.step]);
      return undefined;
    }
    if (proposal.kind === 'reply') {
      const { reply, outcome, awaiting } = proposal;
      const ending = { reply, outcome: outcomeOf(this.#agent, this.#progress.calls, outcome), awaiting };
      return this.#guard([this.#marked(proposal.step)], ending);
    }
    const planIndex = this.#progress.steps.length;
    // Decided, made and recorded with the same arguments.
    const calls: IdentifiedCall[] = storable(
      proposal.calls.map((call, position) => ({ ...call, callId: `${planIndex}.${position}` })),
    );
    if (this.#progress.calls.length + calls.length > this.#limits.toolCalls)
      return this.#stop(`${this.#limits.toolCalls} tool calls`, proposal);
    const circle = circleOf(this.#agent, this.#run, this.#progress, proposal, calls);
    if (circle !== undefined) return this.#end(circle.steps, circle.ending);
    const asked = performance.now();
    const decisions = await decideAll(calls, await this.#decisionContext());
    tellDecisions(this.#run, decisions, performance.now() - asked);
    // The plan, then a decision and a result for each call, what a person may decide, and the reply.
    const approvals = decisions.filter(({ step }) => step.verdict.kind === 'ask').length;
    if (planIndex + 1 + 2 * calls.length + approvals + 1 > this.#limits.steps)
      return this.#stop(`${this.#limits.steps} steps`, proposal);
    await this.#record([
      this.#marked(proposal.step(calls)),
      ...decisions.map(({ step }) => step),
      ...decisions.flatMap(({ record }): Step[] => (record === undefined ? [] : [{ kind: 'tool-call', record, milliseconds: 0 }])),
    ]);
    return undefined;
  }

  /** The reply passes, gives way to another one, or is written once more. */
  async #guard(made: Step[], ending: Ending): Promise<TurnEnd | undefined> {
    if (this.#agent.guard === undefined && this.#agent.settled === undefined) return this.#end(made, ending);
    const { executor, now } = this.#dependencies;
    const principal = async () => behalfPrincipalOf(await this.#behalf());
    const again = made.some(({ kind }) => kind === 'model-call');
    const surroundings = executor.surroundings({ run: this.#run, signal: this.#signal, principal });
    const { steps, reply } = await guarded(this.#agent, this.#progress, ending.reply, { again, now: now(), ...surroundings });
    this.#throwIfCancelled();
    if (reply === undefined) return void (await this.#record([...made, ...steps]));
    return this.#end([...made, ...steps], { ...ending, reply, awaiting: reply === ending.reply ? ending.awaiting : undefined });
  }

  /** The model planner where the agent has a model, and what it falls back on when that fails: the rest of the turn then stays there. */
  async #propose(): Promise<Proposal> {
    const { modelPlanner, flowPlanner, fallback, now, streaming } = this.#dependencies;
    const { steps, calls, flowState, latest, summary } = this.#progress;
    // What a guard has not seen is not shown.
    const shown = streaming() && this.#agent.guard === undefined;
    const onText = shown ? (delta: string) => this.#emit({ kind: 'text', delta }) : undefined;
    const seen = { steps, calls, flowState, latest, summary };
    const turn = { run: this.#run, agent: this.#agent, now: now(), ...seen, signal: this.#signal, onText };
    const modelFree = this.#progress.degraded !== undefined || this.#agent.flows?.takes?.(this.#run.text) === true;
    if (!modelFree && modelPlanner.serves(turn)) {
      // With the first plan only: what the model has begun is handed to nobody who knows nothing of its calls.
      const decided = steps.length === 0 ? fallback.decided(this.#run) : 'none';
      if (decided !== 'none') return this.#fallBack(decided, 'decision', `${byDecision}${decided}`, turn);
      try {
        return await this.#asked('model', modelPlanner, turn);
      } catch (error) {
        this.#throwIfCancelled();
        const other = fallback.hasSystem(this.#agent.name) && !this.#hasWritten() ? 'http' : undefined;
        const left = this.#agent.flows !== undefined ? 'flows' : other;
        if (!isWithoutModel(error) || left === undefined) throw error;
        return this.#fallBack(left, 'planner_failed', messageOf(error), turn);
      }
    }
    return this.#asked('flow', flowPlanner, turn);
  }

  /** Another system does not hear of the calls of this turn, and would do the same again. */
  #hasWritten(): boolean {
    const writes = new Set(this.#agent.tools.filter(({ effect }) => effect === 'write').map(({ name }) => name));
    return this.#progress.calls.some(({ tool, status }) => writes.has(tool) && (status === 'completed' || status === 'failed'));
  }

  #asked(name: PlannerName, planner: Planner, turn: PlannerTurn): Promise<Proposal> {
    if (!traced.plan.hasSubscribers) return planner.propose(turn);
    return traced.plan.tracePromise(() => planner.propose(turn), { run: this.#run, planner: name });
  }

  #fallBack(kind: FallbackKind, reason: FellBack['reason'], details: string, turn: PlannerTurn): Promise<Proposal> {
    const { flowPlanner, fallback } = this.#dependencies;
    this.#progress.degraded = details;
    if (channels.fellBack.hasSubscribers) channels.fellBack.publish({ run: this.#run, reason } satisfies FellBack);
    return kind === 'flows' ? this.#asked('flow', flowPlanner, turn) : this.#asked('http', fallback.system, turn);
  }

  /** Makes the open calls that may be made now, at once, and stores their results in the order in which they were proposed. */
  async #act(open: OpenToolCall[]): Promise<TurnEnd | undefined> {
    const ready = readyCalls(open, this.#agent.tools);
    const results = await Promise.all(ready.map((call) => this.#settle(call)));
    this.#throwIfCancelled();
    const steps: Step[] = [];
    const approvals: PendingApproval[] = [];
    const waits: PendingWait[] = [];
    for (const result of results) {
      if (result.kind === 'approval') approvals.push(result.approval);
      else if (result.kind === 'waits') waits.push(...result.waits);
      else steps.push(...result.steps);
    }
    if (approvals.length + waits.length > 0) return this.#suspend(steps, approvals, waits);
    await this.#record(steps);
    return undefined;
  }

  #settle(open: OpenToolCall): Promise<Settled> {
    return settle(open, {
      agent: this.#agent,
      executor: this.#dependencies.executor,
      inDoubt: this.#inDoubt.has(open.call.callId),
      waited: this.#progress.waited,
      behalf: () => this.#behalf(),
      place: this.#place,
      decideAgain: async (call) => {
        const asked = performance.now();
        const again = await decideCall(call, [], await this.#decisionContext());
        tellDecisions(this.#run, [again], performance.now() - asked);
        return again;
      },
    });
  }

  async #decisionContext(): Promise<DecisionContext> {
    const { executor, store, findPrincipal, now } = this.#dependencies;
    const remembered = () => rememberedFor(this.#run, store, findPrincipal);
    const behalf = await this.#behalf();
    return { progress: this.#progress, agent: this.#agent, executor, behalf, place: this.#place, remembered, now: now() };
  }

  #behalf(): Promise<Behalf> {
    return behalfOf(this.#run, this.#dependencies.findPrincipal);
  }

  readonly #place = (callId: string, behalf: Behalf): CallPlace => ({
    run: this.#run,
    attempt: this.#attempt,
    principal: behalfPrincipalOf(behalf),
    callId,
    signal: this.#signal,
  });

  #leaseHolds(): boolean {
    return this.#dependencies.leaseHolds(this.#confirmedAt);
  }

  /** A plan of the flow planner says why it serves. */
  #marked(step: Step): Step {
    return step.kind === 'plan' && this.#progress.degraded !== undefined ? { ...step, degraded: this.#progress.degraded } : step;
  }

  async #record(given: Step[]): Promise<void> {
    const steps = storable(given);
    const first = this.#progress.steps.length;
    const asked = performance.now();
    await this.#dependencies.store.record(this.#run, first, steps);
    this.#confirmedAt = asked;
    for (const step of steps) this.#progress.add(step);
    this.#tell(first, steps);
  }

  #tell(first: number, steps: Step[]): void {
    for (const [offset, step] of steps.entries()) this.#emit({ kind: 'step', index: first + offset, step });
    tellSteps(this.#run, steps);
  }

  #emit(event: RunEvent): void {
    // A summary is nothing that whoever reads along waits for.
    if (event.kind !== 'step' || event.step.kind !== 'summary') this.#firstEventAt ??= performance.now();
    this.#dependencies.emit(event);
  }

  /** A turn that somebody else began, or that waited for a person, is not timed. */
  #firstEventMs(): number | undefined {
    if (this.#run.steps.length > 0 || this.#run.recoveries > 0) return undefined;
    return Math.round((this.#firstEventAt ?? performance.now()) - this.#claimedAt);
  }

  /** @param proposal is not carried out; what asking for it took is stored all the same. */
  #stop(limit: string, proposal?: Extract<Proposal, { kind: 'call' }>): Promise<TurnEnd> {
    const steps = proposal === undefined ? [] : [this.#marked(proposal.step([]))];
    return this.#fail('limit_reached', `The run reached its limit of ${limit}.`, steps);
  }

  async #fail(code: string, message: string, steps: Step[] = []): Promise<TurnEnd> {
    const reply = { text: apology(this.#agent, this.#run, this.#progress.calls) };
    return this.#end(steps, { reply, outcome: 'failed', error: { code, message } });
  }

  async #end(steps: Step[], ending: Ending): Promise<TurnEnd> {
    const { outcome, awaiting } = ending;
    const reply = withAttachments(ending.reply, this.#progress.calls, this.#agent.tools);
    const turn = this.#finished([...steps, { kind: 'reply', reply, outcome, awaiting }], { ...ending, reply });
    const stored = await this.#dependencies.store.finish(turn);
    this.#tell(turn.firstIndex, turn.steps);
    return { turn, ...stored };
  }

  async #suspend(steps: Step[], approvals: PendingApproval[], waits: readonly PendingWait[]): Promise<TurnEnd> {
    const outcome = approvals.length > 0 ? 'awaiting_approval' : 'awaiting_answer';
    const turn = this.#finished(steps, { reply: { text: waitingNotice(this.#agent, this.#run, outcome) }, outcome });
    const stored = await this.#dependencies.store.suspend(turn, approvals, waits);
    this.#tell(turn.firstIndex, turn.steps);
    return { turn, ...stored };
  }

  /** The steps count as made from here on, so that the memory to store holds them. */
  #finished(given: Step[], ending: Ending): FinishedTurn {
    const steps = storable(given);
    const { reply, outcome, awaiting, error } = storable(ending);
    const firstIndex = this.#progress.steps.length;
    for (const step of steps) this.#progress.add(step);
    const { degraded, usage } = this.#progress;
    const { runId, fence, contact, workedMs = 0, parentRun } = this.#run;
    return {
      workedMs: workedMs + Math.round(performance.now() - this.#startedAt),
      child: parentRun !== undefined,
      runId,
      fence,
      firstIndex,
      steps,
      outcome,
      awaiting,
      degraded,
      usage,
      error,
      firstEventMs: this.#firstEventMs(),
      reply,
      state: this.#progress.state(this.#agent.limits?.repetitions === true),
      contact,
      handoff: handoffOf(this.#agent, this.#progress, ending),
    };
  }
}
