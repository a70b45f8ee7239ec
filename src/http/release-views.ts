/** Releases as the API shows them. */
import { z } from 'zod';
import type { AuditEntry } from '../identity/audit/entry.ts';
import { metricNames } from '../release/evidence/judgement.ts';
import { type Release, releasePlan } from '../release/release.ts';

export const armView = z.object({
  turns: z.number().int(),
  units: z.number().int().describe('People'),
  events: z.number().int(),
  rate: z.number().optional(),
});

const metric = z.object({
  finding: z.enum(['pass', 'fail', 'inconclusive']),
  evidence: z.object({ against: z.number(), for: z.number() }).describe('Decimal logarithms of e-values: 2 is a hundred to one'),
  stable: armView,
  canary: armView,
  estimate: z
    .object({ ratio: z.number(), low: z.number(), high: z.number() })
    .optional()
    .describe("Cost, as a multiple of the stable's"),
  moreTurns: z.number().optional().describe('Of both arms, until it passes if nothing changes'),
  reason: z.string(),
});

const standing = z.object({
  at: z.string(),
  verdict: z.enum(['promote', 'ramp', 'hold', 'inconclusive', 'roll-back']),
  reason: z.string(),
  moreTurns: z.number().nullable(),
  metrics: z.record(z.enum(metricNames), metric),
  tripwires: z.object({ safetyViolations: z.number().int(), crashes: z.number().int(), dollars: z.number() }),
  collections: z
    .array(
      z.object({
        collection: z.string(),
        verdict: z.enum(['better', 'worse', 'inconclusive', 'missing']),
        base: z.string().nullable().describe('The newest evaluation before the release began'),
        other: z.string().nullable().describe('The newest since, of the same questions'),
        better: z.number().int().describe('Questions that went better'),
        worse: z.number().int(),
        p: z.number(),
      }),
    )
    .describe('What evaluations say of the collections that the plan names'),
});

export const releaseView = z.object({
  id: z.string(),
  agent: z.string(),
  status: z.enum(['draft', 'running', 'promoted', 'rolled-back']),
  stable: z.string(),
  canary: z.string(),
  enabled: z.boolean().describe('Whether new conversations are assigned'),
  percentage: z.number().describe('Share of people that get the canary'),
  step: z.number().int(),
  watchedMinutes: z.number().describe('How long the present step has been watched'),
  revision: z.number().int(),
  plan: releasePlan,
  standing: standing.nullable().describe('What the latest look found; null before the first'),
  reason: z.string().nullable().describe('Why it ended'),
  createdBy: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});

export const historyEntry = z.object({
  sequence: z.number().int(),
  at: z.string(),
  action: z.string(),
  by: z.string(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

const call = z.object({
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  status: z.string(),
  output: z.unknown().optional(),
});
const turnOfArm = z.object({
  outcome: z.string().nullable(),
  reply: z.string().nullable(),
  calls: z.array(call),
  cost: z.number().nullable().describe('US dollars'),
});

export const shadowReport = z.object({
  turns: z.number().int(),
  sameOutcome: z.number().int(),
  sameCalls: z.number().int(),
  dollars: z.number(),
  ended: z.string().nullable().describe('Why no more turns are mirrored'),
  comparisons: z.array(
    z.object({
      runId: z.string(),
      at: z.string(),
      text: z.string(),
      sameOutcome: z.boolean(),
      sameCalls: z.boolean(),
      stable: turnOfArm,
      canary: turnOfArm.extend({ milliseconds: z.number().int(), error: z.string().nullable() }),
    }),
  ),
});

export function releaseViewOf(release: Release): z.infer<typeof releaseView> {
  const { id, agent, status, stable, canary, enabled, buckets, step, watchedMs, revision, plan, createdBy, createdAt } = release;
  return {
    id,
    agent,
    status,
    stable,
    canary,
    enabled,
    percentage: buckets / 100,
    step,
    watchedMinutes: Math.round(watchedMs / 6_000) / 10,
    revision,
    plan,
    standing: standingOf(release.standing),
    reason: release.reason ?? null,
    createdBy,
    createdAt: createdAt.toISOString(),
    startedAt: release.startedAt?.toISOString() ?? null,
    endedAt: release.endedAt?.toISOString() ?? null,
  };
}

export function releaseEntryOf({ sequence, at, action, actor, details, hash }: AuditEntry): z.infer<typeof historyEntry> {
  return { sequence, at, action, by: actor.id === null ? actor.kind : `${actor.kind}:${actor.id}`, details, hash };
}

function standingOf(found: Release['standing']): z.infer<typeof standing> | null {
  if (found === undefined) return null;
  const { at, verdict, reason, judgement, tripwires, collections = [] } = found;
  const { safetyViolations, crashed, crashing, dollars } = tripwires;
  return {
    at: at.toISOString(),
    verdict,
    reason,
    moreTurns: judgement.moreTurns ?? null,
    metrics: judgement.metrics,
    tripwires: { safetyViolations, crashes: crashed.canary + crashing.canary, dollars },
    collections: [...collections],
  };
}
