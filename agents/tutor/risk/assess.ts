/** Signals in the work of a student: something to talk about, with the events that show it. No signal is a verdict. */
import type { StudentEvent } from '../contract.ts';
import { inOrder } from '../traces/trace.ts';
import {
  type RiskDimension,
  type RiskReport,
  riskDimensions,
  type Signal,
  type SignalLevel,
  type ThresholdsByRow,
  type Wording,
} from './contract.ts';
import { riskRows } from './rows.ts';

export const aboutSignals: Wording = {
  es: 'Las señales son motivos para conversar con quien estudia. No dicen que alguien haya actuado mal y no sirven como prueba: cada una puede tener una explicación sencilla.',
  en: 'Signals are something to talk about with the student. They do not say that anyone did wrong and prove nothing: each may have a simple explanation.',
};

const overallFormula =
  'high: more than 2 signals of level high; medium: at least one high, or more than 3 medium; low: any other signal; none: no signal';

/**
 * @param events of one student and activity, in any order
 * @param thresholds of the activity, by row
 * @throws Error for a row or a threshold that does not exist
 */
export function assessRisks(events: readonly StudentEvent[], now: Date, thresholds: ThresholdsByRow = {}): RiskReport {
  checkThresholds(thresholds);
  const ordered = inOrder(events);
  const signals = riskRows.map((row): Signal => {
    const own = { ...row.thresholds, ...thresholds[row.id] };
    const { id, dimension, level, title, recommendation } = row;
    return {
      row: id,
      dimension,
      level,
      title,
      recommendation,
      formula: filled(row.formula, own),
      thresholds: own,
      finding: row.read(ordered, own, now),
    };
  });
  return {
    signals,
    overall: levelOf(signals),
    byDimension: Object.fromEntries(
      riskDimensions.map((dimension) => [dimension, levelOf(signals.filter((each) => each.dimension === dimension))]),
    ) as Record<RiskDimension, SignalLevel | 'none' | 'inconclusive'>,
    overallFormula,
    about: aboutSignals,
  };
}

function levelOf(signals: readonly Signal[]): SignalLevel | 'none' | 'inconclusive' {
  if (signals.every(({ finding }) => finding.kind === 'inconclusive')) return 'inconclusive';
  const raised = signals.filter(({ finding }) => finding.kind === 'signal');
  const count = (level: SignalLevel) => raised.filter((each) => each.level === level).length;
  if (count('high') > 2) return 'high';
  if (count('high') > 0 || count('medium') > 3) return 'medium';
  return raised.length > 0 ? 'low' : 'none';
}

function filled(formula: string, thresholds: Readonly<Record<string, number>>): string {
  return formula.replace(/\{(\w+)\}/g, (_, name: string) => String(thresholds[name]));
}

function checkThresholds(thresholds: ThresholdsByRow): void {
  for (const [id, own] of Object.entries(thresholds)) {
    const row = riskRows.find((each) => each.id === id);
    if (row === undefined) throw new Error(`There is no signal "${id}"; there are ${riskRows.map((each) => each.id).join(', ')}.`);
    for (const [name, value] of Object.entries(own)) {
      if (!(name in row.thresholds))
        throw new Error(`"${id}" has no threshold "${name}"; it has ${Object.keys(row.thresholds).join(', ')}.`);
      if (!Number.isFinite(value) || value <= 0) throw new Error(`The threshold "${name}" of "${id}" is a number above 0.`);
    }
  }
}
