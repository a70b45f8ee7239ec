/** Deliveries as people see them: lists with keyset pages, and another attempt of one that failed. */
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { limitsValue } from '../store/reach.ts';
import type { AccessLimits } from '../vocabulary.ts';
import type { OutgoingContent, ProviderError } from './contract.ts';

export interface DeliveryView {
  id: string;
  connection: string;
  conversation: string | null;
  contact: string;
  run: string | null;
  saidBy: string;
  text: string;
  state: 'pending' | 'sending' | 'sent' | 'refused' | 'unclear';
  status: string | null;
  attempts: number;
  error: ProviderError | null;
  replays: string | null;
  createdAt: string;
  endedAt: string | null;
}

export interface DeliveryFilter {
  connection?: string | undefined;
  conversation?: string | undefined;
  state?: DeliveryView['state'] | undefined;
  /** Refused, unclear, or failed after the provider took it. */
  failed?: boolean | undefined;
  /** What {@link Deliveries.list} gave as `next`. */
  before?: string | undefined;
  /** Which conversations who asks is limited to. */
  limits: AccessLimits;
  limit: number;
}

export interface DeliveryRow {
  id: string;
  sequence: string;
  connection_id: string;
  conversation_id: string | null;
  contact_id: string;
  run_id: string | null;
  said_by: string;
  content: OutgoingContent;
  state: DeliveryView['state'];
  status: string | null;
  attempts: number;
  error: ProviderError | null;
  replays: string | null;
  created_at: Date;
  ended_at: Date | null;
}

/** Of {@link DeliveryRow}. */
export const deliveryColumns =
  'id, sequence, connection_id, conversation_id, contact_id, run_id, said_by, content, state, status, attempts, error, replays, created_at, ended_at';
/** A delivery of the channel's own counts to the agent of its connection. */
const reached = (value: string) =>
  `(${value} IS NULL OR timonel_within(${value}, COALESCE((SELECT c.agent FROM conversations c WHERE c.id = d.conversation_id),
    (SELECT k.agent FROM channel_connections k WHERE k.id = d.connection_id)), d.connection_id))`;
/** Refused, unclear, or failed after the provider took it. */
export const hasFailed = `(state IN ('refused', 'unclear') OR status = 'failed')`;

export class Deliveries {
  readonly #pool: DatabasePool;
  readonly #wake: () => void;

  constructor(pool: DatabasePool, wake: () => void) {
    this.#pool = pool;
    this.#wake = wake;
  }

  /** The latest first. @returns `next` for the page that follows; absent on the last one */
  async list(workspaceId: string, filter: DeliveryFilter): Promise<{ deliveries: DeliveryView[]; next: string | null }> {
    const { connection, conversation, state, failed, before, limits, limit } = filter;
    const rows = await this.#pool.executeText<DeliveryRow>(
      `SELECT ${deliveryColumns} FROM channel_deliveries d
       WHERE workspace_id = $1 AND ($2::uuid IS NULL OR connection_id = $2) AND ($3::uuid IS NULL OR conversation_id = $3)
         AND ($4::text IS NULL OR state = $4) AND ($5::boolean IS NULL OR ${hasFailed} = $5) AND ($6::bigint IS NULL OR sequence < $6) AND ${reached('$8::jsonb')}
       ORDER BY sequence DESC LIMIT $7`,
      [
        workspaceId,
        connection ?? null,
        conversation ?? null,
        state ?? null,
        failed ?? null,
        before ?? null,
        limit + 1,
        limitsValue(limits),
      ],
    );
    const page = rows.slice(0, limit);
    return { deliveries: page.map(deliveryViewOf), next: rows.length > limit ? (page.at(-1)?.sequence ?? null) : null };
  }

  /**
   * Makes another delivery of one that failed. What is in doubt may reach the contact twice then: a person decides.
   * @throws TimonelError `not_found`, `delivery_not_failed`
   */
  async replay(workspaceId: string, id: string, limits: AccessLimits): Promise<DeliveryView> {
    const [row] = await this.#pool.executeText<DeliveryRow>(
      `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, run_id, turn, said_by, content, replays)
       SELECT workspace_id, connection_id, contact_id, conversation_id, run_id, turn, said_by, content, id FROM channel_deliveries d
       WHERE workspace_id = $1 AND id = $2 AND ${hasFailed} AND ${reached('$3::jsonb')}
         AND NOT EXISTS (SELECT FROM channel_deliveries r WHERE r.workspace_id = $1 AND r.contact_id = d.contact_id AND r.replays = d.id)
       RETURNING ${deliveryColumns}`,
      [workspaceId, id, limitsValue(limits)],
    );
    if (row !== undefined) {
      this.#wake();
      return deliveryViewOf(row);
    }
    const [known] = await this.#pool.executeText<{ state: string }>(
      `SELECT state FROM channel_deliveries d WHERE workspace_id = $1 AND id = $2 AND ${reached('$3::jsonb')}`,
      [workspaceId, id, limitsValue(limits)],
    );
    if (known === undefined)
      throw new TimonelError('not_found', `There is no delivery ${id} in this workspace. GET /api/v1/deliveries lists them.`);
    throw new TimonelError(
      'delivery_not_failed',
      `The delivery is ${known.state}, or another one was made in its place. Only what was refused, is unclear or failed is sent again, once.`,
    );
  }
}

export function deliveryViewOf(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    connection: row.connection_id,
    conversation: row.conversation_id,
    contact: row.contact_id,
    run: row.run_id,
    saidBy: row.said_by,
    text: row.content.text ?? '',
    state: row.state,
    status: row.status,
    attempts: row.attempts,
    error: row.error,
    replays: row.replays,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
