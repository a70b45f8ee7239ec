/** Texts that people of a workspace answer customers with again and again. */
import { TimonelError } from '../errors.ts';
import type { RecordDeed } from '../identity/deeds.ts';
import type { DatabasePool } from '../store/database.ts';
import type { HandoffActor } from './refusals.ts';
import { idOf } from './refusals.ts';

export interface CannedText {
  /** What it is found by, e.g. `address`. */
  name: string;
  /** `{name}` in it stands for the customer's name; who inserts it replaces it. */
  text: string;
}

/** More are not looked through by anybody. */
const mostTexts = 500;

export class CannedTexts {
  readonly #pool: DatabasePool;
  readonly #record: RecordDeed;

  constructor(dependencies: { pool: DatabasePool; record: RecordDeed }) {
    this.#pool = dependencies.pool;
    this.#record = dependencies.record;
  }

  /** All of the workspace, by name. */
  async list(workspaceId: string): Promise<CannedText[]> {
    return this.#pool.executeText<CannedText>('SELECT name, text FROM canned_texts WHERE workspace_id = $1 ORDER BY name', [
      workspaceId,
    ]);
  }

  /** Adds one, or changes the one of that name. @throws TimonelError `limit_reached` */
  async put({ principal, origin }: HandoffActor, { name, text }: CannedText): Promise<CannedText> {
    const { workspaceId } = principal;
    const stored = await this.#pool.inTransaction(async (client) => {
      const { rows } = await client.query<CannedText>(
        `INSERT INTO canned_texts (workspace_id, name, text, changed_by)
         SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT FROM canned_texts WHERE workspace_id = $1 AND name = $2)
           OR (SELECT count(*) FROM canned_texts WHERE workspace_id = $1) < ${mostTexts}
         ON CONFLICT (workspace_id, name) DO UPDATE SET text = excluded.text, changed_by = excluded.changed_by, changed_at = now()
         RETURNING name, text`,
        [workspaceId, name, text, idOf(principal)],
      );
      if (rows[0] !== undefined) await this.#tell({ principal, origin }, 'canned-text-changed', name, client);
      return rows[0];
    });
    if (stored !== undefined) return stored;
    throw new TimonelError('limit_reached', `A workspace has ${mostTexts} canned texts at most. Remove one that nobody uses.`);
  }

  /** @throws TimonelError `not_found` */
  async remove({ principal, origin }: HandoffActor, name: string): Promise<void> {
    const { workspaceId } = principal;
    await this.#pool.inTransaction(async (client) => {
      const { rowCount } = await client.query('DELETE FROM canned_texts WHERE workspace_id = $1 AND name = $2', [
        workspaceId,
        name,
      ]);
      if (rowCount === 0)
        throw new TimonelError('not_found', `There is no canned text "${name}". GET /api/v1/canned-texts lists them.`);
      await this.#tell({ principal, origin }, 'canned-text-removed', name, client);
    });
  }

  #tell(
    { principal, origin }: Pick<HandoffActor, 'principal' | 'origin'>,
    action: string,
    name: string,
    client: Parameters<RecordDeed>[1],
  ): Promise<unknown> {
    const { workspaceId, kind, id, name: who } = principal;
    return this.#record(
      { workspaceId, actor: { kind, id, name: who }, action, target: { kind: 'canned-text', id: name }, origin, details: {} },
      client,
    );
  }
}
