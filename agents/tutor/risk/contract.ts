import type { StudentEvent } from '../contract.ts';

export const riskDimensions = ['cognitive', 'ethical', 'epistemic', 'technical', 'governance'] as const;
export type RiskDimension = (typeof riskDimensions)[number];

export const signalLevels = ['low', 'medium', 'high'] as const;
export type SignalLevel = (typeof signalLevels)[number];

export type Wording = Readonly<Record<'es' | 'en', string>>;

/** What a row finds. `value` is the figure that the thresholds are held against. */
export type RowFinding =
  | { kind: 'signal'; value: number; eventIds: readonly string[] }
  | { kind: 'clear'; value: number }
  | { kind: 'inconclusive'; because: string };

/** One kind of signal, as data: thresholds that an activity may set, the formula in words, and how events are read. */
export interface RiskRow<Thresholds extends Readonly<Record<string, number>> = Readonly<Record<string, number>>> {
  id: string;
  dimension: RiskDimension;
  level: SignalLevel;
  thresholds: Thresholds;
  /** Names the thresholds as `{name}`. */
  formula: string;
  title: Wording;
  /** What a teacher may talk about. */
  recommendation: Wording;
  read(events: readonly StudentEvent[], thresholds: Thresholds, now: Date): RowFinding;
}

/** Thresholds of an activity, by row: those that are left out are the row's own. */
export type ThresholdsByRow = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Signal {
  row: string;
  dimension: RiskDimension;
  level: SignalLevel;
  title: Wording;
  recommendation: Wording;
  formula: string;
  thresholds: Readonly<Record<string, number>>;
  finding: RowFinding;
}

export interface RiskReport {
  /** Of all rows, in their order. */
  signals: readonly Signal[];
  /** `inconclusive` where no row had data. */
  overall: SignalLevel | 'none' | 'inconclusive';
  byDimension: Readonly<Record<RiskDimension, SignalLevel | 'none' | 'inconclusive'>>;
  overallFormula: string;
  /** Signals are no verdict; shown wherever the report is. */
  about: Wording;
}
