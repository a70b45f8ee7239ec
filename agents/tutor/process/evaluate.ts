/** How a student worked, beside what was handed in: figures with their formulas. It does not grade. */
import type { StudentEvent } from '../contract.ts';
import type { Wording } from '../risk/contract.ts';
import type { Measure } from '../traces/contract.ts';
import { inOrder, tracesOf } from '../traces/trace.ts';

export interface ProcessEvaluation {
  /** 0 to 1 each, or inconclusive. */
  measures: Readonly<Record<ProcessMeasure, Measure>>;
  /** Mean of the measures that are there; inconclusive with fewer than three. */
  overall: Measure;
  stage: 'beginning' | 'developing' | 'autonomous' | 'expert' | 'inconclusive';
  strengths: readonly ProcessMeasure[];
  /** What to try next. */
  suggestions: readonly { measure: ProcessMeasure; student: Wording; teacher: Wording }[];
  /** Shown wherever the evaluation is. */
  about: Wording;
}

export const processMeasures = ['planning', 'self-explanation', 'justification', 'testing', 'autonomy', 'persistence'] as const;
export type ProcessMeasure = (typeof processMeasures)[number];

const leastMessages = 3;
const leastRuns = 2;
const leastMeasures = 3;

const about: Wording = {
  es: 'Esta evaluación describe cómo se trabajó. No es una nota ni la reemplaza: cada cifra muestra su fórmula y los eventos de los que sale.',
  en: 'This evaluation describes how the work was done. It is not a grade and replaces none: each figure shows its formula and the events that it comes from.',
};

const suggestions: Readonly<Record<ProcessMeasure, { student: Wording; teacher: Wording }>> = {
  planning: {
    student: {
      es: 'Escribí tu plan en dos frases antes de programar.',
      en: 'Write your plan in two sentences before you program.',
    },
    teacher: { es: 'Pidan un plan breve al abrir la actividad.', en: 'Ask for a short plan when the activity is opened.' },
  },
  'self-explanation': {
    student: { es: 'Contá por qué creés que falla antes de preguntar.', en: 'Say why you think it fails before you ask.' },
    teacher: { es: 'Pregunten «¿por qué?» una vez por intento.', en: 'Ask "why?" once for each attempt.' },
  },
  justification: {
    student: { es: 'Anotá una alternativa que descartaste y por qué.', en: 'Note one alternative that you dropped, and why.' },
    teacher: { es: 'Valoren las decisiones con razones.', en: 'Value decisions that come with reasons.' },
  },
  testing: {
    student: { es: 'Corré los tests después de cada cambio chico.', en: 'Run the tests after each small change.' },
    teacher: { es: 'Muestren cómo probar de a un cambio.', en: 'Show how to test one change at a time.' },
  },
  autonomy: {
    student: { es: 'Probá una idea propia antes de la próxima pista.', en: 'Try one idea of your own before the next hint.' },
    teacher: { es: 'Propongan un ejercicio parecido con menos ayuda.', en: 'Suggest a similar exercise with less help.' },
  },
  persistence: {
    student: {
      es: 'Volvé al test que falla: el último intento estuvo cerca.',
      en: 'Go back to the failing test: the last attempt was close.',
    },
    teacher: { es: 'Acompañen el siguiente intento.', en: 'Be there for the next attempt.' },
  },
};

/** @param events of one student and activity, in any order */
export function evaluateProcess(events: readonly StudentEvent[]): ProcessEvaluation {
  const ordered = inOrder(events);
  const work = tracesOf(ordered);
  const messages = ordered.filter((event) => event.kind === 'message');
  const runs = ordered.filter((event) => event.kind === 'ran-tests');
  const changes = ordered.filter((event) => event.kind === 'edited' || event.kind === 'commit');
  const planned = ordered.filter((event) => event.kind === 'declared' || (event.kind === 'message' && event.want === 'plan'));
  const explained = messages.filter(({ text }) =>
    /\b(?:porque|ya que|creo que|pienso que|supongo|because|i think|since|i guess)\b/i.test(text),
  );
  const failed = runs.filter((run, at) => run.failed > 0 && at < runs.length);
  const resumed = failed.filter((run) =>
    ordered.some((each) => each.at > run.at && (each.kind === 'edited' || each.kind === 'ran-tests' || each.kind === 'submitted')),
  );
  const measures: Record<ProcessMeasure, Measure> = {
    planning: measure(
      Math.min(1, planned.length / (0.2 * (messages.length + planned.filter(({ kind }) => kind === 'declared').length))),
      'min(1, plans and decisions / (0.2 × messages and decisions))',
      planned,
      messages.length >= leastMessages || planned.length > 0,
      'there are too few messages and no plan',
    ),
    'self-explanation': measure(
      Math.min(1, explained.length / (0.3 * messages.length)),
      'min(1, messages with a reason / (0.3 × messages))',
      explained,
      messages.length >= leastMessages,
      `there are fewer than ${leastMessages} messages`,
    ),
    justification: work.justified,
    testing: measure(
      Math.min(1, runs.length / changes.length),
      'min(1, runs of the tests / changes of the code)',
      runs,
      changes.length > 0,
      'changes are not recorded',
    ),
    autonomy: work.autonomy,
    persistence: measure(
      resumed.length / failed.length,
      'failed runs that were followed by work / failed runs',
      resumed,
      runs.length >= leastRuns && failed.length > 0,
      'there are too few failed runs',
    ),
  };
  const overall = overallOf(measures);
  return {
    measures,
    overall,
    stage: stageOf(overall),
    strengths: processMeasures.filter((each) => shareOf(measures[each]) >= 0.8),
    suggestions: processMeasures
      .filter((each) => shareOf(measures[each], 1) < 0.5)
      .map((each) => ({ measure: each, ...suggestions[each] })),
    about,
  };
}

function measure(value: number, formula: string, from: readonly StudentEvent[], enough: boolean, because: string): Measure {
  if (!enough || !Number.isFinite(value)) return { kind: 'inconclusive', formula, because };
  return { kind: 'measured', value, formula, eventIds: from.map(({ id }) => id) };
}

const shareOf = (each: Measure, otherwise = 0) => (each.kind === 'measured' ? each.value : otherwise);

function overallOf(measures: Readonly<Record<ProcessMeasure, Measure>>): Measure {
  const formula = 'mean of the measures that are not inconclusive';
  const there = Object.values(measures).filter((each) => each.kind === 'measured');
  if (there.length < leastMeasures)
    return { kind: 'inconclusive', formula, because: `${there.length} of the measures have data; ${leastMeasures} are the least` };
  const value = there.reduce((sum, each) => sum + each.value, 0) / there.length;
  return { kind: 'measured', value, formula, eventIds: [...new Set(there.flatMap(({ eventIds }) => eventIds))] };
}

function stageOf(overall: Measure): ProcessEvaluation['stage'] {
  if (overall.kind === 'inconclusive') return 'inconclusive';
  if (overall.value >= 0.85) return 'expert';
  if (overall.value >= 0.7) return 'autonomous';
  return overall.value >= 0.5 ? 'developing' : 'beginning';
}
