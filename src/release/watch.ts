import { publishFault } from '../diagnostics.ts';
import type { AccessNotices } from '../identity/access.ts';
import { type AuditLog, systemAuthor } from '../identity/audit/audit-log.ts';
import type { DatabasePool } from '../store/database.ts';
import type { Catalog } from './catalog.ts';
import { findCollections } from './collections.ts';
import { decideRelease, type ReleaseDecision } from './decide.ts';
import { observe, observeRatings } from './evidence/evidence.ts';
import { judge } from './evidence/judge.ts';
import { countTurns } from './exposures.ts';
import type { InForce } from './in-force.ts';
import type { Release, ReleaseInForce, RolloutVerdict, Standing } from './release.ts';
import { lockFreeRelease, updateRelease, type WatchedRelease } from './release-rows.ts';
import { standardsOf } from './standards.ts';
import { change, promote, ramp, rollBack, type Transition } from './transitions.ts';

export interface ReleaseWatchDependencies {
  pool: DatabasePool;
  catalog: Catalog;
  inForce: InForce;
  notices: AccessNotices;
  audit: AuditLog;
  now(): Date;
  /** Milliseconds between two looks. */
  everyMs: number;
  onJudged(release: Release): void;
  onDecided(decided: { release: Release; verdict: RolloutVerdict; reason: string }): void;
}

/** No gap between two looks counts for more than this, in milliseconds: nobody watched while no process ran, whatever the clock says. */
const longestGapMs = 60_000;

/** After how long without a look a process says so that cannot look systemAuthor, in milliseconds: a new version may take a while to reach all. */
const forgottenAfterMs = 5 * 60_000;

/**
 * Looks at the releases that run and decides. Any process may that has the code of the canary: whoever has the release's row looks, the
 * others go on. What is counted, concluded, decided and written down is one transaction, so a process that dies in the middle has done
 * nothing.
 */
export class ReleaseWatch {
  readonly #dependencies: ReleaseWatchDependencies;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** Releases of which it was said that nobody looks at them. */
  readonly #forgotten = new Set<string>();
  #closed = false;

  constructor(dependencies: ReleaseWatchDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      void this.look().then(() => {
        if (!this.#closed) this.start();
      });
    }, this.#dependencies.everyMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Looks at every release that runs, once. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookAtAll());
    return this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    const { inForce } = this.#dependencies;
    const running = inForce.running();
    const ids = new Set(running.map(({ id }) => id));
    for (const id of this.#forgotten) if (!ids.has(id)) this.#forgotten.delete(id);
    for (const release of running) {
      if (this.#closed) return;
      await this.#lookAt(release).catch((error: unknown) =>
        publishFault(`looking at the release ${release.id} of ${release.agent}`, error),
      );
    }
  }

  async #lookAt(known: ReleaseInForce): Promise<void> {
    const { notices, audit, now, catalog, inForce, onJudged, onDecided } = this.#dependencies;
    const { id } = known;
    // Before the transaction: on the embedded store there is one connection.
    const canary = await catalog.find(known.workspaceId, known.agent, known.canary);
    // Each turn is counted once. Whoever does not know the rules of the canary would count one that a safety rule refused as any other.
    if (canary === undefined) return this.#leave(known);
    const safetyRules = canary.definition.policy.filter(({ safety }) => safety === true).map((rule) => rule.id);
    const seen = await notices.change(async (client, tell) => {
      const release = await lockFreeRelease(client, id);
      if (release === undefined) return undefined;
      const at = now();
      const { exposures, ratings, tripwires } = await countTurns(client, release, safetyRules);
      const evidence = observeRatings(observe(release.evidence, exposures), ratings);
      const watchedMs = release.watchedMs + watchedSince(release, at);
      const judgement = judge(evidence, standardsOf(release.plan));
      const collections = await findCollections(client, release);
      const decision = decideRelease({ release: { ...release, watchedMs }, judgement, tripwires, collections });
      const standing: Standing = { at, verdict: decision.verdict, reason: decision.reason, judgement, tripwires, collections };
      const looked = await updateRelease(client, id, { evidence, standing, watchedMs, lookedAt: at }, false);
      const transition: Transition = { client, tell, audit, by: systemAuthor, now: at };
      const news = decision.verdict !== 'inconclusive' && !(decision.verdict === 'hold' && release.standing?.verdict === 'hold');
      return { decision, news, release: news ? await carryOut(transition, looked, decision) : looked };
    });
    if (seen === undefined) return;
    const { release, decision, news } = seen;
    onJudged(release);
    if (!news) return;
    await inForce.settled();
    onDecided({ release, ...decision });
  }

  /** Leaves a release to a process that has the code of its canary, and says so once where there seems to be none. */
  #leave({ id, agent, canary, lookedAt, startedAt }: ReleaseInForce): void {
    const { now, everyMs } = this.#dependencies;
    const since = lookedAt ?? startedAt;
    if (since === undefined || now().getTime() - since.getTime() < Math.max(forgottenAfterMs, 3 * everyMs)) {
      this.#forgotten.delete(id);
      return;
    }
    if (this.#forgotten.has(id)) return;
    this.#forgotten.add(id);
    const error = new Error(
      `Nobody has looked at it since ${since.toISOString()}: no process that runs has the code of ${canary}. Start one that has it, or roll the release back.`,
    );
    publishFault(`watching the release ${id} of ${agent}`, error);
  }
}

/** A hold is said once, when it begins: not with every look. */
async function carryOut(transition: Transition, release: Release, { verdict, reason, hard }: ReleaseDecision): Promise<Release> {
  if (verdict === 'roll-back') return rollBack(transition, release, reason, hard === true);
  if (verdict === 'promote') return promote(transition, release, reason, false);
  if (verdict === 'hold') return change(transition, release, 'release-held', {}, { reason });
  const step = release.step + 1;
  return ramp(transition, release, step, release.plan.steps[step]?.percentage ?? 0, reason);
}

/** A clock that went back counts for nothing, and one that jumped for little. */
function watchedSince({ lookedAt, startedAt, enabled }: WatchedRelease, at: Date): number {
  const since = lookedAt ?? startedAt;
  if (since === undefined || !enabled) return 0;
  return Math.min(Math.max(at.getTime() - since.getTime(), 0), longestGapMs);
}
