import type { DatabasePool } from '../store/database.ts';
import { conversationValues, insertConversation, type NewConversation } from '../store/run-views.ts';

/** Finds the conversation that somebody who is known by an address only has with an agent on a channel. */
export class ConversationAddresses {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /**
   * The open conversation at an address; the given one is made where there is none. One round trip where there is one.
   * @param left a conversation that was at the address and is not to be gone on with.
   * @returns its id; the same one to all who ask at the same time.
   */
  async conversationAt(workspaceId: string, address: string, fresh: NewConversation, left?: string): Promise<string> {
    const place = [workspaceId, fresh.agent, fresh.channel, address, left ?? null];
    const [known] = await this.#pool.execute<{ id: string }>({ name: 'conversation-at-address', text: find }, place);
    if (known !== undefined) return known.id;
    return this.#pool.inWorkspace(workspaceId, async (_database, client) => {
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [place.slice(0, 4).join('\n')]);
      const { rows } = await client.query<{ id: string }>(find, place);
      if (rows[0] !== undefined) return rows[0].id;
      await client.query(
        `WITH made AS (${insertConversation} RETURNING id)
         INSERT INTO conversation_addresses (workspace_id, agent, channel, address, conversation_id)
         SELECT $2, $3, $9, $12, id FROM made
         ON CONFLICT (workspace_id, agent, channel, address) DO UPDATE SET conversation_id = excluded.conversation_id`,
        [...conversationValues(workspaceId, fresh), address],
      );
      return fresh.id;
    });
  }
}

const find = `SELECT c.id FROM conversation_addresses a JOIN conversations c ON c.id = a.conversation_id AND c.workspace_id = a.workspace_id
  WHERE a.workspace_id = $1 AND a.agent = $2 AND a.channel = $3 AND a.address = $4 AND c.status = 'open'
    AND c.id IS DISTINCT FROM $5::uuid`;
