/** Tells a person who answers by mail what the customer wrote since, in the thread of the notice. */
import type { Mail } from '../identity/mail/mailer.ts';
import type { RoundDependencies } from './round.ts';

interface WrittenRow {
  id: string;
  workspace_id: string;
  conversation_id: string;
  workspace: string;
  email: string;
  language: 'es' | 'en';
  last_turn: number;
  notified_at: Date | null;
  said: string[] | null;
}

type MessageMailDependencies = Pick<RoundDependencies, 'pool' | 'mailer' | 'tokens' | 'repliesTo' | 'publicUrl' | 'now'>;

/** @returns false where nothing is left to tell */
export async function mailOneMessage(dependencies: MessageMailDependencies): Promise<boolean> {
  const { pool, mailer, repliesTo, publicUrl, now } = dependencies;
  return pool.inTransaction(async (client) => {
    const { rows } = await client.query<WrittenRow>(
      `SELECT h.id, h.workspace_id, h.conversation_id, w.name AS workspace, u.email, u.language, c.last_turn, h.notified_at,
         (SELECT json_agg('user: ' || left(m.text, 2000) ORDER BY m.turn) FROM messages m
          WHERE m.conversation_id = c.id AND m.role = 'user' AND m.turn > h.mailed_turn) AS said
       FROM handoffs h JOIN conversations c ON c.id = h.conversation_id JOIN workspaces w ON w.workspace_id = h.workspace_id
         JOIN users u ON h.assignee = 'user:' || u.id
       WHERE h.closed_at IS NULL AND h.taken_at IS NOT NULL AND h.mailed_turn < c.last_turn
       ORDER BY h.waiting_since LIMIT 1 FOR UPDATE OF h SKIP LOCKED`,
    );
    const [row] = rows;
    if (row === undefined) return false;
    await client.query('UPDATE handoffs SET mailed_turn = $2 WHERE id = $1', [row.id, row.last_turn]);
    const mailbox = repliesTo(row.workspace_id);
    // What the person wrote themselves needs no mail.
    if (row.said === null || mailbox === undefined) return true;
    const { workspace, said, email: to, language } = row;
    const content = { kind: 'handoff-message' as const, workspace, said, link: `${publicUrl}/inbox/${row.conversation_id}` };
    const answers = answersOf(dependencies, row.id, mailbox, now());
    // The id of the notice is made from its time.
    const after = row.notified_at === null ? undefined : answersOf(dependencies, row.id, mailbox, row.notified_at).id;
    await mailer.send({ to, language, content, answers: { ...answers, id: `${answers.id}.${row.last_turn}`, after } });
    return true;
  });
}

export function answersOf(
  { tokens }: Pick<RoundDependencies, 'tokens'>,
  handoffId: string,
  to: string,
  now: Date,
): NonNullable<Mail['answers']> {
  return { to, id: tokens.make(handoffId, now) };
}
