/** What a flag is worth to whoever asks, and why. Pure: the same flag and the same context always give the same answer. */
import { allBuckets, bucketOf, bucketsOf } from './buckets.ts';
import { attributeOf, holds } from './conditions.ts';
import type { Flag, FlagRule, FlagValue } from './flag.ts';

/** Who or what is asked for: any JSON. `targetingKey` is who counts as one and always gets the same share. */
export type FlagContext = Readonly<Record<string, unknown>>;

/** OpenFeature's reasons of an evaluation that went well: https://openfeature.dev/specification/types#resolution-reason */
export type FlagReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED';

/** What led to an answer, in values that OpenFeature takes as metadata. */
export type FlagMetadata = {
  version: number;
  /** One sentence. Names attributes, and never what the context says of them. */
  why: string;
  /** The rule that decided, counted from 1. */
  rule?: number;
  /** Where the targeting key falls, 0 to 9,999; a percent has a hundred. */
  bucket?: number;
};

export interface Evaluation {
  value: FlagValue;
  variant: string;
  reason: FlagReason;
  flagMetadata: FlagMetadata;
}

export function evaluateFlag(flag: Flag, context: FlagContext): Evaluation {
  const { enabled, rules, defaultVariant, version } = flag;
  const answer = (variant: string, reason: FlagReason, told: Omit<FlagMetadata, 'version'>): Evaluation => ({
    // A variant that is not there was refused when the flag was written.
    value: flag.variants[variant] as FlagValue,
    variant,
    reason,
    flagMetadata: { version, ...told },
  });
  if (!enabled) return answer(defaultVariant, 'DISABLED', { why: 'It is switched off: everybody gets its default variant.' });
  if (rules.length === 0) return answer(defaultVariant, 'STATIC', { why: 'It has no rules: everybody gets its default variant.' });
  const index = rules.findIndex(({ when }) => when.every((condition) => holds(condition, context)));
  const rule = rules[index];
  if (rule === undefined) {
    return answer(defaultVariant, 'DEFAULT', { why: `None of its ${rules.length} rule(s) holds: it gives its default variant.` });
  }
  const number = index + 1;
  const name = `Rule ${number} of ${rules.length} ${conditionsOf(rule)}`;
  if (rule.split === undefined) {
    return answer(rule.variant ?? defaultVariant, 'TARGETING_MATCH', { why: `${name} and names the variant.`, rule: number });
  }
  const targetingKey = attributeOf('targetingKey', context);
  if (typeof targetingKey !== 'string' || targetingKey === '') {
    const why = `${name} and divides by targetingKey, which the context does not have: it gives its default variant.`;
    return answer(defaultVariant, 'DEFAULT', { why, rule: number });
  }
  const bucket = bucketOf(flag.key, flag.salt, targetingKey);
  let from = 0;
  for (const { variant, percentage } of rule.split) {
    const to = from + bucketsOf(percentage);
    if (bucket >= from && bucket < to) {
      const why = `${name} and divides by targetingKey: bucket ${bucket} is one of ${from} to ${to - 1}, those of "${variant}".`;
      return answer(variant, 'SPLIT', { why, rule: number, bucket });
    }
    from = to;
  }
  const why = `${name} and divides by targetingKey: bucket ${bucket} is beyond the ${from} of ${allBuckets} that are given out.`;
  return answer(defaultVariant, 'SPLIT', { why, rule: number, bucket });
}

function conditionsOf({ when }: FlagRule): string {
  return when.length === 0 ? 'is for everybody' : `holds (${[...new Set(when.map(({ attribute }) => attribute))].join(', ')})`;
}
