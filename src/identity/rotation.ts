/** A rotation of the installation's secret: what was sealed with the one before and lasts longer than a rotation is sealed anew. */
import { publishFault } from '../diagnostics.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { AgentData, TableOfData } from './privacy/contract.ts';
import { coreTables } from './privacy/core-tables.ts';
import { agentPurpose, channelPurpose, mailPurpose, Sealer, secondFactorPurpose, webhookPurpose } from './sealed.ts';
import type { ServerKeys } from './secrets.ts';

/** What lasts and is sealed, in the tables that {@link TableOfData.sealed} names. */
const lasting = [secondFactorPurpose, channelPurpose, webhookPurpose, agentPurpose];

/** Names come from the source, and from declarations of agents, which are held to this form. */
const identifier = /^[a-z_][a-z0-9_]*$/;

interface SealedColumn {
  table: string;
  column: string;
  /** Of an agent: its texts are sealed for the workspace, too. */
  ofAgent: boolean;
}

export interface RotationDependencies {
  pool: DatabasePool;
  keys: ServerKeys;
  audit: Pick<AuditLog, 'resealHeads' | 'staleHeads'>;
  /** What agents declare of their tables. */
  agents: readonly Pick<AgentData, 'tables'>[];
}

/** Rotations of the secret, as far as the database is concerned. */
export class Rotation {
  readonly #dependencies: RotationDependencies;
  readonly #columns: readonly SealedColumn[];
  readonly #sealers: ReadonlyMap<string, Sealer>;
  #running: Promise<number> | undefined;

  constructor(dependencies: RotationDependencies) {
    this.#dependencies = dependencies;
    this.#columns = [
      ...columnsOf(coreTables, false),
      ...columnsOf(
        dependencies.agents.flatMap(({ tables }) => tables),
        true,
      ),
    ];
    this.#sealers = new Map(lasting.map((purpose) => [purpose, new Sealer(dependencies.keys, purpose)]));
  }

  /**
   * Seals anew, with the current secret, what was sealed with the one before. Once this has run in all processes, the secret before opens nothing that
   * anybody needs but the tokens and mails of the last days. What cannot be opened is told, and stays as it is.
   * @returns how many texts.
   */
  reseal(): Promise<number> {
    this.#running ??= this.#resealAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** How many texts that last, or mails that wait, are not sealed with the current secret. */
  async sealedBefore(): Promise<number> {
    const { pool, keys } = this.#dependencies;
    let count = 0;
    for (const column of await this.#present()) count += (await this.#staleIn(column)).length;
    count += (await this.#dependencies.audit.staleHeads()).length;
    const [mails] = await pool.executeText<{ count: string }>(
      `SELECT count(*) FROM pgboss.job WHERE name = 'mail' AND state IN ('created', 'retry', 'active') AND split_part(data->>'sealed', '.', 1) <> $1`,
      [keys.current(mailPurpose).kid],
    );
    return count + Number(mails?.count ?? 0);
  }

  async #resealAll(): Promise<number> {
    let count = await this.#dependencies.audit.resealHeads();
    for (const column of await this.#present()) {
      for (const row of await this.#staleIn(column)) {
        try {
          if (await this.#resealOne(column, row)) count += 1;
        } catch (error) {
          // Sealed with a secret that is gone: one row's trouble, and no reason not to start.
          publishFault(`sealing ${column.table}.${column.column} of ${row.id} anew`, error);
        }
      }
    }
    return count;
  }

  /** Unless it was changed meanwhile. */
  async #resealOne({ table, column, ofAgent }: SealedColumn, { id, workspace, sealed }: SealedRow): Promise<boolean> {
    const { pool, keys } = this.#dependencies;
    const [kid = ''] = sealed.split('.');
    const purpose = lasting.find((each) => keys.all(each).some((key) => key.kid === kid)) ?? agentPurpose;
    const sealer = this.#sealers.get(purpose) as Sealer;
    const owner = ofAgent ? JSON.stringify([workspace, id]) : id;
    const anew = sealer.seal(sealer.open(sealed, owner), owner);
    const there = workspace === null ? '' : ' AND workspace_id = $4';
    const changed = await pool.executeText(
      `UPDATE ${table} SET ${column} = $3 WHERE id::text = $1 AND ${column} = $2${there} RETURNING 1`,
      [id, sealed, anew, ...(workspace === null ? [] : [workspace])],
    );
    return changed.length > 0;
  }

  async #staleIn({ table, column }: SealedColumn): Promise<SealedRow[]> {
    const { pool, keys } = this.#dependencies;
    const current = lasting.map((purpose) => keys.current(purpose).kid);
    const workspace = table === 'users' ? 'NULL' : 'workspace_id';
    return pool.executeText<SealedRow>(
      `SELECT id::text AS id, ${workspace} AS workspace, ${column} AS sealed FROM ${table}
       WHERE ${column} <> '' AND split_part(${column}, '.', 1) <> ALL($1)`,
      [current],
    );
  }

  /** An agent's tables are there once it was migrated. */
  async #present(): Promise<SealedColumn[]> {
    const rows = await this.#dependencies.pool.executeText<{ table: string }>(
      'SELECT name AS table FROM unnest($1::text[]) name WHERE to_regclass(name) IS NOT NULL',
      [this.#columns.map(({ table }) => table)],
    );
    const there = new Set(rows.map(({ table }) => table));
    return this.#columns.filter(({ table }) => there.has(table));
  }
}

interface SealedRow {
  id: string;
  workspace: string | null;
  sealed: string;
}

function columnsOf(tables: readonly TableOfData[], ofAgent: boolean): SealedColumn[] {
  return tables
    .flatMap(({ table, sealed = [] }) => sealed.map((column) => ({ table, column, ofAgent })))
    .filter(({ table, column }) => identifier.test(table) && identifier.test(column));
}
