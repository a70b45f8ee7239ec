import { channels, type WebhookAttempted } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What workspaces are told by webhooks. */
export function webhookMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const attempts = set.counter(
    'timonel_webhook_attempts_total',
    'attempts to tell an endpoint of an event, by what became of them',
    ['event', 'result'],
  );
  subscriptions.on<WebhookAttempted>(channels.webhookAttempted, ({ event, result }) => attempts([event, result]));
}
