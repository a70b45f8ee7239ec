/** Messages of a conversation, page by page from its end. */
import type { MessagePart, Reach } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';
import { reachValues, withinReach } from './reach.ts';

export interface MessageView {
  turn: number;
  /** `person`: somebody of the workspace. */
  role: 'user' | 'assistant' | 'person';
  /** Of the run that answers it, or that said it; null for what a person said. */
  runId: string | null;
  text: string;
  /** Bytes of the whole text, where `text` is its beginning. */
  cut?: number;
  options: string[] | null;
  parts: MessagePart[] | null;
  /** The person who wrote it. */
  author: string | null;
  at: string;
}

export interface MessagePage {
  /** Oldest first. */
  messages: MessageView[];
  /** The turn before which there are more; null where there are none. */
  before: number | null;
}

/** Of one page. */
export const mostMessages = 100;
const mostPageBytes = 200_000;
/** Bytes of one text; the whole of a longer one has an address of its own. */
const mostTextBytes = 65_536;

/** SQL of one message more than `limit`, the latest ones before a turn, as JSON. */
export const messagesBefore = (conversation: string, before: string, limit: string) => `
  (SELECT json_agg(json_build_object('turn', m.turn, 'role', m.role, 'runId', m.run_id, 'text', m.text, 'options', m.options, 'parts', m.parts,
      'author', m.author_name, 'at', m.created_at) ORDER BY m.turn, m.role DESC)
    FROM (SELECT * FROM messages WHERE conversation_id = ${conversation} AND (${before} IS NULL OR turn < ${before})
      ORDER BY turn DESC, role LIMIT ${limit} + 1) m)`;

/** What fits into a page, whole turns from the latest one on; one turn at least. */
export function pageOfMessages(rows: readonly MessageView[], limit: number): MessagePage {
  const messages: MessageView[] = [];
  let bytes = 0;
  let whole = rows.length <= limit;
  // The one beyond the limit says that there are more; its turn may be halved.
  const usable = whole ? rows : rows.slice(1);
  for (const row of usable.toReversed()) {
    const message = shown(row);
    bytes += Buffer.byteLength(JSON.stringify(message));
    const begun = messages[0]?.turn === message.turn;
    if (messages.length > 0 && !begun && bytes > mostPageBytes) {
      whole = false;
      break;
    }
    messages.unshift(message);
  }
  const first = messages[0];
  // A turn whose question is on the page before is shown there, unless it is all there is.
  if (!whole && rows[0]?.turn === first?.turn && messages.some(({ turn }) => turn !== first?.turn)) {
    const kept = messages.filter(({ turn }) => turn !== first?.turn);
    return { messages: kept, before: kept[0]?.turn ?? null };
  }
  return { messages, before: whole ? null : (first?.turn ?? null) };
}

function shown(row: MessageView): MessageView {
  const size = Buffer.byteLength(row.text);
  // JSON made by PostgreSQL writes a time in the zone of the connection.
  const at = new Date(row.at).toISOString();
  if (size <= mostTextBytes) return { ...row, at };
  const text = Buffer.from(row.text)
    .subarray(0, mostTextBytes)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
  return { ...row, at, text, cut: size };
}

/** @returns `undefined` where the conversation is not within the reach. */
export async function readMessages(
  pool: DatabasePool,
  workspaceId: string,
  conversationId: string,
  reach: Reach,
  page: { before: number | undefined; limit: number },
): Promise<MessagePage | undefined> {
  const [row] = await pool.execute<{ messages: MessageView[] | null }>(
    {
      name: 'messages-page',
      text: `SELECT ${messagesBefore('c.id', '$5::int', '$6::int')} AS messages FROM conversations c
        WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')}`,
    },
    [workspaceId, conversationId, ...reachValues(reach), page.before ?? null, page.limit],
  );
  return row === undefined ? undefined : pageOfMessages(row.messages ?? [], page.limit);
}

/** The whole text of one message. */
export async function wholeMessage(
  pool: DatabasePool,
  workspaceId: string,
  conversationId: string,
  turn: number,
  role: MessageView['role'],
): Promise<string | undefined> {
  const [row] = await pool.executeText<{ text: string }>(
    'SELECT text FROM messages WHERE conversation_id = $2 AND workspace_id = $1 AND turn = $3 AND role = $4',
    [workspaceId, conversationId, turn, role],
  );
  return row?.text;
}
