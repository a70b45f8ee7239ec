import { type ChannelDelivered, type ChannelRead, type ChannelReceived, type ChannelWebhook, channels } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What comes and goes by channels. */
export function channelMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const webhooks = set.counter('timonel_channel_webhooks_total', 'webhooks of providers', ['channel', 'result']);
  const duplicates = set.counter(
    'timonel_channel_duplicates_total',
    'messages and statuses in webhooks that had been stored before',
    ['channel'],
  );
  const others = set.counter(
    'timonel_channel_updates_not_taken_total',
    'parts of webhooks that are no message and no status, by name',
    ['channel', 'update'],
  );
  subscriptions.on<ChannelWebhook>(channels.channelWebhook, ({ channel, result, duplicates: again, others: names }) => {
    webhooks([channel, result]);
    if (again > 0) duplicates([channel], again);
    for (const name of names) others([channel, name]);
  });
  const reads = set.counter('timonel_channel_reads_total', 'accounts that are read, because their provider calls nobody', [
    'channel',
    'result',
  ]);
  subscriptions.on<ChannelRead>(channels.channelRead, ({ channel, result, duplicates: again, others: names }) => {
    reads([channel, result]);
    if (again > 0) duplicates([channel], again);
    for (const name of names) others([channel, name]);
  });
  const received = set.counter('timonel_channel_messages_total', 'messages of contacts that were taken from the inbox', [
    'channel',
    'result',
  ]);
  subscriptions.on<ChannelReceived>(channels.channelReceived, ({ channel, result }) => received([channel, result]));
  const deliveries = set.counter('timonel_channel_deliveries_total', 'what became of attempts to deliver a message', [
    'channel',
    'result',
  ]);
  const duration = set.histogram(
    'timonel_channel_delivery_duration_seconds',
    'from a message being stored to the provider having taken all of it',
    ['channel'],
  );
  subscriptions.on<ChannelDelivered>(channels.channelDelivered, ({ channel, result, milliseconds }) => {
    deliveries([channel, result]);
    if (milliseconds !== undefined) duration([channel], Math.max(0, milliseconds));
  });
}
