import { expect, it } from 'vitest';
import type { Drill, DrillScene, Probe } from './contract.ts';
import { playDrill } from './play.ts';
import { seededRandom } from './random.ts';

const seen = (ok: boolean, name = 'a probe'): Probe => ({ name, withinMs: 50, look: async () => ({ ok, said: `${name} ${ok}` }) });

/** @returns the verdict, and what was called in which order */
async function judged(
  given: Partial<DrillScene>,
  options: { lacks?: string; interrupt?: (abort: () => void) => Partial<DrillScene> } = {},
) {
  const calls: string[] = [];
  const interrupted = new AbortController();
  const scene: DrillScene = {
    before: [seen(true)],
    async fault() {
      calls.push('fault');
      return 'It was broken.';
    },
    felt: seen(true),
    during: [seen(true)],
    async undo() {
      calls.push('undo');
    },
    recoveryMs: 100,
    after: [seen(true)],
    ...given,
    ...options.interrupt?.(() => interrupted.abort()),
  };
  const drill: Drill = {
    name: 'made-up',
    summary: '',
    lacks: async () => options.lacks,
    async prepare({ scope }) {
      scope.defer(() => void calls.push('closed'));
      return scene;
    },
  };
  const report = await playDrill(drill, { environment: {}, databaseUrl: undefined, signal: interrupted.signal, seed: 1 });
  return { ...report, calls };
}

const undone = ['fault', 'undo', 'closed'];
const none = [] as unknown as DrillScene['before'];

it.each<[string, Partial<DrillScene>, string, string[]]>([
  ['what holds and comes back', {}, 'pass', undone],
  ['nothing to ask before', { before: none }, 'inconclusive', ['closed']],
  ['nothing to ask meanwhile', { during: none }, 'inconclusive', ['closed']],
  ['nothing to ask afterwards', { after: none }, 'inconclusive', ['closed']],
  ['no steady state', { before: [seen(false)] }, 'inconclusive', ['closed']],
  ['a fault that nobody feels', { felt: seen(false) }, 'inconclusive', undone],
  ['what does not hold meanwhile', { during: [seen(true), seen(false)] }, 'fail', undone],
  ['what does not hold throughout', { throughout: [seen(false)] }, 'fail', undone],
  ['what does not come back', { after: [seen(false)] }, 'fail', undone],
  ['a fault that is made by half', { fault: () => Promise.reject(new Error('half')) }, 'inconclusive', ['undo', 'closed']],
  ['an undoing that fails', { undo: () => Promise.reject(new Error('stuck')) }, 'inconclusive', ['fault', 'closed']],
])('judges %s', async (_what, scene, verdict, calls) => {
  expect(await judged(scene)).toMatchObject({ verdict, calls });
});

it('is inconclusive where it cannot be played, and undoes the fault where it is interrupted', async () => {
  expect(await judged({}, { lacks: 'nothing is here.' })).toMatchObject({ verdict: 'inconclusive', calls: [], fault: null });
  const interrupt = (abort: () => void): Partial<DrillScene> => ({
    during: [
      {
        name: 'hangs',
        withinMs: 60_000,
        look() {
          abort();
          return new Promise(() => {});
        },
      },
    ],
  });
  expect(await judged({}, { interrupt })).toMatchObject({ verdict: 'inconclusive', calls: undone });
});

it('makes the same choices by the same seed', () => {
  const choices = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 20 }, () => random.between(1, 1_000));
  };
  expect(choices(7)).toEqual(choices(7));
  expect(choices(7)).not.toEqual(choices(8));
});
