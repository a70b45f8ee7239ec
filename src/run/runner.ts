/**
 * Keeps the runs of one process going: accepts messages, works on claimed runs, and tells those who wait for a run that it ended. The lease and
 * what dead or frozen processes left behind are `recovery.ts`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { publishFault, traced } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { WakeUps } from '../store/cache/wake-ups.ts';
import { refuseOnFullDisk, type StoreTrouble } from '../store/embedded/disk-space.ts';
import type { ChildLimits, ReadyRun } from '../store/run-families.ts';
import type { RunView, RunViews } from '../store/run-views.ts';
import type { ClaimedRun, FinishedTurn, IncomingMessage, RunStore } from '../store/runs.ts';
import type { ToolExecutor } from '../tools/execute.ts';
import { abandonedTurn, isSuspect } from './abandon.ts';
import type { FindPrincipal } from './behalf.ts';
import { RunCancelled } from './cancelled.ts';
import { ChildClaims } from './child-claims.ts';
import type { AgentDefinition } from './contract.ts';
import type { RunEvent } from './events.ts';
import { Lease } from './lease.ts';
import { type LoopDependencies, runLoop, type TurnEnd } from './loop.ts';
import { orAfter } from './or-after.ts';
import type { Fallback, ModelPlanner, Planner } from './planner.ts';
import { Readers } from './readers.ts';
import { LeaseRecovery } from './recovery.ts';
import { alreadyFinished, isOver, turnViewOf } from './turn-view.ts';
import { unknownAgent } from './unknown-agent.ts';

export interface RunnerDependencies {
  store: RunStore;
  views: RunViews;
  executor: ToolExecutor;
  /** What keeps the store from taking anything new. */
  trouble(): StoreTrouble | undefined;
  /** Names of the agents that this process has. */
  agents: readonly string[];
  /** The version of its agent that answers a run. @throws TimonelError `agent_not_found`, `store_unavailable` */
  definitionOf(run: ClaimedRun): AgentDefinition | Promise<AgentDefinition>;
  modelPlanner: ModelPlanner;
  flowPlanner: Planner;
  fallback: Fallback;
  findPrincipal: FindPrincipal;
  wakeUps: WakeUps;
  processId: string;
  leaseMs: number;
  /** How often a run is tried without a step in between, before it ends as failed. */
  runAttempts: number;
  /** How many runs that others started may run at once. */
  children: ChildLimits;
  now(): Date;
  /** A turn ended in this process: as its record has it, and as its reader sees it. */
  onTurn(run: ClaimedRun, turn: FinishedTurn): void;
  onEnded(ended: {
    workspaceId: string;
    /** Who began the conversation; absent where it is not known here. */
    startedBy?: string | undefined;
    run: RunView;
    milliseconds: number | undefined;
    firstEventMilliseconds: number | undefined;
  }): void;
  /** A message was stored. */
  onMessage(message: IncomingMessage, conversation: { agent: string; startedBy?: string | undefined }): void;
  /** A hand-off was opened with the end of a turn of this process. */
  onHandedOff(run: ClaimedRun, reason: string): void;
  /** Tells the other processes that these runs were cancelled. */
  tellCancelled(runIds: readonly string[]): Promise<void>;
}

interface Active {
  fence: number;
  ended: Promise<RunView | undefined>;
  /** Lets those go who wait for the end, which is another process's then. */
  release(): void;
  /** Aborted where the run is cancelled; another one for each attempt. */
  stop: AbortController;
  cancelled: boolean;
}

export class Runner {
  readonly #dependencies: RunnerDependencies;
  readonly #active = new Map<string, Active>();
  /** Runs under way here that were taken over in vain before. */
  readonly #suspects = new Set<string>();
  readonly #readers: Readers;
  readonly #lease: Lease;
  readonly #recovery: LeaseRecovery;
  readonly #childRuns: ChildClaims;
  /** Where no request is under way: a turn that follows another one belongs to none. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #stopped = false;
  /** What was under way is left to others: nobody waits for its end here any more. */
  #left = false;

