/** What goes on beside turns: the queue with the jobs of agents and of Timonel itself, flags, releases, data of people, and rows that they manage. */
import type { Artifacts } from '../artifacts/artifacts.ts';
import { artifactsForTool } from '../artifacts/for-tools.ts';
import { type FlagPart, openFlags } from '../flags/open.ts';
import type { Identity } from '../identity/identity.ts';
import type { Mailer } from '../identity/mail/mailer.ts';
import type { Privacy } from '../identity/privacy/privacy.ts';
import { applyRetention } from '../identity/privacy/retention.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { Backups } from '../operations/backup/backups.ts';
import { openReleases, type ReleasePart } from '../release/open.ts';
import { Resources } from '../resources/resources.ts';
import { Jobs, type JobsDependencies } from '../run/jobs.ts';
import { createPrivacy } from '../run/personal-data.ts';
import type { JsonObject } from '../vocabulary.ts';
import { mostAttempts } from '../webhooks/deliveries.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

export function preparePrivacy(
  { project: { agents }, now }: Base,
  { pool, workspaces, access }: Foundation,
  identity: Identity,
): Privacy {
  return createPrivacy({
    pool,
    identity,
    agents,
    access: async (workspaceId) => access(workspaceId, (await workspaces.get(workspaceId)).timeZone),
    now,
  });
}

/** Backups of this installation: nothing is done before somebody, or the schedule, asks. */
export function prepareBackups(
  { settings, project: { agents }, scope, now }: Base,
  { store }: Foundation,
  version: string,
): Backups {
  return scope.adopt(new Backups({ store, settings, agents, version, now }), (each) => each.close());
}

/** Makes the queues; nothing works on them before {@link Jobs.work}. @throws TimonelError `store_unavailable` */
export async function openJobs(
  { settings, project, scope, now }: Base,
  { pool, workspaces }: Foundation,
  { audit }: Identity,
  {
    mailer,
    privacy: { tables },
    artifacts,
    backups,
    knowledge,
    contextOf,
    handoff,
    webhooks,
    evaluations,
  }: {
    mailer: Mailer;
    privacy: Privacy;
    artifacts: Artifacts;
    backups: Backups;
    knowledge: Knowledge;
    contextOf: JobsDependencies['contextOf'];
    handoff: { round(): Promise<void> };
    webhooks: { deliver(payload: JsonObject): Promise<void>; sweep(): Promise<void> };
    evaluations: { run(payload: JsonObject): Promise<void>; sweep(): Promise<void> };
  },
): Promise<Jobs> {
  const jobs = new Jobs({
    pool,
    now,
    agents: project.agents,
    own: [
      { name: 'mail', retries: 20, run: (payload) => mailer.deliver(payload) },
      { name: 'handoff', cron: '* * * * *', retries: 0, run: () => handoff.round() },
      { name: 'webhook', retries: mostAttempts - 1, run: (payload) => webhooks.deliver(payload) },
      { name: 'webhooks', cron: '* * * * *', retries: 0, run: () => webhooks.sweep() },
      { name: 'knowledge-vectors', retries: 8, run: (payload) => knowledge.buildVectors(payload) },
      { name: 'knowledge', cron: '*/10 * * * *', retries: 0, run: () => knowledge.sweep() },
      { name: 'knowledge-pages', cron: '*/5 * * * *', retries: 0, run: () => knowledge.refreshPages() },
      { name: 'evaluation', retries: 3, run: (payload) => evaluations.run(payload) },
      { name: 'evaluations', cron: '* * * * *', retries: 0, run: () => evaluations.sweep() },
      { name: 'artifacts', cron: '*/5 * * * *', retries: 0, run: async () => void (await artifacts.sweep()) },
      // Where there is no schedule the queue stays, and nothing is put into it.
      {
        name: 'backup',
        ...(settings.backups.cron === undefined ? {} : { cron: settings.backups.cron }),
        retries: 2,
        run: () => backups.run(),
      },
      {
        name: 'retention',
        cron: '17 3 * * *',
        retries: 3,
        run: async () =>
          void (await applyRetention({
            pool,
            audit,
            tables,
            days: settings.retentionDays,
            workspaces: () => workspaces.list(),
            now,
          })),
      },
    ],
    workspaces: () => workspaces.list(),
    contextOf,
  });
  // Before it is opened: what fails halfway has timers already.
  scope.defer(() => jobs.close(settings.shutdownGraceMs));
  await jobs.open();
  return jobs;
}

/** @throws TimonelError `store_unavailable` */
export async function openFlagPart(
  { project, scope, newId }: Base,
  { pool }: Foundation,
  { notices, audit }: Identity,
): Promise<FlagPart> {
  const flags = await openFlags({ pool, notices, audit, project, instance: newId() });
  return scope.adopt(flags, (each) => each.close());
}

/** @throws TimonelError `config_invalid`, `store_unavailable` */
export async function openReleasePart(
  { settings, project, scope, now, newId }: Base,
  { pool }: Foundation,
  { notices, audit }: Identity,
): Promise<ReleasePart> {
  const releases = await openReleases({
    pool,
    agents: project.agents,
    notices,
    audit,
    lookEveryMs: settings.releaseLookMs,
    now,
    newId,
  });
  return scope.adopt(releases, (each) => each.close());
}

/** @throws TimonelError `config_invalid` where a resource does not fit its table or asks for a permission that nobody declares */
export async function openResources(
  { agents, now, newId }: Base,
  { pool, workspaces, reaches }: Foundation,
  { notices, audit, permissions }: Identity,
  artifacts: Artifacts,
): Promise<Resources> {
  return Resources.open({
    pool,
    notices,
    record: (deed, client) => audit.append(deed, client),
    permissions,
    agents: [...agents.values()],
    artifactsOf: (place, run) => artifactsForTool(artifacts, place, run),
    reaches,
    timeZoneOf: async (workspaceId) => (await workspaces.get(workspaceId)).timeZone,
    now,
    newId,
  });
}
