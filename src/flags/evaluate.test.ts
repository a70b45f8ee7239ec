import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateFlag, type FlagContext } from './evaluate.ts';
import { type Flag, type FlagInput, flagDefinition } from './flag.ts';

const flag = (input: Omit<FlagInput, 'type' | 'variants' | 'defaultVariant'> & Partial<FlagInput>): Flag => ({
  ...flagDefinition.parse({ type: 'string', variants: { off: 'no', on: 'yes', new: 'maybe' }, defaultVariant: 'off', ...input }),
  key: 'menu',
  version: 3,
});
const context = fc.dictionary(fc.constantFrom('targetingKey', 'country', 'constructor', '__proto__', 'age'), fc.anything());
const person = fc.string({ minLength: 1 });

describe('a flag', () => {
  it('says with every answer why it is so', () => {
    const rules: FlagInput['rules'] = [
      { when: [{ attribute: 'country', in: ['AR', 'UY'] }], variant: 'on' },
      { when: [{ attribute: 'age', notIn: [17] }], split: [{ variant: 'new', percentage: 50 }] },
    ];
    const ask = (asked: FlagContext, changes: Partial<FlagInput> = {}) => {
      const { value, variant, reason, flagMetadata } = evaluateFlag(flag({ rules, ...changes }), asked);
      return { value, variant, reason, ...flagMetadata };
    };
    expect(ask({}, { rules: [] })).toEqual({
      value: 'no',
      variant: 'off',
      reason: 'STATIC',
      version: 3,
      why: expect.stringMatching('no rules'),
    });
    expect(ask({ country: 'AR' }, { enabled: false })).toMatchObject({
      variant: 'off',
      reason: 'DISABLED',
      why: expect.stringMatching('off'),
    });
    expect(ask({ country: 'AR' })).toMatchObject({
      value: 'yes',
      variant: 'on',
      reason: 'TARGETING_MATCH',
      rule: 1,
      why: 'Rule 1 of 2 holds (country) and names the variant.',
    });
    expect(ask({ country: 'CL' })).toMatchObject({
      variant: 'off',
      reason: 'DEFAULT',
      why: expect.stringMatching('None of its 2'),
    });
    expect(ask({ age: 30 })).toMatchObject({
      variant: 'off',
      reason: 'DEFAULT',
      rule: 2,
      why: expect.stringMatching('targetingKey'),
    });
    // The same everywhere and for ever; computed apart: $(( (0x$(printf menu::ana | sha256sum | cut -c1-8) * 10000) >> 32 )).
    expect(ask({ age: 30, targetingKey: 'ana' })).toMatchObject({ reason: 'SPLIT', rule: 2, bucket: 5119, variant: 'off' });
    expect(ask({ age: 30, targetingKey: 'eva' })).toMatchObject({ reason: 'SPLIT', rule: 2, bucket: 2004, variant: 'new' });
  });

  it('compares as texts, knows nothing of what is no plain value, and takes the first rule that holds', () => {
    const asked = (rules: FlagInput['rules'], with_: FlagContext) => evaluateFlag(flag({ rules }), with_).variant;
    const five: FlagInput['rules'] = [{ when: [{ attribute: 'age', in: ['5', true] }], variant: 'on' }];
    expect([5, '5', 'true', true, 6, [5], { 5: 5 }, null, undefined, Number.NaN].map((age) => asked(five, { age }))).toEqual([
      'on',
      'on',
      'on',
      'on',
      'off',
      'off',
      'off',
      'off',
      'off',
      'off',
    ]);
    const notFive: FlagInput['rules'] = [{ when: [{ attribute: 'age', notIn: [5] }], variant: 'on' }];
    expect([5, 6, undefined, [6]].map((age) => asked(notFive, { age }))).toEqual(['off', 'on', 'off', 'off']);
    // What every object inherits is not in a context.
    expect(asked([{ when: [{ attribute: 'constructor', notIn: ['x'] }], variant: 'on' }], {})).toBe('off');
    const both: FlagInput['rules'] = [{ variant: 'new', when: [{ attribute: 'targetingKey', in: ['ana'] }] }, { variant: 'on' }];
    expect([asked(both, { targetingKey: 'ana' }), asked(both, {})]).toEqual(['new', 'on']);
    expect(evaluateFlag(flag({ rules: both }), {}).flagMetadata.why).toBe('Rule 2 of 2 is for everybody and names the variant.');
  });

  it('never throws, and gives a variant that it has, whatever the context', () => {
    const percentages = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(context, percentages, fc.constantFrom('in', 'notIn'), fc.boolean(), (asked, [one, two], operator, enabled) => {
        const condition = { attribute: 'country', [operator]: ['AR', 5, true] };
        const split = [
          { variant: 'on', percentage: one },
          { variant: 'new', percentage: two },
        ];
        const tested = flag({ enabled, rules: [{ when: [condition], variant: 'new' }, { split }] });
        const { value, variant, flagMetadata } = evaluateFlag(tested, asked);
        expect(value).toBe(tested.variants[variant]);
        expect(flagMetadata.why.length).toBeGreaterThan(10);
        expect(evaluateFlag(tested, asked)).toEqual(evaluateFlag(tested, { ...asked, other: 1 }));
      }),
    );
  });

  it('gives out about as much as a share says, and the same person always the same', () => {
    const shared = flag({
      rules: [
        {
          split: [
            { variant: 'on', percentage: 20 },
            { variant: 'new', percentage: 5.5 },
          ],
        },
      ],
    });
    const people = Array.from({ length: 20_000 }, (_, index) => evaluateFlag(shared, { targetingKey: `person-${index}` }).variant);
    const part = (variant: string) => people.filter((each) => each === variant).length / people.length;
    // Four standard deviations.
    expect(Math.abs(part('on') - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / 20_000));
    expect(Math.abs(part('new') - 0.055)).toBeLessThan(4 * Math.sqrt((0.055 * 0.945) / 20_000));
  });

  it('takes nobody back to the default while shares grow, and from their variant only those whom a share before it gets', () => {
    const grown = fc.tuple(
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 20, noNaN: true }),
    );
    fc.assert(
      fc.property(grown, fc.array(person, { minLength: 20, maxLength: 50 }), ([on, fresh, moreOn, moreFresh], people) => {
        const variantOf = (first: number, second: number, targetingKey: string) =>
          evaluateFlag(
            flag({
              rules: [
                {
                  split: [
                    { variant: 'on', percentage: first },
                    { variant: 'new', percentage: second },
                  ],
                },
              ],
            }),
            { targetingKey },
          ).variant;
        for (const targetingKey of people) {
          const before = variantOf(on, fresh, targetingKey);
          const after = variantOf(on + moreOn, fresh + moreFresh, targetingKey);
          if (before === 'on') expect(after).toBe('on');
          if (before === 'new') expect(['on', 'new']).toContain(after);
          if (before === 'new') expect(variantOf(on, fresh + moreFresh, targetingKey)).toBe('new');
        }
      }),
    );
  });

  it('draws anew with another salt, and for another flag', () => {
    const rules: FlagInput['rules'] = [{ split: [{ variant: 'on', percentage: 50 }] }];
    const drawn = (tested: Flag) =>
      Array.from({ length: 200 }, (_, index) => evaluateFlag(tested, { targetingKey: `p${index}` }).variant).join();
    const all = [flag({ rules }), flag({ rules, salt: 'x' }), { ...flag({ rules }), key: 'other' }].map(drawn);
    expect(new Set(all).size).toBe(3);
    expect(drawn(flag({ rules }))).toBe(all[0]);
  });
});

