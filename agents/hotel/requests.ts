/** What guests ask of the desk. */
import { sql } from '../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../src/index.ts';

export interface NewRequest {
  kind: 'special' | 'early-arrival' | 'payment-proof' | 'front-desk' | 'review';
  text: string;
  /** `null`: of the desk's own doing. */
  conversationId: string | null;
  bookingId?: string | undefined;
  artifact?: string | undefined;
  urgent?: boolean;
}

/** @param once only where the stay has no request with the same words yet. */
export async function storeRequest(
  database: Database,
  access: WorkspaceAccess,
  { kind, text, conversationId, bookingId, artifact, urgent = false }: NewRequest,
  once?: string,
): Promise<void> {
  await database.execute(sql`
    INSERT INTO hotel_requests (workspace_id, id, booking_id, conversation_id, kind, text, artifact, urgent, created_at)
    SELECT ${access.workspaceId}, ${access.newId()}, ${bookingId ?? null}, ${conversationId}, ${kind}, ${text}, ${artifact ?? null},
      ${urgent}, ${access.now().toISOString()}::timestamptz
    WHERE ${once ?? null}::text IS NULL OR NOT EXISTS (SELECT FROM hotel_requests WHERE workspace_id = ${access.workspaceId}
      AND booking_id = ${bookingId ?? null}::uuid AND kind = ${kind} AND text = ${text})`);
}
