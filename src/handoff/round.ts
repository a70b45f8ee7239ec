/**
 * What has to happen by itself: people are told once of what waits, outside of their quiet hours, and a conversation whose person fell silent
 * goes back to its agent. Both are marked in the transaction that does them, so that a round may run in several processes at once, be killed
 * anywhere, and be repeated.
 */
import type { RecordDeed } from '../identity/deeds.ts';
import type { Mailer } from '../identity/mail/mailer.ts';
import type { ChangeFeed } from '../store/change-feed.ts';
import type { DatabasePool } from '../store/database.ts';
import { defaultMinutes } from '../store/handoffs.ts';
import type { HandoffReason } from '../vocabulary.ts';
import type { AnswerTokens } from './answer-tokens.ts';
import { answersOf, mailOneMessage } from './message-mails.ts';
import { releaseConversation } from './release.ts';

export interface RoundDependencies {
  pool: DatabasePool;
  mailer: Pick<Mailer, 'send'>;
  record: RecordDeed;
  feed: Pick<ChangeFeed, 'tell'>;
  publicUrl: string;
  tokens: Pick<AnswerTokens, 'make'>;
  /** The mailbox at which people of a workspace answer notices, where there is one. */
  repliesTo(workspaceId: string): string | undefined;
  onReleased(conversationId: string): Promise<void>;
  onClosed(agent: string, how: string): void;
  onNotified(agent: string): void;
  now(): Date;
}

/** Of one kind in one round. */
const mostAtOnce = 200;

const quiet = `(s.quiet_from IS NOT NULL AND s.quiet_from <> s.quiet_until AND CASE WHEN s.quiet_from < s.quiet_until
  THEN minute.of_day >= s.quiet_from AND minute.of_day < s.quiet_until ELSE minute.of_day >= s.quiet_from OR minute.of_day < s.quiet_until END)`;

/** $1 now. Hand-offs of which nobody was told yet, where it is not the time to be quiet. */
const waitingStatement = `
  SELECT h.id, h.workspace_id, h.conversation_id, h.agent, h.reason, h.priority, h.summary->'last' AS last, w.name AS workspace, COALESCE(s.emails, '{}') AS emails,
    COALESCE(s.language, 'es') AS language,
    COALESCE(CASE h.priority WHEN 'urgent' THEN s.urgent_minutes ELSE s.due_minutes END, ${defaultMinutes.due}) AS minutes
  FROM handoffs h JOIN workspaces w ON w.workspace_id = h.workspace_id LEFT JOIN handoff_settings s ON s.workspace_id = h.workspace_id,
    LATERAL (SELECT (extract(hour FROM $1::timestamptz AT TIME ZONE w.time_zone) * 60 + extract(minute FROM $1::timestamptz AT TIME ZONE w.time_zone))::int
      AS of_day) minute
  WHERE h.closed_at IS NULL AND h.notified_at IS NULL AND h.taken_at IS NULL AND w.disabled_at IS NULL
    AND (cardinality(s.emails) > 0 OR EXISTS (SELECT FROM webhook_endpoints e
      WHERE e.workspace_id = h.workspace_id AND e.disabled_at IS NULL AND 'handoff.waiting' = ANY(e.events))) AND ${quiet} IS NOT TRUE
  ORDER BY h.waiting_since LIMIT 1 FOR UPDATE OF h SKIP LOCKED`;

interface WaitingRow {
  id: string;
  workspace_id: string;
  conversation_id: string;
  agent: string;
  reason: HandoffReason;
  priority: 'normal' | 'urgent';
  last: { role: string; text: string }[];
  workspace: string;
  emails: string[];
  language: 'es' | 'en';
  minutes: number;
}

export class HandoffRound {
  readonly #dependencies: RoundDependencies;
  #underWay: Promise<void> | undefined;
  #again = false;

  constructor(dependencies: RoundDependencies) {
    this.#dependencies = dependencies;
  }

  /** A round now, or one more after the one that is under way. */
  run(): Promise<void> {
    this.#again = this.#underWay !== undefined;
    this.#underWay ??= this.#all().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #all(): Promise<void> {
    do {
      this.#again = false;
      for (let count = 0; count < mostAtOnce && (await this.#tellOne()); count++);
      for (let count = 0; count < mostAtOnce && (await mailOneMessage(this.#dependencies)); count++);
      for (let count = 0; count < mostAtOnce && (await this.#takeOneBack()); count++);
    } while (this.#again);
  }

  /** @returns false where nothing is left to tell. */
  async #tellOne(): Promise<boolean> {
    const { pool, mailer, publicUrl, onNotified, now, repliesTo } = this.#dependencies;
    const at = now();
    const told = await pool.inTransaction(async (client) => {
      const { rows } = await client.query<WaitingRow>(waitingStatement, [at]);
      const [row] = rows;
      if (row === undefined) return undefined;
      // Webhooks are told by this statement: a trigger stores the event.
      await client.query('UPDATE handoffs SET notified_at = $2 WHERE id = $1', [row.id, at]);
      const link = `${publicUrl}/inbox/${row.conversation_id}`;
      const { workspace, agent, reason, minutes, language } = row;
      const content = {
        kind: 'handoff-waiting' as const,
        workspace,
        agent,
        reason,
        urgent: row.priority === 'urgent',
        minutes,
        link,
      };
      const mailbox = repliesTo(row.workspace_id);
      const answers = mailbox === undefined ? undefined : answersOf(this.#dependencies, row.id, mailbox, at);
      const said = answers === undefined ? undefined : row.last.map(({ role, text }) => `${role}: ${text}`);
      for (const to of row.emails) await mailer.send({ to, language, content: { ...content, said }, answers });
      return row;
    });
    if (told !== undefined) onNotified(told.agent);
    return told !== undefined;
  }

  /** @returns false where no person has been silent for too long. */
  async #takeOneBack(): Promise<boolean> {
    const { pool, record, feed, onReleased, onClosed, now } = this.#dependencies;
    const at = now();
    const row = await pool.inTransaction(async (client) => {
      const { rows } = await client.query<{ workspace_id: string; conversation_id: string; agent: string; assignee_name: string }>(
        `SELECT h.workspace_id, h.conversation_id, h.agent, h.assignee_name
         FROM handoffs h JOIN conversations c ON c.id = h.conversation_id LEFT JOIN handoff_settings s ON s.workspace_id = h.workspace_id
         WHERE h.closed_at IS NULL AND h.taken_at IS NOT NULL AND c.handler = 'person' AND COALESCE(s.silence_minutes, ${defaultMinutes.silence}) > 0
           AND h.person_at < $1::timestamptz - make_interval(mins => COALESCE(s.silence_minutes, ${defaultMinutes.silence}))
         ORDER BY h.person_at LIMIT 1 FOR UPDATE OF c, h SKIP LOCKED`,
        [at],
      );
      const [silent] = rows;
      if (silent === undefined) return undefined;
      const { workspace_id: workspaceId, conversation_id: id } = silent;
      await releaseConversation(client, workspaceId, id, { how: 'silence', by: 'system', byName: 'system', at });
      const target = { kind: 'conversation', id };
      await record(
        { workspaceId, actor: 'system', action: 'conversation-handed-back', target, details: { how: 'silence' } },
        client,
      );
      return silent;
    });
    if (row === undefined) return false;
    const { workspace_id: workspaceId, conversation_id: conversationId, agent } = row;
    for (const kind of ['handoff-changed', 'conversation-changed'] as const)
      feed.tell({ kind, workspaceId, conversationId, agent });
    onClosed(agent, 'silence');
    await onReleased(conversationId);
    return true;
  }
}
