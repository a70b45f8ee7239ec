import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { DatabasePool } from '../../store/database.ts';
import type { JsonObject } from '../../vocabulary.ts';
import type { ServerKeys } from '../secrets.ts';
import { type AuditEntry, type AuditFacts, auditable, entryHashOf, noHash, personalDigestOf } from './entry.ts';
import { type AuditFilter, type AuditRow, auditEntryOf, pageStatement } from './statements.ts';

/** Something that was done, to be written down. */
export interface AuditEvent {
  /** The workspace that it belongs to; {@link installation} for what belongs to none (a sign-in that failed, say). */
  workspaceId: string;
  /** `system` acts on its own (a schedule, the command line); `anonymous` is whoever tried. */
  actor: { kind: 'user' | 'api-key'; id: string; name?: string | undefined } | 'system' | 'anonymous';
  /** Noun and verb in kebab-case, e.g. `session-started`. */
  action: string;
  target?: { kind: string; id: string } | undefined;
  /** Where it came from. */
  origin?: { address?: string | undefined; userAgent?: string | undefined; requestId?: string | undefined } | undefined;
  /** Nothing secret, and nothing that tells of a person: it stays for ever. */
  details?: JsonObject | undefined;
  /** What tells of a person, e.g. an e-mail address that was tried. Can be erased later. */
  personal?: JsonObject | undefined;
}

/** Author of a change: a person, a key, or Timonel on its own. */
export type ChangeAuthor = Pick<AuditEvent, 'actor' | 'origin'>;

export const systemAuthor: ChangeAuthor = { actor: 'system' };

/** Chain of what belongs to no workspace. No workspace can have this name. */
export const installation = '*';

const sealPurpose = 'audit-head';

/**
 * The audit log: append-only, one chain of hashes a workspace, whose last link is sealed with a key that the database does not have.
 * Appending takes a lock on the workspace's head until the transaction ends, so that numbers have neither gaps nor twins.
 */
export class AuditLog {
  readonly #pool: DatabasePool;
  readonly #keys: ServerKeys;
  readonly #now: () => Date;

  constructor(dependencies: { pool: DatabasePool; keys: ServerKeys; now(): Date }) {
    this.#pool = dependencies.pool;
    this.#keys = dependencies.keys;
    this.#now = dependencies.now;
  }

  /**
   * Writes an entry.
   * @param client connection of a transaction of the runtime (`inTransaction`), which the entry is then part of; a transaction of its own
   *   where absent.
   * @returns the entry's number.
   */
  async append(event: AuditEvent, client?: pg.ClientBase): Promise<number> {
    if (client === undefined) return this.#pool.inTransaction((own) => this.append(event, own));
    const { workspaceId } = event;
    // Two statements: the second one has to see what a transaction before us left, once the lock is ours.
    await this.lock(workspaceId, client);
    const { rows } = await client.query<{ sequence: string; hash: string }>(
      `SELECT sequence, encode(hash, 'hex') AS hash FROM audit_heads WHERE workspace_id = $1`,
      [workspaceId],
    );
    const [head] = rows;
    const { facts, personal, salt } = this.#describe(event, Number(head?.sequence ?? 0) + 1);
    const previousHash = head?.hash ?? noHash;
    const hash = entryHashOf(previousHash, facts);
    const { kid, seal } = this.#seal(workspaceId, facts.sequence, hash);
    const personalRow =
      personal === null ? '' : `, personal AS (INSERT INTO audit_personal VALUES ($1, $2, decode($17, 'hex'), $18))`;
    await client.query(
      `WITH entry AS (
         INSERT INTO audit_log (workspace_id, sequence, at, actor_kind, actor_id, action, target_kind, target_id, request_id, details,
                                personal_digest, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, decode($11, 'hex'), decode($12, 'hex'), decode($13, 'hex'))
       )${personalRow}
       INSERT INTO audit_heads (workspace_id, sequence, hash, seal_kid, seal) VALUES ($1, $2, decode($14, 'hex'), $15, $16)
       ON CONFLICT (workspace_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, seal_kid = excluded.seal_kid,
         seal = excluded.seal`,
      [
        workspaceId,
        facts.sequence,
        facts.at,
        facts.actor.kind,
        facts.actor.id,
        facts.action,
        facts.target?.kind ?? null,
        facts.target?.id ?? null,
        facts.requestId,
        JSON.stringify(facts.details),
        facts.personalDigest,
        previousHash,
        hash,
        hash,
        kid,
        seal,
        ...(personal === null ? [] : [salt, JSON.stringify(personal)]),
      ],
    );
    return facts.sequence;
  }