describe('what is written of a flag', () => {
  const base = { type: 'string', variants: { off: 'no', on: 'yes' }, defaultVariant: 'off' };
  it.each([
    ['a value of another type', { variants: { off: 'no', on: 1 } }, 'variants.on: must be a value of the type string'],
    ['a default that is not there', { defaultVariant: 'x' }, 'defaultVariant: there is no variant "x"; there is: off, on'],
    ['a default that every object inherits', { defaultVariant: 'constructor' }, 'defaultVariant: there is no variant'],
    ['a rule without a variant', { rules: [{ when: [] }] }, 'rules.0: needs either "variant" or "split"'],
    ['a rule for a variant that is not there', { rules: [{ variant: 'x' }] }, 'rules.0.variant: there is no variant "x"'],
    [
      'a share of a variant that is not there',
      { rules: [{ split: [{ variant: 'x', percentage: 1 }] }] },
      'rules.0.split.0.variant: there is no',
    ],
    [
      'more than everybody',
      {
        rules: [
          {
            split: [
              { variant: 'on', percentage: 60 },
              { variant: 'off', percentage: 40.01 },
            ],
          },
        ],
      },
      'rules.0.split: the shares are 100.01 percent together; at most 100',
    ],
    [
      'a condition with both lists',
      { rules: [{ variant: 'on', when: [{ attribute: 'a', in: ['1'], notIn: ['2'] }] }] },
      'either "in" or "notIn"',
    ],
    ['no variants', { variants: {} }, 'variants: must be 1 to 50'],
    ['a member that nobody knows', { colour: 1 }, 'colour'],
    ['a list', { type: 'object', variants: { off: [], on: {} } }, 'variants.off'],
  ])('is refused for %s', (_why, changes, message) => {
    const { error } = flagDefinition.safeParse({ ...base, ...changes });
    const faults = error?.issues.map(({ path, message: said }) => `${path.join('.')}: ${said}`).join('; ');
    expect(faults).toContain(message);
  });

  it('adds up shares as they are given out', () => {
    const split = [33.33, 33.33, 33.34].map((percentage) => ({ variant: 'on', percentage }));
    expect(flagDefinition.safeParse({ ...base, rules: [{ split }] }).success).toBe(true);
  });

  it('is refused when it is nested deeper than it could be written again', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`);
    expect(flagDefinition.safeParse({ type: 'object', variants: { a: deep }, defaultVariant: 'a' }).success).toBe(false);
  });
});
