/** The inbox: what webhooks brought is stored in one statement before they are answered, each message once. */
import { createHash } from 'node:crypto';
import type { DatabasePool, Statement } from '../store/database.ts';
import { storableJson } from '../store/storable.ts';
import type { Connections } from './connections.ts';
import type { OpenConnection, Update } from './contract.ts';

/** How many messages and statuses were new, and what of each kind came. */
export interface Accepted {
  messages: number;
  statuses: number;
  duplicates: number;
  /** Names of what was not stored. */
  others: string[];
}

const acceptStatement: Statement = {
  name: 'channel-accept',
  text: `
    WITH message AS (
      INSERT INTO channel_inbox (workspace_id, connection_id, external_hash, external_id, kind, sender, content, sent_at)
      SELECT workspace, connection, hash, external, kind, sender, content, LEAST(COALESCE(at, now()), now())
      FROM json_to_recordset($1::json) AS t(workspace text, connection uuid, hash text, external text, kind text, sender jsonb, content jsonb, at timestamptz)
      ON CONFLICT (connection_id, external_hash) DO NOTHING RETURNING 1
    ), status AS (
      INSERT INTO channel_statuses (workspace_id, connection_id, external_id, status, at, reference, error)
      SELECT workspace, connection, external, status, LEAST(COALESCE(at, now()), now()), reference, error
      FROM json_to_recordset($2::json) AS t(workspace text, connection uuid, external text, status text, at timestamptz, reference text, error jsonb)
      ON CONFLICT (connection_id, external_id, status) DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM message)::int AS messages, (SELECT count(*) FROM status)::int AS statuses`,
};

export class Inbox {
  readonly #pool: DatabasePool;
  readonly #connections: Connections;

  constructor(pool: DatabasePool, connections: Connections) {
    this.#pool = pool;
    this.#connections = connections;
  }

  /**
   * Stores what a webhook told. One round trip. A webhook of one app tells of all its numbers: each goes to the connection of its own account in the
   * workspace, and what is for none is named.
   * @throws TimonelError `store_unavailable`
   */
  async accept(connection: OpenConnection, updates: readonly Update[]): Promise<Accepted> {
    const others: string[] = [];
    const messages: object[] = [];
    const statuses: object[] = [];
    for (const update of updates) {
      if (update.kind === 'other' || update.kind === 'answer') {
        others.push(update.kind === 'answer' ? 'answer-of-a-person' : update.what);
        continue;
      }
      const { workspaceId, channel } = connection;
      const target =
        update.account === connection.account ? connection : this.#connections.ofAccount(workspaceId, channel, update.account);
      if (target === undefined) {
        others.push('other-account');
        continue;
      }
      const place = { workspace: workspaceId, connection: target.id, external: update.externalId, at: instantOf(update.at) };
      if (update.kind === 'status')
        statuses.push({ ...place, status: update.status, reference: update.reference ?? null, error: update.error ?? null });
      else {
        const hash = createHash('sha256').update(update.externalId).digest('hex');
        if (update.kind === 'moved')
          messages.push({ ...place, hash, kind: 'moved', sender: { addresses: update.from }, content: { to: update.to } });
        else
          messages.push({
            ...place,
            hash,
            kind: update.content.kind,
            sender: {
              addresses: update.sender,
              name: update.name?.slice(0, 200) ?? null,
              ...(update.vouched === undefined ? {} : { vouched: update.vouched }),
            },
            content: update.content,
          });
      }
    }
    if (messages.length + statuses.length === 0) return { messages: 0, statuses: 0, duplicates: 0, others };
    const [stored = { messages: 0, statuses: 0 }] = await this.#pool.execute<{ messages: number; statuses: number }>(
      acceptStatement,
      [storableJson(messages), storableJson(statuses)],
    );
    return { ...stored, duplicates: messages.length + statuses.length - stored.messages - stored.statuses, others };
  }
}

/** A clock that is off gives no instant that a database takes. */
function instantOf(at: Date): string | null {
  const time = at.getTime();
  return Number.isFinite(time) && time > 0 && time < 4_102_444_800_000 ? at.toISOString() : null;
}
