import { expect, it } from 'vitest';
import { scripted } from '../traces/event-script.ts';
import { evaluateProcess } from './evaluate.ts';

it('shows each figure with its formula and its events, and says that it does not grade', () => {
  const good = evaluateProcess(
    scripted(`
      0 open
      1 says voy a recorrer la lista porque necesito todos los elementos
      2 declares usar un contador because cuento apariciones instead of una lista
      4 edit 100 characters in 60000 ms
      5 run 1/3 fails b c
      6 says creo que falla porque no miro el caso vacío
      7 edit 40 characters in 30000 ms
      8 run 2/3 fails c
      9 says pienso que el índice empieza mal
      10 edit 20 characters in 30000 ms
      11 run 3/3
      12 submit 3/3
    `),
  );
  expect(good).toMatchObject({ stage: 'expert', suggestions: [], overall: { kind: 'measured', value: 1 } });
  expect(good.strengths).toEqual(['planning', 'self-explanation', 'justification', 'testing', 'autonomy', 'persistence']);
  expect(good.measures.persistence).toMatchObject({
    value: 1,
    formula: 'failed runs that were followed by work / failed runs',
    eventIds: ['ana-4', 'ana-7'],
  });
  expect([good.about.es, good.about.en].join(' ')).toMatch(/No es una nota.*not a grade/s);

  const leaning = evaluateProcess(
    scripted(`
      0 says dame la solución
      1 says dame el código
      2 says hacelo vos
      3 hint low concept
      4 edit 100 characters in 60000 ms
      5 edit 100 characters in 60000 ms
      6 edit 100 characters in 60000 ms
      7 run 1/3 fails b c
      8 hint low concept
      9 run 2/3 fails c
    `),
  );
  expect(leaning).toMatchObject({ stage: 'beginning', strengths: [] });
  expect(leaning.suggestions.map(({ measure }) => measure)).toEqual(['planning', 'self-explanation', 'autonomy']);
});

it('is inconclusive without data', () => {
  for (const script of ['', '0 open', '0 open\n1 says hola']) {
    const { overall, stage, measures, strengths, suggestions } = evaluateProcess(scripted(script));
    expect([overall.kind, stage, strengths, suggestions]).toEqual(['inconclusive', 'inconclusive', [], []]);
    expect(new Set(Object.values(measures).map(({ kind }) => kind))).toEqual(new Set(['inconclusive']));
  }
});
