/** How the doors answer while a person has a conversation: the message is stored, and nobody is to wait for a run. */
import type { z } from 'zod';
import type { Principal } from '../identity/principal.ts';
import { spokenLanguage } from '../language/spoken-language.ts';
import type { DatabasePool } from '../store/database.ts';
import type { MessageView } from '../store/message-pages.ts';
import type { LocalizedText } from '../vocabulary.ts';
import type { held, message } from './schemas.ts';

export const heldAnswer: z.infer<typeof held> = { run: null, reply: null, handler: 'person' };

/** The same as the only event of a stream. */
export function heldEvents(): string {
  return `event: held\ndata: ${JSON.stringify({ handler: 'person' })}\n\n`;
}

/** Messages for whoever reads them: who of the workspace wrote one is told to people who read everybody's. */
export function shownMessages(
  messages: readonly MessageView[],
  conversationId: string,
  { permissions }: Principal,
): z.infer<typeof message>[] {
  const named = permissions.has('conversations:read-all') || permissions.has('conversations:reply');
  return messages.map((each) => ({
    ...each,
    author: named ? each.author : null,
    ...(each.cut === undefined ? {} : { href: `/api/v1/conversations/${conversationId}/messages/${each.turn}/${each.role}` }),
  }));
}

const notice: LocalizedText = {
  es: 'Te atiende una persona del equipo; va a responder por acá.',
  en: 'A member of the team is with you, and will answer here.',
};

/**
 * What a client hears that can only be answered, as chat clients of the compatible API can: what people said since its last message, else that
 * somebody will answer.
 */
export async function heldText(pool: DatabasePool, workspaceId: string, conversationId: string, text: string): Promise<string> {
  const rows = await pool.execute<{ text: string }>(
    {
      name: 'held-text',
      text: `
        WITH asked AS (
          SELECT turn FROM messages WHERE conversation_id = $2 AND workspace_id = $1 AND role = 'user' ORDER BY turn DESC LIMIT 2
        )
        SELECT text FROM messages WHERE conversation_id = $2 AND workspace_id = $1 AND role = 'person'
          AND turn > (SELECT CASE WHEN count(*) = 2 THEN min(turn) ELSE 0 END FROM asked) ORDER BY turn`,
    },
    [workspaceId, conversationId],
  );
  if (rows.length > 0) return rows.map((row) => row.text).join('\n\n');
  return notice[spokenLanguage([text]) ?? 'es'];
}
