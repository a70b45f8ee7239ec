import { TimonelError } from '../../errors.ts';
import type { DatabasePool } from '../../store/database.ts';
import { KeptCopy, type Teller } from '../../store/kept-copy.ts';
import type { Notices } from '../../store/notices.ts';
import { type Route, type RouteDefinition, storedDefinition } from './route.ts';

/** A stored version of a route; without a definition, the version that removed it, or gave it back to what the process starts with. */
export interface RouteVersion {
  alias: string;
  version: number;
  definition: RouteDefinition | null;
  createdBy: string;
  /** ISO 8601. */
  createdAt: string;
}

interface Row {
  workspace_id: string;
  alias: string;
  version: number;
  /** SQL's null: removed. JSON's null: as the process starts with it. */
  definition: unknown;
  standard?: boolean;
  created_by: string;
  created_at: Date;
}

export interface RouteTableDependencies {
  pool: DatabasePool;
  /** Tells every process of a route that changed. */
  notices: Teller & Pick<Notices<{ kind: 'routes'; workspaceId: string }>, 'change'>;
}

/** The routes of all workspaces: those that the process starts with, and over them those that each workspace stored. */
export class RouteTable {
  readonly #dependencies: RouteTableDependencies;
  readonly #defaults: ReadonlyMap<string, Route>;
  #stored = new Map<string, Route | 'removed'>();
  readonly #copy: KeptCopy;

  constructor(defaults: ReadonlyMap<string, Route>, dependencies: RouteTableDependencies) {
    this.#defaults = defaults;
    this.#dependencies = dependencies;
    const { notices } = dependencies;
    this.#copy = new KeptCopy({ read: () => this.#read(), notices, kind: 'routes' });
  }

  /** Reads what is stored, and reads it again when somebody tells of a change, and now and then. */
  open(): Promise<void> {
    return this.#copy.open();
  }

  close(): void {
    this.#copy.close();
  }

  find(workspaceId: string, alias: string): Route | undefined {
    const stored = this.#stored.get(keyOf(workspaceId, alias));
    if (stored === 'removed') return undefined;
    return stored ?? this.#defaults.get(alias);
  }

  /** The routes that are in force in a workspace, by name. */
  list(workspaceId: string): Route[] {
    const aliases = new Set([...this.#defaults.keys()]);
    const own = keyOf(workspaceId, '');
    for (const key of this.#stored.keys()) if (key.startsWith(own)) aliases.add(key.slice(own.length));
    return [...aliases].sort().flatMap((alias) => this.find(workspaceId, alias) ?? []);
  }

  /**
   * Stores a new version of a route, which is in force at once here and in other processes as soon as they are told.
   * @param definition `null` removes the route; `standard` gives it back to what the environment and the project say.
   * @param expected the version that the change was made from; 0 where none was stored.
   * @throws TimonelError `version_conflict` when somebody else was faster
   */
  async put(
    workspaceId: string,
    alias: string,
    definition: RouteDefinition | null | 'standard',
    { by, expected }: { by: string; expected: number | undefined },
  ): Promise<RouteVersion> {
    const row = await this.#dependencies.notices.change(async (client, tell) => {
      const { rows } = await client.query<Row>(
        `INSERT INTO model_routes (workspace_id, alias, version, definition, created_by)
         SELECT $1, $2, latest.version + 1, $3::jsonb, $4
           FROM (SELECT coalesce(max(version), 0) AS version FROM model_routes WHERE workspace_id = $1 AND alias = $2) latest
          WHERE $5::int IS NULL OR latest.version = $5
         ON CONFLICT DO NOTHING RETURNING *`,
        [
          workspaceId,
          alias,
          definition === null ? null : definition === 'standard' ? 'null' : JSON.stringify(definition),
          by,
          expected ?? null,
        ],
      );
      if (rows[0] !== undefined) tell({ kind: 'routes', workspaceId });
      return rows[0];
    });
    if (row === undefined) {
      const current = (await this.history(workspaceId, alias)).at(0)?.version ?? 0;
      throw new TimonelError(
        'version_conflict',
        `The route "${alias}" is at version ${current} by now. Read it again, and send that version in If-Match.`,
        { details: { version: current } },
      );
    }
    await this.#copy.settled();
    return versionOf(row);
  }

  /** All stored versions of a route, newest first. */
  async history(workspaceId: string, alias: string): Promise<RouteVersion[]> {
    const rows = await this.#dependencies.pool.executeText<Row>(
      'SELECT * FROM model_routes WHERE workspace_id = $1 AND alias = $2 ORDER BY version DESC LIMIT 100',
      [workspaceId, alias],
    );
    return rows.map(versionOf);
  }

  /** Reads the latest version of every stored route. */
  async #read(): Promise<void> {
    const rows = await this.#dependencies.pool.executeText<Row>(
      `SELECT DISTINCT ON (workspace_id, alias) *, jsonb_typeof(definition) = 'null' AS standard
         FROM model_routes ORDER BY workspace_id, alias, version DESC`,
    );
    this.#stored = new Map(
      rows.flatMap((row) => {
        if (row.standard === true) return [];
        const { alias, version, definition } = versionOf(row);
        const route = definition === null ? ('removed' as const) : { ...definition, alias, version, source: 'workspace' as const };
        return [[keyOf(row.workspace_id, alias), route] as const];
      }),
    );
  }
}

function keyOf(workspaceId: string, alias: string): string {
  return `${workspaceId}\n${alias}`;
}

function versionOf(row: Row): RouteVersion {
  return {
    alias: row.alias,
    version: row.version,
    // Written by an older version of this program, perhaps: what was added since gets its default.
    definition: row.definition === null ? null : storedDefinition.parse(row.definition),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}
