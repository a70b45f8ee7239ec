/**
 * Who looks after an alert. In the database, since the process that is asked need not be the one that was told, and since a restart must not
 * forget. By workspace: what people of one write is nobody else's business, though the alert may be everybody's.
 */
import type { DatabasePool } from '../store/database.ts';

export interface Acknowledgement {
  /** "user:…" or "api-key:…". */
  by: string;
  note: string | null;
  at: Date;
}

interface Row {
  fingerprint: string;
  acknowledged_by: string;
  note: string | null;
  acknowledged_at: Date;
}

export class Acknowledgements {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** By fingerprint. One round trip, and none where there is nothing to ask for. */
  async of(workspaceId: string, fingerprints: readonly string[]): Promise<ReadonlyMap<string, Acknowledgement>> {
    if (fingerprints.length === 0) return new Map();
    const rows = await this.#pool.execute<Row>(
      {
        name: 'alert-acknowledgements',
        text: `
          SELECT fingerprint, acknowledged_by, note, acknowledged_at FROM alert_acknowledgements
          WHERE workspace_id = $1 AND fingerprint = ANY($2::text[])`,
      },
      [workspaceId, fingerprints],
    );
    return new Map(rows.map(({ fingerprint, acknowledged_by: by, note, acknowledged_at: at }) => [fingerprint, { by, note, at }]));
  }

  /** Says who looks after it from now on, whoever did before. */
  async put(workspaceId: string, alert: { name: string; fingerprint: string }, { by, note, at }: Acknowledgement): Promise<void> {
    await this.#pool.execute(
      {
        name: 'alert-acknowledge',
        text: `
          INSERT INTO alert_acknowledgements (workspace_id, alert, fingerprint, acknowledged_by, note, acknowledged_at)
          VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (workspace_id, fingerprint) DO UPDATE
          SET alert = excluded.alert, acknowledged_by = excluded.acknowledged_by, note = excluded.note,
            acknowledged_at = excluded.acknowledged_at`,
      },
      [workspaceId, alert.name, alert.fingerprint, by, note, at],
    );
  }
}
