import { TimonelError } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import type { AgentData } from '../identity/privacy/contract.ts';
import { Privacy } from '../identity/privacy/privacy.ts';
import { prefixOf, readAgentMigrations } from '../store/agent-migrations/files.ts';
import type { DatabasePool } from '../store/database.ts';
import { newerSchema } from '../store/migrate.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { AgentDefinition } from './contract.ts';

/** Exports and erasures over Timonel's tables and those that the agents declare. */
export function createPrivacy(dependencies: {
  pool: DatabasePool;
  identity: Pick<Identity, 'audit' | 'notices' | 'permissions'>;
  /** All of the project; of an agent in several versions the first one says whose data it has. */
  agents: readonly AgentDefinition[];
  access(workspaceId: string): Promise<WorkspaceAccess>;
  now(): Date;
}): Privacy {
  const { pool, identity, agents, access, now } = dependencies;
  const first = agents.filter(({ name }, index) => agents.findIndex((each) => each.name === name) === index);
  const migrations = readAgentMigrations(agents);
  return new Privacy({
    pool,
    newerMigrations: async () => (await newerSchema(pool, migrations)).migrations,
    audit: identity.audit,
    permissions: identity.permissions,
    agents: first.flatMap((agent) => dataOf(agent, access)),
    now,
    changing: (userId, work) =>
      identity.notices.change((client, tell) => {
        if (userId !== null) tell({ kind: 'user', id: userId });
        return work(client);
      }),
  });
}

function dataOf({ name, personalData }: AgentDefinition, access: (workspaceId: string) => Promise<WorkspaceAccess>): AgentData[] {
  if (personalData === undefined) return [];
  const { tables, find } = personalData;
  if (find === undefined) return [{ agent: name, tables }];
  return [
    {
      agent: name,
      tables,
      find: async (workspaceId, person, conversationIds) => find(person, conversationIds, await access(workspaceId)),
    },
  ];
}

/**
 * Holds agents to saying of every table of theirs whose data it has: an export without a table that nobody thought of is incomplete, and an
 * erasure too.
 * @throws TimonelError `config_invalid`
 */
export async function requirePersonalData(pool: DatabasePool, agents: readonly AgentDefinition[]): Promise<void> {
  for (const { name, migrations, personalData } of agents) {
    if (migrations === undefined) continue;
    const rows = await pool.executeText<{ table: string; columns: string[] }>(
      `SELECT c.relname AS table, ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND starts_with(c.relname, $1) ORDER BY 1`,
      [prefixOf(name)],
    );
    const declared = personalData?.tables ?? [];
    const undeclared = rows.map(({ table }) => table).filter((table) => !declared.some((each) => each.table === table));
    // A version that comes back beside a newer one, or after it, cannot know of its tables; export and erasure refuse meanwhile.
    const ofNewer = undeclared.length === 0 ? [] : (await newerSchema(pool, readAgentMigrations(agents))).tables;
    const silent = undeclared.filter((table) => !ofNewer.includes(table));
    if (silent.length > 0) {
      throw new TimonelError(
        'config_invalid',
        `The agent "${name}" does not say whose data is in ${silent.join(', ')}. Add each to its personalData.tables, e.g. { table: '${silent[0]}', personal: false, because: '…' }. See docs/migrations.md.`,
      );
    }
    for (const entry of declared) {
      const columns = rows.find(({ table }) => table === entry.table)?.columns;
      if (!entry.personal || columns === undefined) continue;
      const named = [...entry.columns, ...(entry.withheld ?? []), ...(entry.erase === 'delete' ? [] : Object.keys(entry.erase))];
      const absent = named.filter((column) => !columns.includes(column));
      if (absent.length > 0) {
        throw new TimonelError(
          'config_invalid',
          `personalData of the agent "${name}" names columns that ${entry.table} does not have: ${absent.join(', ')}. It has: ${columns.join(', ')}.`,
        );
      }
    }
  }
}
