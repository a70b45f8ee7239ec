import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allBuckets, bucketOf, bucketsOf } from '../flags/buckets.ts';
import { assign } from './assign.ts';
import { type Audience, type EligibilityRule, releasePlan, type UnitStrategy } from './release.ts';

const release = (percentage: number, plan: object = {}) => ({
  id: 'r1',
  salt: 's1',
  stable: '1.0.0+a',
  canary: '1.0.0+b',
  enabled: true,
  buckets: bucketsOf(percentage),
  plan: releasePlan.parse(plan),
});
const person = (phone: string): Audience => ({ workspaceId: 'shop', channel: 'whatsapp', contact: { phone } });
const phones = fc.stringMatching(/^\+54 9 351 \d{7}$/);

describe('buckets', () => {
  it('are the first 32 bits of SHA-256 over release, salt and unit, scaled', () => {
    const first = createHash('sha256').update('r1:s1:ñandú').digest().readUInt32BE(0);
    expect(bucketOf('r1', 's1', 'ñandú')).toBe(Math.floor((first / 2 ** 32) * allBuckets));
  });

  it('are spread evenly, and anew in each release', () => {
    const counts = new Array<number>(10).fill(0);
    let same = 0;
    for (let unit = 0; unit < 10_000; unit++) {
      const bucket = bucketOf('r1', 's1', `user:${unit}`);
      counts[Math.floor(bucket / 1_000)] = (counts[Math.floor(bucket / 1_000)] ?? 0) + 1;
      if (Math.floor(bucketOf('r2', 's1', `user:${unit}`) / 1_000) === Math.floor(bucket / 1_000)) same++;
    }
    // Ten cells of 1,000 with a standard deviation of 30 each; the units are fixed, so this is no matter of luck.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
    expect(Math.abs(same - 1_000)).toBeLessThan(120);
  });
});

describe('an assignment', () => {
  it('is the same each time, and a growing share takes nobody back', () => {
    fc.assert(
      fc.property(
        phones,
        fc.double({ min: 0.01, max: 99, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (phone, from, growth) => {
          const before = assign(release(from), person(phone));
          expect(assign(release(from), person(phone))).toEqual(before);
          const after = assign(release(from + (99.99 - from) * growth), person(phone));
          if (before.arm === 'canary') expect(after.arm).toBe('canary');
          expect(after.unit).toBe(before.unit);
        },
      ),
    );
  });

  it('knows a person by any spelling of the number, and says nothing of it', () => {
    const one = assign(release(50), person('+54 9 351 234-5678'));
    expect(assign(release(50), person('0351 15 234-5678'))).toEqual(one);
    expect(JSON.stringify(one)).not.toMatch(/2345678/);
  });

  it('leaves out whom it would not know again, and everybody while it is switched off', () => {
    const nobody: Audience = { workspaceId: 'shop', channel: 'api' };
    const stable = { agentVersion: '1.0.0+a', arm: 'stable' };
    expect(assign(release(99.99), nobody)).toEqual(stable);
    expect(assign({ ...release(99.99), enabled: false }, person('+54 9 351 2345678'))).toEqual(stable);
  });

  it.each<[UnitStrategy, Audience, boolean]>([
    ['percentage', { workspaceId: 'shop', channel: 'api', user: 'u1' }, true],
    ['percentage', { workspaceId: 'shop', channel: 'openai', address: 'key:1 ana' }, true],
    ['percentage', { workspaceId: 'shop', channel: 'api', contact: { name: 'Ana' } }, false],
    ['user_id', { workspaceId: 'shop', channel: 'api', contact: { phone: '+54 9 351 2345678' } }, false],
    ['user_id', { workspaceId: 'shop', channel: 'api', user: 'u1' }, true],
    ['workspace', { workspaceId: 'shop', channel: 'api' }, true],
  ])('by %s of %j takes part: %s', (strategy, audience, takesPart) => {
    expect(assign(release(50, { strategy }), audience).release !== undefined).toBe(takesPart);
  });

  it.each<[EligibilityRule, Partial<Audience>, boolean]>([
    [{ attribute: 'region', in: ['AR', 'UY'] }, { region: 'AR' }, true],
    [{ attribute: 'region', in: ['AR', 'UY'] }, { region: 'ES' }, false],
    [{ attribute: 'region', in: ['AR'] }, {}, false],
    [{ attribute: 'region', notIn: ['AR'] }, {}, false],
    [{ attribute: 'user', notIn: ['boss'] }, { user: 'boss' }, false],
    [{ attribute: 'workspace', in: ['shop'] }, {}, true],
    [{ attribute: 'channel', notIn: ['terminal'] }, {}, true],
  ])('by the rule %j for %j takes part: %s', (rule, audience, takesPart) => {
    const asked = { ...person('+54 9 351 2345678'), ...audience };
    expect(assign(release(50, { eligibility: [rule] }), asked).release !== undefined).toBe(takesPart);
  });
});
