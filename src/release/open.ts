/** The parts of releases, put together. */

import { channels, type ReleaseDecided, type ReleaseJudged } from '../diagnostics.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { AuditLog } from '../identity/audit/audit-log.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { DatabasePool } from '../store/database.ts';
import { Catalog } from './catalog.ts';
import { InForce } from './in-force.ts';
import { Pinned } from './pinned.ts';
import type { Release, RolloutVerdict } from './release.ts';
import { Releases } from './releases.ts';
import { ReleaseWatch } from './watch.ts';

export interface ReleaseDependencies {
  pool: DatabasePool;
  /** All that the project has; more than one of a name where its code comes in several versions. */
  agents: readonly AgentDefinition[];
  notices: AccessNotices;
  audit: AuditLog;
  /** Milliseconds between two looks at the releases that run. */
  lookEveryMs: number;
  now(): Date;
  newId(): string;
}

export interface ReleasePart {
  catalog: Catalog;
  inForce: InForce;
  releases: Releases;
  pinned: Pinned;
  watch: ReleaseWatch;
  close(): Promise<void>;
}

/** Reads what is in force. Looks begin with `watch.start()`. @throws TimonelError `config_invalid`, `store_unavailable` */
export async function openReleases(dependencies: ReleaseDependencies): Promise<ReleasePart> {
  const { pool, agents, notices, audit, lookEveryMs, now, newId } = dependencies;
  const catalog = new Catalog(pool, agents);
  const inForce = new InForce({ pool, catalog, notices });
  const common = { pool, catalog, inForce, notices, audit, now };
  const releases = new Releases({
    ...common,
    newId,
    onDecided: ({ release, ...said }) => publishDecided({ ...nameOf(release), ...said }),
  });
  const watch = new ReleaseWatch({
    ...common,
    everyMs: lookEveryMs,
    onJudged: publishJudged,
    onDecided: ({ release, verdict, reason }) => {
      const decision = decisionOf[verdict];
      if (decision !== undefined) publishDecided({ ...nameOf(release), decision, by: 'system', reason });
    },
  });
  await inForce.open();
  return {
    catalog,
    inForce,
    releases,
    pinned: new Pinned({ pool, catalog, inForce }),
    watch,
    async close() {
      inForce.close();
      await watch.close();
    },
  };
}

const decisionOf: Readonly<Partial<Record<RolloutVerdict, ReleaseDecided['decision']>>> = {
  promote: 'promoted',
  ramp: 'ramped',
  hold: 'held',
  'roll-back': 'rolled-back',
};

function nameOf({ workspaceId, agent, id }: Release) {
  return { workspaceId, agent, release: id };
}

function publishDecided(decided: ReleaseDecided): void {
  if (channels.releaseDecided.hasSubscribers) channels.releaseDecided.publish(decided);
}

function publishJudged(release: Release): void {
  const { standing, buckets } = release;
  if (!channels.releaseJudged.hasSubscribers || standing === undefined) return;
  const { metrics } = standing.judgement;
  channels.releaseJudged.publish({
    ...nameOf(release),
    allocation: release.status === 'running' ? buckets / 10_000 : 0,
    turns: { stable: metrics.success.stable.turns, canary: metrics.success.canary.turns },
    evidence: Object.fromEntries(Object.entries(metrics).map(([name, { evidence }]) => [name, evidence])),
  } satisfies ReleaseJudged);
}
