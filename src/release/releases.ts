import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import { allBuckets, bucketsOf } from '../flags/buckets.ts';
import type { AccessNotice, AccessNotices } from '../identity/access.ts';
import type { AuditLog, ChangeAuthor } from '../identity/audit/audit-log.ts';
import type { AuditEntry } from '../identity/audit/entry.ts';
import type { DatabasePool } from '../store/database.ts';
import type { Catalog } from './catalog.ts';
import { unevaluated, worsened } from './collections.ts';
import type { InForce } from './in-force.ts';
import type { Release, ReleasePlan, ReleaseStatus, UnitStrategy } from './release.ts';
import { findRelease, insertRelease, listReleases, lockRelease } from './release-rows.ts';
import { change, promote, ramp, rollBack, type Transition } from './transitions.ts';
import type { VersionChanges } from './version.ts';

export interface ReleasesDependencies {
  pool: DatabasePool;
  catalog: Catalog;
  inForce: InForce;
  notices: AccessNotices;
  audit: AuditLog;
  now(): Date;
  newId(): string;
  /** Somebody changed a release. */
  onDecided(decided: DecidedByHand): void;
}

export interface DecidedByHand {
  release: Release;
  decision: 'started' | 'ramped' | 'held' | 'promoted' | 'rolled-back';
  by: string;
  reason: string;
}

/** Whose release it is, which one, and the revision that the change was made from. */
export interface ReleaseName {
  workspaceId: string;
  id: string;
  expected?: number | undefined;
}

/** What an operator may set of a release that runs. */
export interface ReleaseSettings {
  /** Above 0, below 100. */
  percentage?: number | undefined;
  enabled?: boolean | undefined;
  strategy?: UnitStrategy | undefined;
}

/** What operators do with releases. What Timonel does by itself is in `watch.ts`. */
export class Releases {
  readonly #dependencies: ReleasesDependencies;

  constructor(dependencies: ReleasesDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Makes a version and a release that would bring it to people. Nobody gets it before {@link start}.
   * @throws TimonelError `agent_not_found`, `invalid_request` where the version is what is in force
   */
  async create(
    workspaceId: string,
    wish: { agent: string; changes: VersionChanges; plan: ReleasePlan },
    by: ChangeAuthor & { asker: string },
  ): Promise<Release> {
    const { catalog, inForce, notices, newId } = this.#dependencies;
    const { agent, changes, plan } = wish;
    const canary = catalog.compose(agent, changes);
    const stable = inForce.stableOf(workspaceId, agent);
    if (canary.version === stable.version) {
      const variants = catalog.variantsOf(agent).map(({ codeVersion }) => codeVersion);
      throw new TimonelError(
        'invalid_request',
        `This is ${stable.version}, which ${agent} is already. Change its prompt, model, tools or limits, or name another codeVersion (there is: ${variants.join(', ')}).`,
      );
    }
    await catalog.store(workspaceId, agent, stable, 'system');
    await catalog.store(workspaceId, agent, canary, by.asker);
    const id = newId();
    const release = {
      id,
      workspaceId,
      agent,
      stable: stable.version,
      canary: canary.version,
      salt: newId(),
      plan,
      createdBy: by.asker,
    };
    await notices.change(async (client) => {
      await insertRelease(client, release);
      const details = { agent, stable: stable.version, canary: canary.version };
      await this.#dependencies.audit.append(
        { workspaceId, actor: by.actor, origin: by.origin, action: 'release-created', target: { kind: 'release', id }, details },
        client,
      );
    });
    return this.find(workspaceId, id);
  }