  /** Keeps others from appending to the workspace's chain until the transaction ends. */
  async lock(workspaceId: string, client: pg.ClientBase): Promise<void> {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7316420003))', [`audit:${workspaceId}`]);
  }

  /** Entries, the newest first. @param before an entry's number: only older ones. */
  async page(workspaceId: string, filter: AuditFilter, limit: number, before?: number): Promise<AuditEntry[]> {
    const { text, values } = pageStatement(workspaceId, filter, { limit, before, newestFirst: true });
    return (await this.#pool.executeText<AuditRow>(text, values)).map(auditEntryOf);
  }

  /** All entries, the oldest first, read as they are asked for. */
  async *entries(workspaceId: string, filter: AuditFilter = {}): AsyncGenerator<AuditEntry> {
    for (let after = 0; ; ) {
      const { text, values } = pageStatement(workspaceId, filter, { limit: 1_000, after, newestFirst: false });
      const rows = await this.#pool.executeText<AuditRow>(text, values);
      if (rows.length === 0) return;
      for (const row of rows) yield auditEntryOf(row);
      after = Number(rows.at(-1)?.sequence);
    }
  }

  /** Workspaces that have a chain, the installation's among them. */
  async workspaces(): Promise<string[]> {
    const rows = await this.#pool.executeText<{ id: string }>(
      'SELECT workspace_id AS id FROM audit_heads UNION SELECT DISTINCT workspace_id FROM audit_log ORDER BY 1',
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Seals the heads anew that were sealed with the secret before: once that is no longer set, nobody could check them. A seal that does not
   * fit stays what it is, for `verify` to find.
   */
  async resealHeads(): Promise<number> {
    let count = 0;
    for (const id of await this.staleHeads()) {
      await this.#pool.inTransaction(async (client) => {
        await this.lock(id, client);
        const { rows } = await client.query<Head>(headStatement, [id]);
        const [head] = rows;
        if (head === undefined || !this.sealFits(id, head)) return;
        const { kid, seal } = this.#seal(id, Number(head.sequence), head.hash);
        await client.query('UPDATE audit_heads SET seal_kid = $2, seal = $3 WHERE workspace_id = $1', [id, kid, seal]);
        count++;
      });
    }
    return count;
  }

  /** Workspaces whose heads are not sealed with the current secret. */
  async staleHeads(): Promise<string[]> {
    const rows = await this.#pool.executeText<{ id: string }>('SELECT workspace_id AS id FROM audit_heads WHERE seal_kid <> $1', [
      this.#keys.current(sealPurpose).kid,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Whether the head was written by somebody who has this installation's secret. */
  sealFits(workspaceId: string, head: Head): boolean {
    return this.#keys.all(sealPurpose).some(({ kid, key }) => {
      const expected = sealWith(key, workspaceId, Number(head.sequence), head.hash);
      return kid === head.kid && expected.length === head.seal.length && timingSafeEqual(expected, head.seal);
    });
  }

  #seal(workspaceId: string, sequence: number, hash: string): { kid: string; seal: Buffer } {
    const { kid, key } = this.#keys.current(sealPurpose);
    return { kid, seal: sealWith(key, workspaceId, sequence, hash) };
  }

  #describe(event: AuditEvent, sequence: number): { facts: AuditFacts; personal: JsonObject | null; salt: string } {
    const { origin } = event;
    const actor = typeof event.actor === 'string' ? { kind: event.actor, id: null, name: undefined } : event.actor;
    const told = { name: actor.name, address: origin?.address, userAgent: origin?.userAgent?.slice(0, 512), ...event.personal };
    const personal = auditable(told) as JsonObject;
    const some = Object.keys(personal).length > 0;
    const salt = randomBytes(16).toString('hex');
    const facts = auditable({
      workspaceId: event.workspaceId,
      sequence,
      at: this.#now().toISOString(),
      actor: { kind: actor.kind, id: actor.id },
      action: event.action,
      target: event.target ?? null,
      requestId: origin?.requestId ?? null,
      details: event.details ?? {},
      personalDigest: some ? personalDigestOf(salt, personal) : null,
    }) as JsonObject & AuditFacts;
    return { facts, personal: some ? personal : null, salt };
  }
}

/** The end of a chain as the database has it. */
export interface Head {
  sequence: string;
  hash: string;
  kid: string;
  seal: Buffer;
}

export const headStatement = `SELECT sequence, encode(hash, 'hex') AS hash, seal_kid AS kid, seal FROM audit_heads WHERE workspace_id = $1`;

function sealWith(key: Uint8Array, workspaceId: string, sequence: number, hash: string): Buffer {
  return createHmac('sha256', key).update(`${workspaceId}\n${sequence}\n${hash}`).digest();
}
