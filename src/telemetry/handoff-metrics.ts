import { channels, type HandoffChanged } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Conversations that pass between agents and people. */
export function handoffMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const opened = set.counter('timonel_handoff_opened_total', 'hand-offs that turns opened or renewed, by why', ['agent', 'reason']);
  const taken = set.counter('timonel_handoff_taken_total', 'conversations that people took', ['agent']);
  const waited = set.counter('timonel_handoff_wait_seconds_total', 'seconds that conversations waited until a person took them', [
    'agent',
  ]);
  const closed = set.counter('timonel_handoff_closed_total', 'hand-offs that ended, by how', ['agent', 'how']);
  const notices = set.counter('timonel_handoff_notices_total', 'hand-offs of which people were told', ['agent']);
  subscriptions.on<HandoffChanged>(channels.handoffChanged, ({ what, agent, how = '', waitedMs }) => {
    if (what === 'opened') opened([agent, how]);
    else if (what === 'closed') closed([agent, how]);
    else if (what === 'notified') notices([agent]);
    else {
      taken([agent]);
      waited([agent], Math.max(0, waitedMs ?? 0) / 1_000);
    }
  });
}