  /** @throws TimonelError `release_not_found` */
  async find(workspaceId: string, id: string): Promise<Release> {
    const release = await findRelease(this.#dependencies.pool, workspaceId, id);
    if (release === undefined) throw releaseNotFound(id);
    return release;
  }

  /** Newest first. */
  list(workspaceId: string, filter: { agent?: string | undefined; status?: ReleaseStatus | undefined } = {}): Promise<Release[]> {
    return listReleases(this.#dependencies.pool, workspaceId, filter);
  }

  /** What happened to a release, oldest first, from the audit log. */
  async history(workspaceId: string, id: string): Promise<AuditEntry[]> {
    const entries = await this.#dependencies.audit.page(workspaceId, { target: id }, 500);
    return entries.reverse();
  }

  /**
   * @param enabled whether conversations are assigned from now on, or only once somebody switches it on.
   * @throws TimonelError `release_not_found`, `release_state`, `release_running`, `version_conflict`
   */
  async start(name: ReleaseName, by: ChangeAuthor, enabled = true): Promise<Release> {
    const { inForce } = this.#dependencies;
    const started = await this.#change(name, by, async (transition, release) => {
      requireStatus(release, ['draft'], 'started');
      const stable = inForce.stableOf(release.workspaceId, release.agent).version;
      if (stable !== release.stable) {
        throw new TimonelError(
          'release_state',
          `The release was made against ${release.stable}, and ${stable} is in force by now. Make a new release.`,
        );
      }
      const percentage = release.plan.steps[0]?.percentage ?? 0;
      const buckets = bucketsOf(Math.min(percentage, 99));
      const set = { status: 'running' as const, startedAt: transition.now, buckets, step: 0, enabled };
      return change(transition, release, 'release-started', set, { percentage: buckets / 100, enabled });
    }).catch((error: unknown) => {
      if (error instanceof Error && 'constraint' in error && error.constraint === 'releases_running')
        throw this.#alreadyRunning(name);
      throw error;
    });
    this.#say(started, 'started', by, `Started at ${started.buckets / 100} %.`);
    return started;
  }

