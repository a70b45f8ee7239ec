/** Runs, conversations and approvals as those who ask about them see them. Every query is bound to a workspace. */
import { TimonelError } from '../errors.ts';
import type { Contact, JsonObject, MessagePart, Outcome, Reach, Reply } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';
import { type MessageView, messagesBefore, mostMessages, pageOfMessages } from './message-pages.ts';
import { reachValues, runWithinLimits, withinReach } from './reach.ts';
import type { Step, Usage } from './steps.ts';
import { storableJson } from './storable.ts';
import type { WaitKind } from './waits.ts';

export interface RunView {
  id: string;
  conversationId: string;
  turn: number;
  agent: string;
  agentVersion: string;
  arm: string;
  status: 'queued' | 'running' | 'waiting' | 'finished';
  /** Absent while the turn is under way. */
  outcome: Outcome | undefined;
  awaiting: string | undefined;
  degraded: boolean;
  degradedReason: string | undefined;
  recoveries: number;
  /** How many steps are stored. */
  steps: number;
  usage: Usage | undefined;
  error: JsonObject | undefined;
  reply: Reply | undefined;
  /** The run that started it, and how many it started itself. */
  parentRun?: string | undefined;
  children?: number | undefined;
  /** Kinds of what it waits for. */
  waitingFor?: WaitingFor[] | undefined;
}

export type WaitingFor = 'approval' | WaitKind;

export interface ApprovalView {
  callId: string;
  tool: string;
  args: JsonObject;
  rule: string;
  reason: { es: string; en: string };
  status: 'pending' | 'approved' | 'rejected' | 'cancelled';
  /** What it may be remembered for, where the rule says so, and for what it is. */
  pattern: JsonObject | undefined;
  remember: 'run' | 'conversation' | undefined;
  decidedBy: string | undefined;
  decisionReason: string | undefined;
}

interface RunRow {
  id: string;
  conversation_id: string;
  turn: number;
  agent: string;
  agent_version: string;
  arm: string;
  status: RunView['status'];
  outcome: Outcome | null;
  awaiting: string | null;
  degraded: string | null;
  recoveries: number;
  steps: number;
  usage: Usage | null;
  error: JsonObject | null;
  reply: string | null;
  options: string[] | null;
  parts: NonNullable<Reply['parts']> | null;
  parent_run: string | null;
  children: number;
  waiting_for: WaitingFor[] | null;
}

