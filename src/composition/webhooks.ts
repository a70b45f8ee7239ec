/** Webhooks out: who is told of what happens, and what becomes of it. */
import { type AlertChanged, channels, publishFault } from '../diagnostics.ts';
import type { Identity } from '../identity/identity.ts';
import type { Jobs } from '../run/jobs.ts';
import { storeWebhookEvent } from '../store/webhook-events.ts';
import { WebhookDeliveries } from '../webhooks/deliveries.ts';
import { Endpoints } from '../webhooks/endpoints.ts';
import { WebhookSender } from '../webhooks/sender.ts';
import { type Base, defaultWorkspace } from './base.ts';
import type { Foundation } from './foundation.ts';

export interface WebhookPart {
  endpoints: Endpoints;
  deliveries: WebhookDeliveries;
}

/** An alert that several processes see within so long is told once, in milliseconds. */
const sameAlertMs = 300_000;

/** @throws TimonelError `store_unavailable` */
export async function openWebhooks(
  { settings, scope, now, newId }: Base,
  { pool, keys }: Foundation,
  { notices, audit }: Identity,
  enqueue: Jobs['enqueue'],
): Promise<WebhookPart> {
  const anywhere = settings.webhookPrivateAddresses;
  const record = audit.append.bind(audit);
  const endpoints = new Endpoints({ pool, keys, notices, record, anywhere, now, newId });
  const sender = scope.adopt(new WebhookSender({ anywhere, now }), (each) => each.close());
  const deliveries = scope.adopt(
    new WebhookDeliveries({ pool, endpoints, sender, enqueue: (payload) => enqueue('webhook', payload) }),
    (each) => each.close(),
  );
  notices.subscribe((told) => {
    if (told !== 'anything' && told.some(({ kind }) => kind === 'webhooks')) deliveries.watch();
  });
  // Alerts are of the installation: its operators are told.
  const onAlert = (message: unknown) => {
    const { name, severity, labels, summary, value, state } = message as AlertChanged;
    const data = { name, severity, labels: { ...labels }, summary, value, state };
    const once = `alert ${name} ${JSON.stringify(labels)} ${state} ${Math.floor(now().getTime() / sameAlertMs)}`;
    pool
      .inTransaction((client) => storeWebhookEvent(client, { workspaceId: defaultWorkspace, event: 'alert', data, once }))
      .catch((error: unknown) => publishFault('telling webhooks of an alert', error));
  };
  channels.alertChanged.subscribe(onAlert);
  scope.defer(() => channels.alertChanged.unsubscribe(onAlert));
  return { endpoints, deliveries };
}
