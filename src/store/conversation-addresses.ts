import type { DatabasePool } from './database.ts';
import type { NewConversation } from './run-views.ts';

/** Finds the conversation that somebody who is known by an address only has with an agent on a channel. */
export class ConversationAddresses {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /**
   * The open conversation at an address; the given one is made where there is none. One round trip where there is one.
   * @returns its id; the same one to all who ask at the same time.
   */
  async conversationAt(workspaceId: string, address: string, fresh: NewConversation): Promise<string> {
    const place = [workspaceId, fresh.agent, fresh.channel, address];
    const [known] = await this.#pool.execute<{ id: string }>({ name: 'conversation-at-address', text: find }, place);
    if (known !== undefined) return known.id;
    return this.#pool.inWorkspace(workspaceId, async (_database, client) => {
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [place.join('\n')]);
      const { rows } = await client.query<{ id: string }>(find, place);
      if (rows[0] !== undefined) return rows[0].id;
      const { id, agent, agentVersion, arm, channel, startedBy } = fresh;
      await client.query(
        `WITH made AS (
           INSERT INTO conversations (id, workspace_id, agent, agent_version, arm, channel, started_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
         )
         INSERT INTO conversation_addresses (workspace_id, agent, channel, address, conversation_id)
         SELECT $2, $3, $6, $8, id FROM made
         ON CONFLICT (workspace_id, agent, channel, address) DO UPDATE SET conversation_id = excluded.conversation_id`,
        [id, workspaceId, agent, agentVersion, arm, channel, startedBy ?? null, address],
      );
      return id;
    });
  }
}

const find = `SELECT c.id FROM conversation_addresses a JOIN conversations c ON c.id = a.conversation_id AND c.workspace_id = a.workspace_id
  WHERE a.workspace_id = $1 AND a.agent = $2 AND a.channel = $3 AND a.address = $4 AND c.status = 'open'`;