  constructor(dependencies: RunnerDependencies) {
    const { store, wakeUps, processId, leaseMs, agents, now } = dependencies;
    this.#dependencies = dependencies;
    this.#readers = new Readers(wakeUps);
    this.#lease = new Lease(store, processId, leaseMs);
    this.#childRuns = new ChildClaims({
      claim: () => (this.#stopped ? Promise.resolve([]) : store.claimChildren(processId, agents, dependencies.children)),
      work: (run, claimedAt) => this.#work(run, claimedAt),
    });
    this.#recovery = new LeaseRecovery({
      store,
      lease: this.#lease,
      processId,
      leaseMs,
      agents,
      active: this.#active,
      suspected: () => this.#suspects.size > 0,
      stopped: () => this.#stopped,
      now,
      resume: (ready) => this.resumeAll(ready),
      lost: (runId) => this.#active.get(runId)?.stop.abort(new RunCancelled()),
      work: (run, claimedAt) => this.#work(run, claimedAt),
    });
  }

  /** Runs that this process works on now. */
  get activeRuns(): number {
    return this.#active.size;
  }

  /** Whether messages are taken: not once it was told to stop. */
  get accepting(): boolean {
    return !this.#stopped;
  }

  /** Takes the lease, takes over what was left behind, and goes on doing both. */
  start(): Promise<void> {
    return this.#recovery.start();
  }

  /**
   * Accepts a message and starts to work on it.
   * @param reader hears the run's events from the first one on, where this process works on it.
   * @returns the id of its run; an earlier one where the idempotency key came before.
   */
  async submit(message: IncomingMessage, reader?: (event: RunEvent) => void): Promise<string> {
    return (await this.accept(message, reader)).runId;
  }

  /**
   * The same. `held`: a person has the conversation, the message is stored, and no run was started for it.
   */
  async accept(message: IncomingMessage, reader?: (event: RunEvent) => void): Promise<{ runId: string; held: boolean }> {
    if (this.#stopped) throw new TimonelError('shutting_down', 'This process is shutting down. Send the message again.');
    refuseOnFullDisk(this.#dependencies.trouble());
    // Frozen until now, it may be taken for dead: a run that it claimed would be taken over at once.
    if (this.#lease.lapsed) await this.#lease.renew();
    const asked = performance.now();
    const acceptance = await this.#dependencies.store.accept(message, this.#dependencies.processId);
    if (acceptance.kind !== 'duplicate')
      this.#dependencies.onMessage(message, acceptance.kind === 'claimed' ? acceptance.run : acceptance);
    if (acceptance.kind === 'claimed') {
      this.#work(acceptance.run, asked, reader);
      return { runId: acceptance.run.runId, held: false };
    }
    return { runId: acceptance.runId, held: acceptance.kind === 'held' || (acceptance.kind === 'duplicate' && acceptance.held) };
  }

  /**
   * Waits for the end of a run's turn, here or in another process.
   * @returns the run as it is after `waitMs` at the latest, ended or not; earlier where this process stops before the turn ends.
   */
  async wait(workspaceId: string, runId: string, waitMs: number, signal?: AbortSignal): Promise<RunView> {
    const until = performance.now() + waitMs;
    for (let pause = 50; ; pause = Math.min(pause * 1.5, 1_000)) {
      const local = this.#active.get(runId);
      const left = until - performance.now();
      if (local !== undefined) {
        const ended = await orAfter(local.ended, left, signal);
        if (ended !== undefined && isOver(ended)) return ended;
      }
      const view = await this.#dependencies.views.run(workspaceId, runId);
      if (isOver(view) || left <= 0 || signal?.aborted === true || this.#left) return view;
      await this.#readers.woken(runId, Math.min(pause, left), signal);
    }
  }

  /**
   * Listens to the events of a run while this process works on it.
   * @returns how to stop listening.
   */
  listen(runId: string, listener: (event: RunEvent) => void): () => void {
    return this.#readers.listen(runId, listener);
  }

  /** Tells those who read along with a run that this process works on. */
  tell(runId: string, event: RunEvent): void {
    this.#readers.emit(runId, event);
  }

  /** Goes on with a conversation in which something became ready to run: an approval was decided. */
  async resume(conversationId: string): Promise<void> {
    const asked = performance.now();
    const next = await this.#dependencies.store.claimNext(conversationId, undefined, this.#dependencies.processId);
    if (next !== undefined) this.#work(next, asked);
  }

  /** Goes on with runs that are ready, and claims queued ones that others started. */
  async resumeAll(ready: readonly ReadyRun[]): Promise<void> {
    for (const { conversationId, child } of ready) if (!child) await this.resume(conversationId);
    await this.#childRuns.claim();
  }

  /** A run was started: it may be claimed. */
  startChildren(): void {
    this.#goOn([]);
  }

  /**
   * Ends a run as cancelled, with all that it started. What this process does for them stops at once, other processes are told.
   * @param by who does it, for the record.
   * @throws TimonelError `run_not_found`; `run_finished` with its `outcome`
   */
  async cancel(workspaceId: string, runId: string, by: string): Promise<RunView> {
    const { store, views, onEnded } = this.#dependencies;
    const before = await views.run(workspaceId, runId);
    if (before.status === 'finished') throw alreadyFinished(before);
    // Before the record has it: a tool's transaction under way holds the run until it ends.
    this.stopCancelled(runId);
    const error = { code: 'run_cancelled', message: `Cancelled by ${by}.` };
    const { cancelled, ready } = await store.cancel(workspaceId, runId, error);
    await this.tellCancelled(cancelled.map(({ runId: id }) => id));
    const view = await views.run(workspaceId, runId);
    if (cancelled.length === 0) throw alreadyFinished(view);
    onEnded({ workspaceId, run: view, milliseconds: undefined, firstEventMilliseconds: undefined });
    for (const { conversationId } of cancelled) await this.resume(conversationId);
    await this.resumeAll(ready);
    return view;
  }

  /** Runs were cancelled in the record: what any process does for them stops, and those who wait for them hear of it. */
  async tellCancelled(runIds: readonly string[]): Promise<void> {
    if (runIds.length === 0) return;
    for (const id of runIds) this.stopCancelled(id);
    await this.#dependencies.tellCancelled(runIds);
    for (const id of runIds) {
      this.#dependencies.wakeUps.publish(id);
      this.#readers.wake(id);
    }
  }

  /** Stops what this process does for a run that was cancelled. */
  stopCancelled(runId: string): void {
    const active = this.#active.get(runId);
    if (active === undefined) return;
    active.cancelled = true;
    active.stop.abort(new RunCancelled());
  }

  /** Stops accepting, and waits until the active runs ended, `graceMs` at most. What is left is taken over by others. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    const drained = Promise.all([...this.#active.values()].map(({ ended }) => ended));
    await orAfter(drained, graceMs);
    await this.#recovery.stop();
    this.#lease.end();
    await this.#dependencies.store.leave(this.#dependencies.processId);
    this.#left = true;
    for (const { release } of this.#active.values()) release();
    this.#readers.wakeAll();
  }

  /** @param claimedAt when the claim was sent: the run is certainly this process's while the lease holds without a gap since then. */
  #work(run: ClaimedRun, claimedAt: number, reader?: (event: RunEvent) => void): void {
    const known = this.#active.get(run.runId);
    if (reader !== undefined) this.#readers.listen(run.runId, reader);
    // The claim came back so late that the run was taken for a stray; its later claim is the valid one.
    if (known !== undefined && known.fence >= run.fence) return;
    const released = Promise.withResolvers<undefined>();
    const active: Active = {
      fence: run.fence,
      ended: released.promise,
      release: () => released.resolve(undefined),
      stop: new AbortController(),
      cancelled: false,
    };
    this.#active.set(run.runId, active);
    if (isSuspect(run)) this.#suspects.add(run.runId);
    const ended = this.#carryOut(run, claimedAt, active)
      .catch((error: unknown) => {
        publishFault(`run ${run.runId}`, error);
        return undefined;
      })
      .finally(() => {
        if (this.#active.get(run.runId) === active) this.#active.delete(run.runId);
        if (isSuspect(run)) this.#suspects.delete(run.runId);
        this.#readers.wake(run.runId);
      });
    active.ended = Promise.race([ended, released.promise]);
  }

  /** Works on a run until its turn ended, here or elsewhere. After a database failure the run is taken back and resumed from its record. */
  async #carryOut(claimed: ClaimedRun, claimedAt: number, active: Active): Promise<RunView | undefined> {
    const { wakeUps, onTurn, onEnded } = this.#dependencies;
    const started = performance.now();
    let run: ClaimedRun | undefined = claimed;
    let asked = claimedAt;
    let failure: unknown;
    for (let pause = 100; run !== undefined; pause = Math.min(pause * 3, 5_000)) {
      active.fence = run.fence;
      if (active.stop.signal.aborted && !active.cancelled) active.stop = new AbortController();
      try {
        const working = run;
        const cause = failure;
        const work = async () => {
          const end =
            working.attempts > this.#dependencies.runAttempts
              ? await this.#abandon(working, cause)
              : await runLoop(working, asked, await this.#definitionOf(working), this.#loopDependencies(working), active.stop);
          const view = turnViewOf(working, end.turn);
          onTurn(working, end.turn);
          if (end.handedOff === true) this.#dependencies.onHandedOff(working, end.turn.handoff?.reason ?? '');
          // It goes on without anybody's doing: the turn has not ended.
          if (end.turn.outcome === 'awaiting_answer') return { ...end, view };
          onEnded({
            workspaceId: working.workspaceId,
            startedBy: working.startedBy,
            run: view,
            milliseconds: performance.now() - started,
            firstEventMilliseconds: end.turn.firstEventMs,
          });
          return { ...end, view };
        };
        const { followed, ready, view } = await (traced.run.hasSubscribers ? traced.run.tracePromise(work, { run }) : work());
        if (view.status === 'finished') this.#readers.end(run.runId);
        wakeUps.publish(run.runId);
        if (followed) this.#follow(run);
        if (ready !== undefined || run.parentRun !== undefined) this.#goOn(ready ?? []);
        return view;
      } catch (error) {
        if (active.cancelled) return undefined;
        if (!(error instanceof TimonelError) || error.code === 'run_fenced') {
          publishFault(`run ${run.runId}`, error);
          return undefined;
        }
        publishFault(`run ${run.runId} is in doubt`, error);
        failure = error;
        ({ run, asked } = await this.#recovery.takeBack(run, pause));
      }
    }
    return undefined;
  }

  /** Ends a run that was tried often enough, without a step of its agent. */
  async #abandon(run: ClaimedRun, cause: unknown): Promise<TurnEnd> {
    const turn = abandonedTurn(run, cause);
    publishFault(`run ${run.runId} is abandoned`, new TimonelError('run_abandoned', String(turn.error?.['message'])));
    return { turn, ...(await this.#dependencies.store.finish(turn)) };
  }

  /** Awaited only where it has to be looked up. */
  #definitionOf(run: ClaimedRun): AgentDefinition | Promise<AgentDefinition> {
    const { agents, definitionOf } = this.#dependencies;
    return agents.includes(run.agent) ? definitionOf(run) : unknownAgent(run.agent);
  }

  #follow(run: ClaimedRun): void {
    const { store, processId } = this.#dependencies;
    const asked = performance.now();
    this.#outside(() => {
      store.claimNext(run.conversationId, run.runId, processId).then(
        (next) => {
          if (next !== undefined) this.#work(next, asked);
        },
        // The tick finds what was not handed over.
        (error: unknown) => publishFault(`the turn after run ${run.runId}`, error),
      );
    });
  }

  #goOn(ready: readonly ReadyRun[]): void {
    // The tick finds what was not handed over.
    this.#outside(() => void this.resumeAll(ready).catch((error: unknown) => publishFault('runs that waited', error)));
  }

  #loopDependencies({ runId }: ClaimedRun): LoopDependencies {
    const { store, executor, modelPlanner, flowPlanner, fallback, findPrincipal, now } = this.#dependencies;
    return {
      store,
      executor,
      modelPlanner,
      flowPlanner,
      fallback,
      findPrincipal,
      now,
      leaseHolds: (since) => this.#lease.holds(since),
      emit: (event) => this.#readers.emit(runId, event),
      streaming: () => this.#readers.has(runId),
      startedRun: () => this.startChildren(),
    };
  }
}
