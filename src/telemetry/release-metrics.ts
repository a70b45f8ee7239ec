import { channels, type FeedbackGiven, type ReleaseDecided, type ReleaseJudged } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** How releases go, and what people say of turns. */
export function releaseMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const allocation = set.gauge('timonel_canary_allocation_ratio', 'part of new conversations that the canary gets, 0 to 1', [
    'agent',
  ]);
  const turns = set.total(
    'timonel_canary_turns_total',
    'turns of a release so far, on all processes; starts anew with each release',
    ['agent', 'arm'],
  );
  const evidence = set.gauge(
    'timonel_canary_evidence_log10',
    'log10 of the e-value against a canary, or for it, by what is compared',
    ['agent', 'metric', 'direction'],
  );
  subscriptions.on<ReleaseJudged>(channels.releaseJudged, (judged) => {
    const { agent } = judged;
    allocation([agent], judged.allocation);
    turns([agent, 'stable'], judged.turns.stable);
    turns([agent, 'canary'], judged.turns.canary);
    for (const [metric, found] of Object.entries(judged.evidence)) {
      evidence([agent, metric, 'against'], found.against);
      evidence([agent, metric, 'for'], found.for);
    }
  });
  const decisions = set.counter(
    'timonel_release_decisions_total',
    'steps of releases: started, ramped, held, promoted, rolled-back',
    ['agent', 'decision'],
  );
  subscriptions.on<ReleaseDecided>(channels.releaseDecided, ({ agent, decision }) => {
    decisions([agent, decision]);
    if (decision === 'promoted' || decision === 'rolled-back') allocation([agent], 0);
  });
  const feedback = set.counter('timonel_feedback_total', 'what people said of turns', ['agent', 'arm', 'rating']);
  subscriptions.on<FeedbackGiven>(channels.feedbackGiven, ({ agent, arm, rating }) => {
    feedback([agent, arm, rating < 0 ? 'negative' : rating > 0 ? 'positive' : 'neutral']);
  });
}
