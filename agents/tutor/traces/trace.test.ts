import { expect, it } from 'vitest';
import { scripted } from './event-script.ts';
import { tracesOf } from './trace.ts';

const work = scripted(`
  0 open
  1 says ¿Qué es un diccionario?
  2 declares usar un dict because busco por clave instead of una lista
  3 edit 200 characters in 90000 ms
  4 run 1/4 fails b c d
  5 run 3/4 fails d
  6 reply low guiding-question
  7 run 4/4
  8 commit 12 primera versión
  9 says me di cuenta de que olvidé el caso vacío
  10 says voy a ordenar primero porque así es más fácil en vez de buscar siempre
  11 submit 4/4
  12 teacher buen trabajo
`);

it('puts each event on its level, with the rule and the evidence', () => {
  const { traces, decisions, help } = tracesOf(work);
  const rules = (level: string) => traces.filter((trace) => trace.level === level).map(({ rule }) => rule);
  expect(rules('N1')).toEqual(['exercise-opened', 'delivery']);
  expect(rules('N2')).toEqual(['edit', 'test-run', 'test-run', 'test-run', 'commit']);
  expect(rules('N3')).toEqual(['message', 'reply', 'message', 'message', 'teacher-note']);
  expect(rules('N4')).toEqual(['declared-decision', 'self-correction', 'speaks-of-own-thinking', 'tells-a-plan']);
  // The run after a reply is no correction of one's own.
  expect(traces.filter(({ reasoning }) => reasoning === 'inferred').map(({ eventId }) => eventId)).toEqual(['ana-5']);
  expect(traces.every(({ evidence, eventId }) => evidence !== '' && work.some(({ id }) => id === eventId))).toBe(true);
  expect(decisions).toMatchObject([
    { decision: 'usar un dict', justification: 'busco por clave', alternatives: ['una lista'], source: 'declared' },
    { justification: expect.stringContaining('así es más fácil'), alternatives: ['buscar siempre'], source: 'inferred' },
  ]);
  expect(help).toMatchObject([{ level: 'low', hint: 'guiding-question', eventId: 'ana-6' }]);
});

it('follows the states of the work, and measures autonomy by its formula', () => {
  const { path, autonomy, justified } = tracesOf(work);
  expect(path.map(({ state }) => state)).toEqual([
    'exploring',
    'planning',
    'implementing',
    'debugging',
    'validating',
    'implementing',
    'reflecting',
    'planning',
    'validating',
  ]);
  expect(autonomy).toMatchObject({ kind: 'measured', value: 2 / 3, eventIds: ['ana-4', 'ana-5', 'ana-7'] });
  expect(justified).toMatchObject({ kind: 'measured', value: 1 });
  const stuck = tracesOf(scripted('0 open\n1 run 1/3 fails b c\n2 run 1/3 fails c b\n3 run 1/3 fails b c'));
  expect(stuck.path.at(-1)).toMatchObject({ state: 'stuck', eventIds: ['ana-3'] });
});

it('is inconclusive without data, and the same for any order and for events that are told twice', () => {
  for (const events of [[], work.slice(0, 2), scripted('0 run 1/4 fails b')]) {
    const { autonomy, justified } = tracesOf(events);
    expect([autonomy.kind, justified.kind]).toEqual(['inconclusive', 'inconclusive']);
  }
  expect(tracesOf([...work, ...work].reverse())).toEqual(tracesOf(work));
});
