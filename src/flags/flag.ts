/** What a feature flag is: data, changed at run time. The values that it can have, and who gets which. */
import { z } from 'zod';
import { allBuckets, bucketsOf } from './buckets.ts';

export const flagTypes = ['boolean', 'string', 'number', 'object'] as const;
export type FlagType = (typeof flagTypes)[number];

/** A value of a flag. OpenFeature's structures are objects. */
export type FlagValue = boolean | string | number | Record<string, unknown>;

/** A name in paths of URLs that some clients do not encode. */
export const flagKey = z
  .string()
  .regex(/^[A-Za-z][\w.-]{0,99}$/, 'must begin with a letter and go on with letters, digits, ".", "-" or "_", e.g. new-menu');

const variantName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be a short name of letters, digits, ".", "-" or "_", e.g. on');

/** Largest object that a variant can be, in characters of JSON. */
const longestValue = 20_000;

const value = z.union([
  z.boolean(),
  z.string().max(longestValue),
  z.number(),
  z
    .record(z.string(), z.unknown())
    .refine(isShort, `must have at most ${longestValue} characters of JSON, and not be nested too deep`),
]);

/** Whatever a JSON body can hold; what is nested so deep that it cannot be written again is none of it. */
function isShort(object: object): boolean {
  try {
    return JSON.stringify(object).length <= longestValue;
  } catch {
    return false;
  }
}

const compared = z
  .array(z.union([z.string().max(200), z.number(), z.boolean()]))
  .min(1)
  .max(1_000);

/** A condition on the evaluation context. */
const condition = z
  .strictObject({
    attribute: z.string().min(1).max(100).describe('Any key of the evaluation context, e.g. targetingKey, channel or country'),
    in: compared.optional(),
    notIn: compared.optional(),
  })
  .refine((rule) => (rule.in === undefined) !== (rule.notIn === undefined), 'needs either "in" or "notIn"');

const share = z.strictObject({
  variant: variantName,
  percentage: z.number().min(0).max(100).describe('Share of targeting keys, to a hundredth of a percent'),
});

const rule = z
  .strictObject({
    when: z.array(condition).max(20).default([]).describe('All of them must hold; none is everybody'),
    variant: variantName.optional(),
    split: z
      .array(share)
      .min(1)
      .max(20)
      .optional()
      .describe('By targeting key; who is in none of the shares gets the default variant'),
  })
  .refine((each) => (each.variant === undefined) !== (each.split === undefined), 'needs either "variant" or "split"');
export type FlagRule = z.infer<typeof rule>;

/** Its shape, without what only the whole can show. */
export const flagShape = z.strictObject({
  type: z.enum(flagTypes),
  description: z.string().max(1_000).default(''),
  enabled: z.boolean().default(true).describe('Switched off, it gives everybody the default variant'),
  variants: z.record(variantName, value).describe('Values by name'),
  defaultVariant: variantName.describe('For those whom no rule gives another one'),
  rules: z.array(rule).max(50).default([]).describe('The first one whose conditions hold decides'),
  salt: z.string().max(100).default('').describe('Another salt draws anew who is in which share'),
});

/** A flag as it is written, checked as a whole. */
export const flagDefinition = flagShape.superRefine(({ type, variants, defaultVariant, rules }, context) => {
  const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const names = Object.keys(variants);
  if (names.length === 0 || names.length > 50) fault(['variants'], 'must be 1 to 50');
  for (const [name, each] of Object.entries(variants)) {
    if (typeof each !== type) fault(['variants', name], `must be a value of the type ${type}`);
  }
  const known = (path: (string | number)[], name: string) => {
    if (!names.includes(name)) fault(path, `there is no variant "${name}"; there is: ${names.join(', ')}`);
  };
  known(['defaultVariant'], defaultVariant);
  for (const [index, { variant, split }] of rules.entries()) {
    if (variant !== undefined) known(['rules', index, 'variant'], variant);
    if (split === undefined) continue;
    for (const [position, each] of split.entries()) known(['rules', index, 'split', position, 'variant'], each.variant);
    // In buckets: 33.3, 33.3 and 33.4 are 100, whatever the sum of floats says.
    const sum = split.reduce((total, { percentage }) => total + bucketsOf(percentage), 0);
    if (sum > allBuckets) fault(['rules', index, 'split'], `the shares are ${sum / 100} percent together; at most 100`);
  }
});

/** A flag as it is written; what is absent gets its default. */
export type FlagInput = z.input<typeof flagDefinition>;
export type FlagDefinition = z.output<typeof flagDefinition>;

/** A flag in force. Versions count from 1 and go on after a removal. */
export interface Flag extends FlagDefinition {
  key: string;
  version: number;
}
