/** What tools keep between calls: JSON by key, of one conversation, or of an agent in a workspace. */
import { type SQL, sql } from 'drizzle-orm';
import { TimonelError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { storable } from '../store/storable.ts';
import type { JsonValue } from '../vocabulary.ts';

/** A value, and how often it was set since there was none. */
export interface StateEntry {
  value: JsonValue;
  version: number;
}

/** Values by key. A key has 1 to 200 characters, a value 65,536 bytes of JSON at most. */
export interface StateStore {
  /** `undefined` where nothing was set. */
  get(key: string): Promise<StateEntry | undefined>;
  /**
   * @param options `ifVersion`: only while the value has this version; 0 while there is none. Without it the last one to set wins.
   * @returns the new version.
   * @throws TimonelError `version_conflict` where it has another version: read it again, and decide anew; `invalid_request`
   */
  set(key: string, value: JsonValue, options?: { ifVersion?: number }): Promise<number>;
  /** @throws TimonelError `version_conflict` */
  delete(key: string, options?: { ifVersion?: number }): Promise<void>;
}

export interface AgentState {
  /** Of this conversation; goes with it when it is erased. */
  readonly conversation: StateStore;
  /** Of the agent in this workspace, for all conversations. Not the place for data of people: nobody could tell whose they are. */
  readonly agent: StateStore;
}

/** Runs work in a transaction of the workspace. */
export type InWorkspace = <T>(work: (database: Database) => Promise<T>) => Promise<T>;

const longestKey = 200;
const mostBytes = 65_536;

/** @param query joins the transaction of a write tool. */
export function stateOf(place: { workspaceId: string; conversationId: string; agent: string }, query: InWorkspace): AgentState {
  const { workspaceId, conversationId, agent } = place;
  return {
    conversation: stored(ofConversations, sql`${conversationId}::uuid`, workspaceId, query),
    agent: stored(ofAgents, sql`${agent}`, workspaceId, query),
  };
}

/** A table, whose its rows are, and their key. */
interface Place {
  table: SQL;
  column: SQL;
  unique: SQL;
}
const ofConversations: Place = {
  table: sql`conversation_state`,
  column: sql`conversation_id`,
  unique: sql`conversation_id, key`,
};
const ofAgents: Place = { table: sql`agent_state`, column: sql`agent`, unique: sql`workspace_id, agent, key` };

function stored({ table, column, unique }: Place, owner: SQL, workspaceId: string, query: InWorkspace): StateStore {
  const row = (key: string) => sql`workspace_id = ${workspaceId} AND ${column} = ${owner} AND key = ${checked(key)}`;
  const answer = async (statement: SQL) => (await query((database) => database.execute(statement))).rows[0];
  return {
    async get(key) {
      const found = await answer(sql`SELECT value, version FROM ${table} WHERE ${row(key)}`);
      return found === undefined ? undefined : { value: found['value'] as JsonValue, version: Number(found['version']) };
    },
    async set(key, value, { ifVersion } = {}) {
      const json = jsonOf(key, value);
      const insert = sql`INSERT INTO ${table} AS s (workspace_id, ${column}, key, value) VALUES (${workspaceId}, ${owner}, ${checked(key)}, ${json}::jsonb)`;
      const change = sql`value = ${json}::jsonb, version = s.version + 1, updated_at = now()`;
      const set = await answer(
        ifVersion === undefined
          ? sql`${insert} ON CONFLICT (${unique}) DO UPDATE SET ${change} RETURNING version`
          : ifVersion === 0
            ? sql`${insert} ON CONFLICT DO NOTHING RETURNING version`
            : sql`UPDATE ${table} AS s SET ${change} WHERE ${row(key)} AND version = ${ifVersion} RETURNING version`,
      );
      if (set === undefined) throw conflictOf(key, ifVersion);
      return Number(set['version']);
    },
    async delete(key, { ifVersion } = {}) {
      const still = ifVersion === undefined ? sql`` : sql` AND version = ${ifVersion}`;
      const gone = await answer(sql`DELETE FROM ${table} WHERE ${row(key)}${still} RETURNING version`);
      if (gone === undefined && ifVersion !== undefined) throw conflictOf(key, ifVersion);
    },
  };
}

function checked(key: string): string {
  if (typeof key === 'string' && key.length >= 1 && key.length <= longestKey && !key.includes('\0') && key.isWellFormed())
    return key;
  throw new TimonelError('invalid_request', `A key of the state is a text of 1 to ${longestKey} characters, e.g. "cart".`);
}

function jsonOf(key: string, value: JsonValue): string {
  const json: string | undefined = JSON.stringify(storable(value));
  if (json === undefined)
    throw new TimonelError('invalid_request', `The state "${key}" has to be JSON. To take it away, use delete.`);
  const bytes = Buffer.byteLength(json);
  if (bytes <= mostBytes) return json;
  throw new TimonelError(
    'invalid_request',
    `The state "${key}" has ${bytes} bytes of JSON, and at most ${mostBytes} are kept. Use a table.`,
  );
}

function conflictOf(key: string, version: number | undefined): TimonelError {
  return new TimonelError(
    'version_conflict',
    `The state "${key}" ${version === 0 ? 'is there already' : `has not version ${version} any more`}. Read it again, and decide anew.`,
  );
}
