import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../vocabulary.ts';
import { repetitionIn, trailOf } from './repeats.ts';

const call = (name: string, at: number) => ({ callId: `0.${at}`, tool: 'read', args: { path: name } });
const made = (names: string, output = 'same'): CallRecord[] =>
  [...names].map((name, at) => ({ ...call(name, at), status: 'completed', output }));
/** Which of these calls is the first that is stopped, where each is planned alone. */
const stoppedAt = (names: string, trail: ReturnType<typeof trailOf> = []) => {
  for (let at = 0; at < names.length; at++)
    if (repetitionIn({ trail, calls: made(names.slice(0, at)) }, [call(names[at] ?? '', at)]) !== undefined) return at + 1;
  return undefined;
};

describe('calls that go round in circles', () => {
  it.each([
    ['AAAA', 3],
    ['ABABABAB', 6],
    ['ABCABCABCABC', 9],
    ['ABCDABCDABCDABCD', 12],
    ['XYZAAA', 6],
    ['AABAABAAB', 9],
    ['AABBAABB', undefined],
    ['ABABA', undefined],
    ['ABCDEABCDEABCDE', undefined],
  ])('%s is stopped at %s', (names, at) => {
    expect(stoppedAt(names)).toBe(at);
  });

  it('sees the calls of one plan as made in order', () => {
    const planned = ['A', 'A', 'A', 'B'].map(call);
    expect(repetitionIn({ trail: [], calls: [] }, planned)).toMatchObject({ call: planned[2], round: ['read {"path":"A"}'] });
  });

  it.each(['A', 'AB', 'ABC', 'ABCD'])('goes on counting rounds of %s over turns, however they are cut', (round) => {
    const sequence = round.repeat(3);
    for (let cut = 1; cut < sequence.length; cut++) {
      const trail = trailOf([], made(sequence.slice(0, cut)));
      expect(stoppedAt(sequence.slice(cut), trail)).toBe(sequence.length - cut);
    }
  });

  it('is no circle over turns where each came to something else', () => {
    const trail = trailOf(trailOf([], made('A', 'red')), made('A', 'blue'));
    expect(stoppedAt('A', trail)).toBeUndefined();
  });
});
