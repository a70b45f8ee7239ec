/** Scores a case as FailoverBench does (METHODOLOGY.md, "Scoring a cell"). */
import { isComplete } from './catalogue.ts';
import type { Case, CheckState, Outcome } from './outcome.ts';

export type Verdict = 'pass' | 'partial' | 'safe' | 'fail';

export interface Score {
  id: string;
  verdict: Verdict;
  reason: string;
  checks: Readonly<Record<string, CheckState>>;
  /** One line for people. */
  line: string;
}

export function scoreOf(scenario: Case, outcome: Outcome, hasFallback: boolean): Score {
  const checks: Record<string, CheckState> = {};
  const failed: Record<'required' | 'advisory', string[]> = { required: [], advisory: [] };
  for (const { id, severity, needsFallback, passes } of scenario.checks) {
    const passed = needsFallback === true && !hasFallback ? undefined : passes(outcome);
    checks[id] = passed === undefined ? 'not applicable' : passed ? 'passed' : severity === 'note' ? 'noted' : 'failed';
    if (checks[id] === 'failed' && severity !== 'note') failed[severity].push(id);
  }
  const [verdict, reason] = judge(scenario, outcome, failed);
  return { id: scenario.id, verdict, reason, checks, line: lineOf(scenario, outcome, verdict, reason) };
}

function judge(
  { ideal }: Case,
  { calls }: Outcome,
  failed: Readonly<Record<'required' | 'advisory', string[]>>,
): [verdict: Verdict, reason: string] {
  if (calls.some(({ outcome }) => outcome === 'hang')) return ['fail', 'a call hung'];
  const succeeded = calls.every(({ outcome }) => outcome === 'success');
  if (ideal === 'answer' && calls.some((call) => call.outcome === 'success' && !isComplete(call)))
    return ['fail', 'a truncated answer passed for a success'];
  if (failed.required.length > 0) return ['fail', `failed: ${failed.required.join(', ')}`];
  if (ideal === 'error' && succeeded) return ['partial', 'answered around the refusal'];
  const rescued = ideal === 'error' ? calls.every(({ outcome }) => outcome === 'error') : succeeded;
  if (!rescued) return ['safe', `a clean error: ${calls.find(({ error }) => error !== undefined)?.error?.message.slice(0, 100)}`];
  if (failed.advisory.length > 0) return ['partial', `rescued, but: ${failed.advisory.join(', ')}`];
  return ['pass', ideal === 'error' ? 'refused, clearly' : 'rescued'];
}

function lineOf({ id, title, sequence }: Case, outcome: Outcome, verdict: Verdict, reason: string): string {
  const { primary, fallback, calls, seconds } = outcome;
  const [first, second] = primary;
  const gap = first === undefined || second === undefined ? [] : [`gap ${((second.at - first.at) / 1_000).toFixed(1)} s`];
  const answered = calls.filter((call) => call.outcome === 'success').length;
  const served = sequence === true ? [`${answered}/${calls.length} answered`] : [];
  const figures = [`${primary.length}p/${fallback.length}f`, ...gap, ...served, `${seconds.toFixed(1)} s`];
  return `${id} ${verdict.padEnd(7)} ${title}: ${reason} (${figures.join(', ')})`;
}
