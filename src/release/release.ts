/** What a release is: two versions of an agent, who gets which, and by which standards the new one is judged. */
import { z } from 'zod';
import type { Contact } from '../vocabulary.ts';
import type { CollectionFinding } from './collections.ts';
import type { ReleaseJudgement } from './evidence/judgement.ts';

/** Who counts as one unit, which always gets the same arm. The names are those of the settings `CANARY_STRATEGY`. */
export const unitStrategies = ['percentage', 'workspace', 'user_id', 'geographic'] as const;
export type UnitStrategy = (typeof unitStrategies)[number];

export const attributes = ['workspace', 'user', 'region', 'channel'] as const;

/** A condition on who may get the canary at all. */
export const eligibilityRule = z
  .strictObject({
    attribute: z.enum(attributes),
    in: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
    notIn: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
  })
  .refine((rule) => (rule.in === undefined) !== (rule.notIn === undefined), 'needs either "in" or "notIn"');
export type EligibilityRule = z.infer<typeof eligibilityRule>;

const chance = z.number().positive().max(0.2);
const factor = z.number().gt(1).max(10);
const percentage = z.number().gt(0, 'must be above 0').max(100, 'must be at most 100');

export const releaseStep = z.strictObject({
  percentage: percentage.describe('Share of units that get the canary, in percent'),
  bakeMinutes: z.number().min(0).max(100_000).describe('Minutes that the step is watched at least'),
});

/** How a release goes on by itself. Everything has a default; a release keeps the plan that it began with. */
export const releasePlan = z
  .strictObject({
    strategy: z.enum(unitStrategies).default('percentage'),
    eligibility: z.array(eligibilityRule).max(20).default([]).describe('All of them must hold'),
    steps: z
      .array(releaseStep)
      .min(1)
      .max(20)
      .default([
        { percentage: 10, bakeMinutes: 30 },
        { percentage: 25, bakeMinutes: 30 },
        { percentage: 50, bakeMinutes: 60 },
        { percentage: 100, bakeMinutes: 0 },
      ])
      .describe('100 percent is the promotion'),
    automatic: z.boolean().default(true).describe('Goes on and is promoted by itself; it is rolled back by itself in any case'),
    minimumTurns: z.number().int().min(1).max(10_000_000).default(50).describe('Turns of each arm before a step can end'),
    slowAfterMs: z.number().int().min(1).max(600_000).default(1_000).describe('A turn is slow when its first event takes longer'),
    alpha: z
      .strictObject({ success: chance, latency: chance, cost: chance })
      .partial()
      .default({})
      .describe('Chance that a canary without a fault is rolled back, by metric'),
    margin: z
      .strictObject({ success: factor, latency: factor, cost: factor })
      .partial()
      .default({})
      .describe('It is promoted when it is shown to be less than this many times worse, by metric'),
    tripwires: z
      .strictObject({
        safetyViolations: z.number().int().min(1).default(1).describe('Calls of the canary that a safety rule refused'),
        recoveries: z.number().int().min(1).default(3).describe('Times that one turn of the canary took its process with it'),
        dollars: z.number().positive().optional().describe('What all turns of the canary may cost'),
      })
      .default({ safetyViolations: 1, recoveries: 3 }),
    collections: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a collection, e.g. house'))
      .max(20)
      .default([])
      .describe(
        'Collections whose evaluations are evidence: worse than before the start holds it, and without one it is not promoted',
      ),
    shadow: z
      .strictObject({ share: z.number().min(0).max(1), dollars: z.number().positive() })
      .optional()
      .describe('Share of stable turns that the canary answers too, unseen, and what that may cost'),
  })
  .superRefine(({ steps, strategy, eligibility }, context) => {
    for (const [index, { percentage: share }] of steps.entries()) {
      const before = steps[index - 1]?.percentage ?? 0;
      if (share <= before)
        context.addIssue({ code: 'custom', path: ['steps', index], message: `must be above the ${before} percent before it` });
    }
    if (strategy === 'geographic' && !eligibility.some(({ attribute }) => attribute === 'region'))
      context.addIssue({
        code: 'custom',
        path: ['eligibility'],
        message: 'geographic needs a rule on the region, e.g. {"attribute": "region", "in": ["AR"]}',
      });
  });
export type ReleasePlan = z.infer<typeof releasePlan>;

export type ReleaseStatus = 'draft' | 'running' | 'promoted' | 'rolled-back';

/** What decides who answers, and what is kept of a release in memory. */
export interface ReleaseInForce {
  id: string;
  workspaceId: string;
  agent: string;
  stable: string;
  canary: string;
  status: ReleaseStatus;
  /** Whether new conversations are assigned. */
  enabled: boolean;
  /** Of 10,000: units with a lower number get the canary. */
  buckets: number;
  salt: string;
  plan: ReleasePlan;
  startedAt: Date | undefined;
  /** The latest look, by whatever process. */
  lookedAt: Date | undefined;
}

/** A release as those who ask about it see it. */
export interface Release extends ReleaseInForce {
  /** Changes with everything that somebody changed; for `If-Match`. */
  revision: number;
  step: number;
  /** Milliseconds that the present step has been watched. */
  watchedMs: number;
  standing: Standing | undefined;
  /** Why it ended. */
  reason: string | undefined;
  createdBy: string;
  createdAt: Date;
  endedAt: Date | undefined;
}

/** Who is at the other end, as far as it is known when a conversation begins. */
export interface Audience {
  workspaceId: string;
  /** Id of the signed-in user who asks. */
  user?: string | undefined;
  contact?: Contact | undefined;
  /** A name that the caller gives to the person, e.g. `user` of an OpenAI client. */
  address?: string | undefined;
  /** From a header that a trusted proxy sets. */
  region?: string | undefined;
  channel: string;
}

/** What a conversation is begun with. */
export interface Assignment {
  agentVersion: string;
  arm: 'stable' | 'canary';
  /** Absent where nobody is being compared, or this conversation takes no part. */
  release?: string;
  unit?: string;
  /** Share of units that get the canary, 0 to 1, when it was assigned. */
  weight?: number;
}

/** What the latest look at a release found. */
export interface Standing {
  at: Date;
  verdict: RolloutVerdict;
  /** One sentence with the numbers. */
  reason: string;
  judgement: ReleaseJudgement;
  tripwires: Tripwires;
  /** Of the collections that the plan names; absent in what was found before there were any. */
  collections?: readonly CollectionFinding[] | undefined;
}

/** Counts that end a release whatever the statistics say. */
export interface Tripwires {
  safetyViolations: number;
  /** Turns that took their process with them too often and have ended, by arm. */
  crashed: { stable: number; canary: number };
  /** The same, of turns that are under way. */
  crashing: { stable: number; canary: number };
  /** US dollars that the turns of the canary cost. */
  dollars: number;
}

export type RolloutVerdict = 'promote' | 'ramp' | 'hold' | 'inconclusive' | 'roll-back';