  /** The next step of the plan, at once. @throws TimonelError `release_not_found`, `release_state`, `version_conflict` */
  async ramp(name: ReleaseName, by: ChangeAuthor): Promise<Release> {
    const ramped = await this.#change(name, by, async (transition, release) => {
      requireStatus(release, ['running'], 'ramped');
      const next = release.plan.steps[release.step + 1];
      if (next === undefined || next.percentage === 100)
        throw new TimonelError('release_state', 'It is at its last step. Promote it, or roll it back.');
      return ramp(transition, release, release.step + 1, next.percentage, 'By hand.');
    });
    this.#say(ramped, 'ramped', by, `To ${ramped.buckets / 100} %.`);
    return ramped;
  }

  /**
   * Sets what may be set while it runs.
   * @param dryRun says what would be, and changes nothing.
   * @throws TimonelError `release_not_found`, `release_state`, `version_conflict`
   */
  async configure(name: ReleaseName, settings: ReleaseSettings, by: ChangeAuthor, dryRun = false): Promise<Release> {
    const { percentage, enabled } = settings;
    const changed = await this.#change(name, by, async (transition, release) => {
      requireStatus(release, ['running'], 'changed');
      const buckets = this.#checked(release, settings);
      const step = release.plan.steps.findLastIndex((each) => bucketsOf(each.percentage) <= buckets);
      const grows = buckets !== release.buckets;
      const set = {
        ...(grows ? { buckets, step: Math.max(0, step), watchedMs: 0 } : {}),
        ...(enabled === undefined ? {} : { enabled }),
      };
      if (dryRun) return { ...release, ...set };
      const details = { percentage: buckets / 100, enabled: enabled ?? release.enabled };
      return change(transition, release, 'release-changed', set, details);
    });
    if (!dryRun && percentage !== undefined) this.#say(changed, 'ramped', by, `To ${changed.buckets / 100} %.`);
    return changed;
  }

  /**
   * Gives everybody the canary.
   * @param force promotes without proof, which needs a reason.
   * @throws TimonelError `release_not_found`, `release_state`, `release_unproven`, `version_conflict`
   */
  async promote(
    name: ReleaseName,
    { force, reason }: { force: boolean; reason?: string | undefined },
    by: ChangeAuthor,
  ): Promise<Release> {
    const promoted = await this.#change(name, by, async (transition, release) => {
      requireStatus(release, ['running'], 'promoted');
      const { standing } = release;
      const collections = standing?.collections ?? [];
      const doubt = worsened(collections) ?? unevaluated(collections);
      if (!force && (standing?.judgement.verdict !== 'non-inferior' || doubt !== undefined)) {
        const found = standing === undefined ? 'Nothing is known of it yet.' : standing.reason;
        throw new TimonelError(
          'release_unproven',
          `It is not shown that the canary is as good as the stable version. ${found} Wait, or send "force": true with a "reason".`,
        );
      }
      return promote(transition, release, reason ?? standing?.reason ?? 'By hand.', force);
    });
    this.#say(promoted, 'promoted', by, promoted.reason ?? '');
    return promoted;
  }

  /**
   * Gives everybody the stable version again. A draft is thrown away.
   * @param moves whether open conversations leave the canary too.
   * @throws TimonelError `release_not_found`, `release_state`, `version_conflict`
   */
  async rollBack(name: ReleaseName, { reason, moves }: { reason: string; moves: boolean }, by: ChangeAuthor): Promise<Release> {
    const ended = await this.#change(name, by, async (transition, release) => {
      requireStatus(release, ['draft', 'running'], 'rolled back');
      return rollBack(transition, release, reason, moves);
    });
    this.#say(ended, 'rolled-back', by, reason);
    return ended;
  }

  async #change(
    name: ReleaseName,
    by: ChangeAuthor,
    work: (transition: Transition, release: Release) => Promise<Release>,
  ): Promise<Release> {
    const { notices, audit, now, inForce } = this.#dependencies;
    const changed = await notices.change(async (client: pg.PoolClient, tell: (notice: AccessNotice) => void) => {
      const release = await lockRelease(client, name.workspaceId, name.id);
      if (release === undefined) throw releaseNotFound(name.id);
      if (name.expected !== undefined && name.expected !== release.revision) {
        throw new TimonelError(
          'version_conflict',
          `The release is at revision ${release.revision} by now. Read it again, and send that revision in If-Match.`,
          { details: { revision: release.revision } },
        );
      }
      return work({ client, tell, audit, by, now: now() }, release);
    });
    // Whoever changed it finds it changed, with the next conversation that begins.
    await inForce.settled();
    return changed;
  }

  /** The buckets that the settings ask for. @throws TimonelError `release_state` */
  #checked(release: Release, { percentage, strategy }: ReleaseSettings): number {
    if (strategy !== undefined && strategy !== release.plan.strategy) {
      throw new TimonelError(
        'release_state',
        `The release divides people by "${release.plan.strategy}"; another strategy would give them other versions. Roll it back, and start one with "${strategy}".`,
      );
    }
    const buckets = percentage === undefined ? release.buckets : bucketsOf(percentage);
    if (buckets >= allBuckets) throw new TimonelError('release_state', '100 % is the promotion. Promote the release, or say less.');
    if (buckets < release.buckets) {
      throw new TimonelError(
        'release_state',
        `It is at ${release.buckets / 100} %, and a share only grows: nobody is taken back from what they were given. Switch it off with "enabled": false, or roll it back.`,
      );
    }
    return buckets;
  }

  #alreadyRunning({ workspaceId, id }: ReleaseName): TimonelError {
    const others = this.#dependencies.inForce.running().filter((each) => each.workspaceId === workspaceId && each.id !== id);
    return new TimonelError(
      'release_running',
      `Another release of this agent runs already${others.length === 0 ? '' : ` (${others.map((each) => each.id).join(', ')})`}. Promote it or roll it back first.`,
    );
  }

  #say(release: Release, decision: DecidedByHand['decision'], { actor }: ChangeAuthor, reason: string): void {
    this.#dependencies.onDecided({ release, decision, by: typeof actor === 'string' ? actor : actor.kind, reason });
  }
}

function requireStatus(release: Release, allowed: readonly ReleaseStatus[], wanted: string): void {
  if (allowed.includes(release.status)) return;
  throw new TimonelError(
    'release_state',
    `The release is ${release.status}; only one that is ${allowed.join(' or ')} can be ${wanted}.`,
  );
}

function releaseNotFound(id: string): TimonelError {
  return new TimonelError('release_not_found', `There is no release ${id} in this workspace. GET /api/v1/releases lists them.`);
}
