/**
 * How a release gets from one state to the next, whoever decided: each change, its entry in the audit log and the word to other processes
 * are one transaction.
 */
import type pg from 'pg';
import { bucketsOf } from '../flags/buckets.ts';
import type { AccessNotice } from '../identity/access.ts';
import type { AuditLog, ChangeAuthor } from '../identity/audit/audit-log.ts';
import { storeWebhookEvent } from '../store/webhook-events.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { Release, Standing } from './release.ts';
import { type ReleaseChange, updateRelease } from './release-rows.ts';

export interface Transition {
  client: pg.ClientBase;
  tell(notice: AccessNotice): void;
  audit: AuditLog;
  by: ChangeAuthor;
  now: Date;
}

/** The next step of the plan, or the last one at or below a share that somebody chose. */
export async function ramp(
  transition: Transition,
  release: Release,
  step: number,
  percentage: number,
  reason: string,
): Promise<Release> {
  return change(
    transition,
    release,
    'release-ramped',
    { step, buckets: bucketsOf(percentage), watchedMs: 0 },
    { percentage, reason },
  );
}

/** The canary is what everybody gets from here on; conversations stay with the version that they began with. */
export async function promote(transition: Transition, release: Release, reason: string, forced: boolean): Promise<Release> {
  const end = { status: 'promoted' as const, reason, endedAt: transition.now };
  await forgetUnits(transition.client, release);
  return change(transition, release, 'release-promoted', end, { reason, forced });
}

/**
 * Everybody gets the stable version again.
 * @param moves whether open conversations leave the canary too, with their next turn; a turn under way ends as it began.
 */
export async function rollBack(transition: Transition, release: Release, reason: string, moves: boolean): Promise<Release> {
  const { client, now } = transition;
  if (moves) {
    const back = [release.workspaceId, release.id, release.stable];
    await client.query(
      `WITH queued AS (
         UPDATE runs SET agent_version = $3, arm = 'stable'
         WHERE workspace_id = $1 AND status = 'queued' AND release = $2 AND arm = 'canary'
       )
       UPDATE conversations SET agent_version = $3, arm = 'stable'
       WHERE workspace_id = $1 AND release = $2 AND arm = 'canary' AND status = 'open'`,
      back,
    );
  }
  await forgetUnits(client, release);
  return change(
    transition,
    release,
    'release-rolled-back',
    { status: 'rolled-back', reason, endedAt: now },
    { reason, moved: moves },
  );
}

/** Changes a release and says so. @param details what the audit log keeps, beside what is known of the release. */
export async function change(
  { client, tell, audit, by }: Transition,
  release: Release,
  action: string,
  set: ReleaseChange,
  details: JsonObject,
): Promise<Release> {
  const changed = await updateRelease(client, release.id, set, true);
  const { workspaceId, agent, stable, canary } = changed;
  const evidence = changed.standing === undefined ? {} : { evidence: evidenceOf(changed.standing) };
  const told = { agent, stable, canary, revision: changed.revision, ...details, ...evidence };
  await audit.append({ workspaceId, ...by, action, target: { kind: 'release', id: changed.id }, details: told }, client);
  const { percentage, reason } = details;
  const data = {
    releaseId: changed.id,
    agent,
    stable,
    canary,
    decision: action.replace(/^release-/, ''),
    ...(percentage === undefined ? {} : { percentage }),
    ...(typeof reason === 'string' ? { reason: reason.slice(0, 500) } : {}),
  };
  // A plan that is changed decides nothing.
  if (action !== 'release-changed') await storeWebhookEvent(client, { workspaceId, event: 'release.decided', data });
  tell({ kind: 'releases', workspaceId });
  return changed;
}

/** What units did is needed to count their next turns, of which there are none once a release has ended. */
async function forgetUnits(client: pg.ClientBase, { workspaceId, id }: Release): Promise<void> {
  await client.query('DELETE FROM release_units WHERE workspace_id = $1 AND release = $2', [workspaceId, id]);
}

/** The numbers that a decision stands on: plain JSON, without what is not known. */
function evidenceOf({ judgement, collections = [] }: Standing): JsonObject {
  return JSON.parse(JSON.stringify({ ...judgement, ...(collections.length === 0 ? {} : { collections }) })) as JsonObject;
}
