/**
 * Renews the lease of the process, and goes on with what nobody works on: runs of dead or frozen processes, and this process's own whose claim
 * got lost.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { ReadyRun } from '../store/run-families.ts';
import type { ClaimedRun, RunStore } from '../store/runs.ts';
import type { Lease } from './lease.ts';

export interface RecoveryDependencies {
  store: RunStore;
  lease: Lease;
  processId: string;
  leaseMs: number;
  /** Names of the agents that this process has. */
  agents: readonly string[];
  /** The runs that this process works on, with their fences. */
  active: ReadonlyMap<string, { readonly fence: number }>;
  /** Whether a run under way here was taken over in vain before. */
  suspected(): boolean;
  stopped(): boolean;
  now(): Date;
  /** Goes on with runs that are ready, and with queued ones that others started. */
  resume(ready: readonly ReadyRun[]): Promise<void>;
  /** A run that this process works on is not its own by the record any more: it ended there, or another process has it. */
  lost(runId: string): void;
  /** @param claimedAt when the claim was sent, or what it was found by was answered (`performance.now()`). */
  work(run: ClaimedRun, claimedAt: number): void;
}

/** Every so many looks for what is due, one looks for what nobody told. */
const thoroughLook = 30;

export class LeaseRecovery {
  readonly #dependencies: RecoveryDependencies;
  /** Runs with their fences that were this process's by the record and not worked on here, at the last look. */
  #strays = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #ticking: Promise<void> = Promise.resolve();

  constructor(dependencies: RecoveryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes the lease, takes over what was left behind, and goes on doing both. */
  async start(): Promise<void> {
    const { store, lease, processId } = this.#dependencies;
    await lease.renew();
    await store.buryDead(processId, isAlive);
    await this.#tick();
    this.#schedule();
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#ticking;
  }

  /** Takes a run back that a database failure left in doubt, once the database answers. `run` is absent where it ended or belongs to another. */
  async takeBack(run: ClaimedRun, firstPause: number): Promise<{ run: ClaimedRun | undefined; asked: number }> {
    const { store, processId } = this.#dependencies;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, 2_000)) {
      await sleep(pause);
      try {
        const asked = performance.now();
        return { run: await store.reclaim(run.runId, processId, run.fence), asked };
      } catch (error) {
        if (!(error instanceof TimonelError && error.code === 'store_unavailable')) throw error;
      }
    }
  }

  #schedule(): void {
    const { leaseMs, active, stopped } = this.#dependencies;
    this.#timer = setTimeout(() => {
      this.#ticking = this.#tick().catch((error: unknown) => publishFault('the lease', error));
      void this.#ticking.then(() => {
        if (!stopped() || active.size > 0) this.#schedule();
      });
    }, leaseMs / 5);
  }

  async #tick(): Promise<void> {
    const { store, lease, agents, processId, suspected, stopped, work } = this.#dependencies;
    const answered = await lease.renew();
    if (stopped()) return;
    // One at a time: what is taken over beside a run that ends its process dies with it, and would be suspected as well.
    for (const run of await store.takeOver(processId, agents, 50, !suspected())) work(run, answered);
    await this.wakeDue();
    await this.#takeUpStrays();
  }

  /** Goes on with runs whose time came, and with those that others started. */
  async wakeDue(): Promise<void> {
    const { store, agents, now, resume } = this.#dependencies;
    const thorough = this.#looks++ % thoroughLook === 0;
    await resume(await store.wakeDue(now(), agents, thorough));
  }

  /**
   * Goes on with runs that are this process's by the record and that it does not work on: the answer to a claim got lost, or it let go of
   * them when its lease had lapsed and nobody else came. Only those that it saw at the last look too: a claim may be on its way here.
   */
  async #takeUpStrays(): Promise<void> {
    const { store, processId, active, work, lost } = this.#dependencies;
    const before = [...active].map(([runId, { fence }]) => ({ runId, fence }));
    const owned = await store.owned(processId);
    const held = new Set(owned.map(({ runId }) => runId));
    for (const { runId, fence } of before) if (!held.has(runId) && active.get(runId)?.fence === fence) lost(runId);
    const strays = owned.filter(({ runId }) => !active.has(runId));
    const seen = this.#strays;
    this.#strays = new Map(strays.map(({ runId, fence }) => [runId, fence]));
    for (const { runId, fence } of strays) {
      if (seen.get(runId) !== fence) continue;
      const asked = performance.now();
      const run = await store.reclaim(runId, processId, fence);
      if (run !== undefined) work(run, asked);
    }
  }
}

/** Whether a process of this host is there; signal 0 only asks. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