export class RunViews {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /**
   * @param reach of whoever asks; a run of another conversation is not there.
   * @throws TimonelError `run_not_found`
   */
  async run(workspaceId: string, runId: string, reach?: Reach): Promise<RunView> {
    const [row] = await this.#pool.execute<RunRow>(
      {
        name: 'run-view',
        text: `
          SELECT r.id, r.conversation_id, r.turn, r.agent, r.agent_version, r.arm, r.status, r.outcome, r.awaiting, r.degraded, r.recoveries,
            r.parent_run, r.waiting_for, (SELECT count(*)::int FROM runs k WHERE k.parent_run = r.id) AS children, r.usage, r.error,
            CASE WHEN r.outcome = 'cancelled' THEN NULL ELSE m.text END AS reply, m.options, m.parts,
            (SELECT count(*)::int FROM steps s WHERE s.run_id = r.id) AS steps
          FROM runs r LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'assistant'
          WHERE r.id = $2 AND r.workspace_id = $1
            AND ($3::text IS NULL OR EXISTS (SELECT FROM conversations c WHERE c.id = r.conversation_id AND c.started_by = $3))
            AND ${runWithinLimits('r', '$4::jsonb')}`,
      },
      [workspaceId, runId, ...reachValues(reach)],
    );
    if (row === undefined) throw new TimonelError('run_not_found', `There is no run ${runId} in this workspace.`);
    return {
      id: row.id,
      conversationId: row.conversation_id,
      turn: row.turn,
      agent: row.agent,
      agentVersion: row.agent_version,
      arm: row.arm,
      status: row.status,
      outcome: row.outcome ?? undefined,
      awaiting: row.awaiting ?? undefined,
      degraded: row.degraded !== null,
      degradedReason: row.degraded ?? undefined,
      recoveries: row.recoveries,
      steps: row.steps,
      usage: row.usage ?? undefined,
      error: row.error ?? undefined,
      parentRun: row.parent_run ?? undefined,
      children: row.children,
      waitingFor: row.waiting_for ?? undefined,
      reply:
        row.reply === null
          ? undefined
          : {
              text: row.reply,
              ...(row.parts === null ? {} : { parts: row.parts }),
              ...(row.options === null ? {} : { options: row.options }),
            },
    };
  }

  /** Stored steps with an index above `after`, in order. */
  async steps(workspaceId: string, runId: string, after: number): Promise<{ index: number; step: Step }[]> {
    return this.#pool.execute(
      {
        name: 'run-steps',
        text: 'SELECT index, data AS step FROM steps WHERE run_id = $2 AND workspace_id = $1 AND index > $3 ORDER BY index',
      },
      [workspaceId, runId, after],
    );
  }

  async approvals(workspaceId: string, runId: string): Promise<ApprovalView[]> {
    const rows = await this.#pool.execute<{
      call_id: string;
      tool: string;
      args: JsonObject;
      rule: string;
      reason: { es: string; en: string };
      status: ApprovalView['status'];
      pattern: JsonObject | null;
      remember: ApprovalView['remember'] | null;
      decided_by: string | null;
      decision_reason: string | null;
    }>(
      {
        name: 'run-approvals',
        text: `SELECT call_id, tool, args, rule, reason, status, pattern, remember, decided_by, decision_reason
          FROM approvals WHERE run_id = $2 AND workspace_id = $1 ORDER BY call_id`,
      },
      [workspaceId, runId],
    );
    return rows.map((row) => ({
      callId: row.call_id,
      tool: row.tool,
      args: row.args,
      rule: row.rule,
      reason: row.reason,
      status: row.status,
      pattern: row.pattern ?? undefined,
      remember: row.remember ?? undefined,
      decidedBy: row.decided_by ?? undefined,
      decisionReason: row.decision_reason ?? undefined,
    }));
  }

  /** @param reach of whoever asks. @throws TimonelError `conversation_not_found` */
  async conversation(workspaceId: string, conversationId: string, reach?: Reach): Promise<ConversationView> {
    const [row] = await this.#pool.execute<ConversationRow>(
      {
        name: 'conversation-view',
        text: `
          SELECT c.id, c.agent, c.agent_version, c.release, c.arm, c.channel, c.contact, c.status, c.handler, c.created_at, c.updated_at,
            ${messagesBefore('c.id', 'NULL::int', String(mostMessages))} AS messages
          FROM conversations c WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')}`,
      },
      [workspaceId, conversationId, ...reachValues(reach)],
    );
    if (row === undefined) throw conversationNotFound(conversationId);
    return {
      id: row.id,
      agent: row.agent,
      agentVersion: row.agent_version,
      release: row.release ?? undefined,
      arm: row.arm,
      channel: row.channel,
      contact: row.contact ?? undefined,
      status: row.status,
      handler: row.handler,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      ...pageOfMessages(row.messages ?? [], mostMessages),
    };
  }

  /** The agent that a conversation is with. @param reach of whoever asks. @throws TimonelError `conversation_not_found` */
  async agentOf(workspaceId: string, conversationId: string, reach?: Reach): Promise<{ agent: string; version: string }> {
    const [row] = await this.#pool.execute<{ agent: string; version: string }>(
      {
        name: 'conversation-agent',
        text: `SELECT c.agent, c.agent_version AS version FROM conversations c WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')}`,
      },
      [workspaceId, conversationId, ...reachValues(reach)],
    );
    if (row === undefined) throw conversationNotFound(conversationId);
    return row;
  }

  /** The message that a run answers. @throws TimonelError `run_not_found` */
  async messageOf(workspaceId: string, runId: string): Promise<{ text: string; parts: MessagePart[] | undefined }> {
    const [row] = await this.#pool.executeText<{ text: string; parts: MessagePart[] | null }>(
      `SELECT m.text, m.parts FROM runs r JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'user'
       WHERE r.id = $2 AND r.workspace_id = $1`,
      [workspaceId, runId],
    );
    if (row === undefined) throw new TimonelError('run_not_found', `There is no run ${runId} in this workspace.`);
    return { text: row.text, parts: row.parts ?? undefined };
  }

  async createConversation(workspaceId: string, conversation: NewConversation): Promise<void> {
    await this.#pool.execute(
      {
        name: 'conversation-create',
        text: insertConversation,
      },
      conversationValues(workspaceId, conversation),
    );
  }

  /** The same for an id that is made from a name: one that is there stays as it is. */
  async ensureConversation(workspaceId: string, conversation: NewConversation): Promise<void> {
    const values = conversationValues(workspaceId, conversation);
    await this.#pool.executeText(`${insertConversation} ON CONFLICT (id) DO NOTHING`, values);
  }
}

export interface NewConversation {
  id: string;
  agent: string;
  agentVersion: string;
  arm: string;
  /** The release that it takes part in, its unit there, and the canary's share (0 to 1). */
  release?: string | undefined;
  unit?: string | undefined;
  weight?: number | undefined;
  channel: string;
  contact?: Contact | undefined;
  startedBy?: string;
}

/** Values by {@link conversationValues}. */
export const insertConversation = `
  INSERT INTO conversations (id, workspace_id, agent, agent_version, arm, release, unit, weight, channel, contact, started_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

export function conversationValues(workspaceId: string, conversation: NewConversation): unknown[] {
  const { id, agent, agentVersion, arm, release, unit, weight, channel, contact, startedBy } = conversation;
  return [
    id,
    workspaceId,
    agent,
    agentVersion,
    arm,
    release ?? null,
    unit ?? null,
    weight ?? null,
    channel,
    contact === undefined ? null : storableJson(contact),
    startedBy ?? null,
  ];
}

export interface ConversationView {
  id: string;
  agent: string;
  agentVersion: string;
  release: string | undefined;
  arm: string;
  channel: string;
  contact: Contact | undefined;
  status: 'open' | 'closed';
  handler: 'agent' | 'person';
  createdAt: string;
  updatedAt: string;
  /** The latest ones, oldest first. */
  messages: MessageView[];
  /** The turn before which there are more; null where there are none. */
  before: number | null;
}

interface ConversationRow {
  id: string;
  agent: string;
  agent_version: string;
  release: string | null;
  arm: string;
  channel: string;
  contact: Contact | null;
  status: 'open' | 'closed';
  handler: 'agent' | 'person';
  created_at: Date;
  updated_at: Date;
  messages: MessageView[] | null;
}

export function conversationNotFound(id: string): TimonelError {
  return new TimonelError(
    'conversation_not_found',
    `There is no conversation ${id} in this workspace. Start one with POST /api/v1/conversations.`,
  );
}
