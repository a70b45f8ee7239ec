/** Events of which endpoints of a workspace are told. Those that are a change of a row are stored by triggers; the others here. */
import type pg from 'pg';
import type { JsonObject } from '../vocabulary.ts';
import { storableJson } from './storable.ts';

export const webhookEvents = [
  'run.ended',
  'handoff.waiting',
  'approval.waiting',
  'delivery.failed',
  'release.decided',
  'alert',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/**
 * Stores an event for each endpoint that wants it, in the transaction of the client.
 * @param once what other processes may see too is stored once under this name.
 */
export async function storeWebhookEvent(
  client: Pick<pg.ClientBase, 'query'>,
  { workspaceId, event, data, once }: { workspaceId: string; event: WebhookEvent; data: JsonObject; once?: string },
): Promise<void> {
  await client.query(
    `INSERT INTO webhook_deliveries (workspace_id, endpoint_id, event, data, once)
     SELECT e.workspace_id, e.id, $2, $3::jsonb, $4 FROM webhook_endpoints e WHERE e.workspace_id = $1 AND e.disabled_at IS NULL AND $2 = ANY(e.events)
     ON CONFLICT (endpoint_id, once) DO NOTHING`,
    [workspaceId, event, storableJson(data), once ?? null],
  );
}
