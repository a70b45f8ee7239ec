import { expect, it } from 'vitest';
import { type Terms, termsLevels } from '../contract.ts';
import { resources } from '../resources.ts';
import { defaultTerms, effectiveTerms, type PartialTerms } from './effective-terms.ts';

/** A lax and a strict value of each rule. */
const values: { readonly [Rule in keyof Terms]-?: { lax: NonNullable<Terms[Rule]>; strict: NonNullable<Terms[Rule]> } } = {
  helpLevel: { lax: 'high', strict: 'none' },
  blockWholeSolutions: { lax: false, strict: true },
  allowFixingEdits: { lax: true, strict: false },
  requirePlan: { lax: false, strict: true },
  allowCodeFragments: { lax: true, strict: false },
  allowPseudoCode: { lax: true, strict: false },
  avoid: { lax: [], strict: ['lambda'] },
  proactiveHelp: { lax: true, strict: false },
  requestsPerDay: { lax: 100, strict: 3 },
};
const lax: PartialTerms = Object.fromEntries(Object.entries(values).map(([rule, each]) => [rule, each.lax]));

it('lets each level make each rule stricter, and none make it laxer, and says where each comes from', () => {
  const everywhere = Object.fromEntries(termsLevels.map((level) => [level, lax]));
  for (const rule of Object.keys(values) as (keyof Terms)[]) {
    for (const level of termsLevels) {
      const { terms, from } = effectiveTerms({ ...everywhere, [level]: { ...lax, [rule]: values[rule].strict } });
      expect(terms[rule], `${rule} on ${level}`).toEqual(values[rule].strict);
      expect(from[rule], `${rule} on ${level}`).toEqual([level]);
      for (const other of Object.keys(values) as (keyof Terms)[]) {
        if (other !== rule) expect(terms[other], `${other} beside ${rule}`).toEqual(values[other].lax);
      }
      // A level that says nothing changes nothing.
      const alone = effectiveTerms({ [level]: { [rule]: values[rule].lax } });
      expect(alone.terms[rule]).toEqual(values[rule].lax);
      expect(alone.from[rule]).toEqual([level]);
    }
  }
});

it('goes by the defaults where no level speaks, and puts all lists together', () => {
  const { terms, from } = effectiveTerms({ course: {} });
  expect(terms).toEqual(defaultTerms);
  expect(new Set(Object.values(from).flat())).toEqual(new Set(['default']));
  const lists = effectiveTerms({
    institution: { avoid: ['eval', 'goto'] },
    course: { avoid: [] },
    activity: { avoid: ['eval', 'sorted'] },
  });
  expect(lists.terms.avoid).toEqual(['eval', 'goto', 'sorted']);
  expect(lists.from.avoid).toEqual(['institution', 'activity']);
  expect(effectiveTerms({ programme: { requestsPerDay: 9 }, activity: { requestsPerDay: 9 } }).from.requestsPerDay).toEqual([
    'programme',
    'activity',
  ]);
});

it('says what is wrong with terms, and what would be right', () => {
  const schema = resources.find(({ name }) => name === 'terms')?.schema;
  const faultOf = (data: object) =>
    schema?.safeParse({ level: 'institution', ...data }).error?.issues.map(({ message }) => message);
  expect(schema?.parse({ level: 'institution', helpLevel: 'low', avoid: [' lambda '] })).toMatchObject({
    helpLevel: 'low',
    avoid: ['lambda'],
  });
  for (const [data, message] of [
    [{ helpLevel: 'some' }, 'helpLevel is one of none, low, medium, high.'],
    [{ requirePlan: 'yes' }, 'requirePlan is true or false.'],
    [{ requestsPerDay: 0 }, 'requestsPerDay is at least 1; use helpLevel "none" to stop all help.'],
    [{ requestsPerDay: 1.5 }, 'requestsPerDay is a whole number; leave it out for no limit.'],
    [{ avoid: 'lambda' }, 'avoid is a list of words or constructs, e.g. ["list comprehension"].'],
    [{ avoid: [''] }, 'avoid has an empty entry; remove it.'],
  ] as const)
    expect(faultOf(data)).toEqual([message]);
});
