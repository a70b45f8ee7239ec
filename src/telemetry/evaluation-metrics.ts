import { channels, type EvaluationEnded } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

export function evaluationMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const evaluations = set.counter('timonel_evaluations_total', 'evaluations that were played to their end, or could not be', [
    'outcome',
  ]);
  const cases = set.counter('timonel_evaluation_cases_total', 'cases of evaluations that ended, by what came of them', ['result']);
  const lasting = set.histogram('timonel_evaluation_duration_seconds', 'work of this process on an evaluation', ['outcome']);
  subscriptions.on<EvaluationEnded>(channels.evaluationEnded, ({ outcome, passed, failed, milliseconds }) => {
    evaluations([outcome]);
    cases(['passed'], passed);
    cases(['failed'], failed);
    lasting([outcome], milliseconds);
  });
}
