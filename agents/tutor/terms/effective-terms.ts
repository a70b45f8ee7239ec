/** The terms in force: four levels merged rule by rule. A level that says nothing of a rule leaves it as it is; of two that speak, the stricter wins. */
import * as z from 'zod';
import { type EffectiveTerms, type HelpLevel, helpLevels, type Terms, type TermsLevel, termsLevels } from '../contract.ts';

/** What holds where no level says anything: help with questions, concepts and examples, and no solutions. */
export const defaultTerms: Terms = {
  helpLevel: 'medium',
  blockWholeSolutions: true,
  allowFixingEdits: false,
  requirePlan: false,
  allowCodeFragments: true,
  allowPseudoCode: false,
  avoid: [],
  proactiveHelp: false,
  requestsPerDay: undefined,
};

const yesOrNo = (rule: string) => z.boolean({ error: `${rule} is true or false.` });

/** Each rule as data. A level may leave any of them open. */
export const termRules = {
  helpLevel: z.enum(helpLevels, { error: `helpLevel is one of ${helpLevels.join(', ')}.` }),
  blockWholeSolutions: yesOrNo('blockWholeSolutions'),
  allowFixingEdits: yesOrNo('allowFixingEdits'),
  requirePlan: yesOrNo('requirePlan'),
  allowCodeFragments: yesOrNo('allowCodeFragments'),
  allowPseudoCode: yesOrNo('allowPseudoCode'),
  avoid: z
    .array(
      z
        .string({ error: 'avoid is a list of words or constructs.' })
        .trim()
        .min(1, 'avoid has an empty entry; remove it.')
        .max(100, 'An entry of avoid has at most 100 characters.'),
      { error: 'avoid is a list of words or constructs, e.g. ["list comprehension"].' },
    )
    .max(50, 'avoid has at most 50 entries.'),
  proactiveHelp: yesOrNo('proactiveHelp'),
  requestsPerDay: z
    .int({ error: 'requestsPerDay is a whole number; leave it out for no limit.' })
    .min(1, 'requestsPerDay is at least 1; use helpLevel "none" to stop all help.')
    .max(10_000, 'requestsPerDay is at most 10,000; leave it out for no limit.'),
} satisfies { readonly [Rule in keyof Terms]: z.ZodType<NonNullable<Terms[Rule]>> };

/** Rules of one level. */
export type PartialTerms = { readonly [Rule in keyof Terms]?: Terms[Rule] | undefined };

/** Terms of each level; a level that sets nothing is left out. */
export type TermsByLevel = Readonly<Partial<Record<TermsLevel, PartialTerms>>>;

/** How two levels of one rule are merged: which of two values is the stricter. */
const stricter: { readonly [Rule in keyof Terms]: (one: Terms[Rule], other: Terms[Rule]) => Terms[Rule] } = {
  helpLevel: (one, other) => (rankOf(one) <= rankOf(other) ? one : other),
  blockWholeSolutions: (one, other) => one || other,
  allowFixingEdits: (one, other) => one && other,
  requirePlan: (one, other) => one || other,
  allowCodeFragments: (one, other) => one && other,
  allowPseudoCode: (one, other) => one && other,
  avoid: (one, other) => [...new Set([...one, ...other])],
  proactiveHelp: (one, other) => one && other,
  requestsPerDay: (one, other) => (one === undefined ? other : other === undefined ? one : Math.min(one, other)),
};

const rankOf = (level: HelpLevel) => helpLevels.indexOf(level);

/** @returns the terms, and for each rule the levels that it comes from: those that say what holds, the widest level first */
export function effectiveTerms(levels: TermsByLevel): EffectiveTerms {
  const rules = (Object.keys(stricter) as (keyof Terms)[]).map((rule) => ({ rule, ...merged(rule, levels) }));
  // `stricter` has every rule, each with values of its own type.
  return {
    terms: Object.fromEntries(rules.map(({ rule, value }) => [rule, value])) as unknown as Terms,
    from: Object.fromEntries(rules.map(({ rule, from }) => [rule, from])) as EffectiveTerms['from'],
  };
}

function merged<Rule extends keyof Terms>(
  rule: Rule,
  levels: TermsByLevel,
): { value: Terms[Rule]; from: readonly (TermsLevel | 'default')[] } {
  const said = termsLevels.flatMap((level) => {
    const value = levels[level]?.[rule];
    return value === undefined ? [] : [{ level, value: value as Terms[Rule] }];
  });
  const [first, ...rest] = said;
  if (first === undefined) return { value: defaultTerms[rule], from: ['default'] };
  const value = rest.reduce((held, each) => stricter[rule](held, each.value), first.value);
  const from = said
    .filter((each) => sameValue(each.value, value) || (Array.isArray(each.value) && each.value.length > 0))
    .map(({ level }) => level);
  return { value, from: from.length > 0 ? from : [first.level] };
}

function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
