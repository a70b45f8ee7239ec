import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';

/** What a key may do: an operator everything in its workspace, a client talk to agents. */
export type Role = 'operator' | 'client';

/** Who asks, and in which workspace. Every route and every query starts from it. */
export interface Principal {
  kind: 'api-key';
  id: string;
  name: string;
  workspaceId: string;
  role: Role;
}

/** How long a key that was revoked in another process may still be accepted here, in milliseconds. */
const cacheMs = 2_000;

/** API keys: shown once, stored as a hash, bound to one workspace. */
export class ApiKeys {
  readonly #pool: DatabasePool;
  readonly #known = new LRUCache<string, Principal>({ max: 10_000, ttl: cacheMs });

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** Makes a key. @returns the secret, which is stored nowhere. */
  async create(key: { id: string; workspaceId: string; name: string; role: Role }): Promise<string> {
    const secret = `tim_${randomBytes(32).toString('base64url')}`;
    await this.#pool.executeText('INSERT INTO api_keys (id, workspace_id, name, role, secret_hash) VALUES ($1, $2, $3, $4, $5)', [
      key.id,
      key.workspaceId,
      key.name,
      key.role,
      hash(secret),
    ]);
    return secret;
  }

  /** @throws TimonelError `unauthenticated` */
  async authenticate(authorization: string | undefined): Promise<Principal> {
    const secret = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    if (secret === undefined) {
      throw new TimonelError(
        'unauthenticated',
        'Send an API key: "Authorization: Bearer <key>". `timonel up` writes one to credentials.json.',
      );
    }
    // The secret has 256 random bits, so a plain hash suffices, and looking it up by hash leaks nothing by time.
    const digest = hash(secret);
    const cacheKey = digest.toString('base64');
    const known = this.#known.get(cacheKey);
    if (known !== undefined) return known;
    const [row] = await this.#pool.execute<{ id: string; name: string; workspace_id: string; role: Role }>(
      { name: 'api-key', text: 'SELECT id, name, workspace_id, role FROM api_keys WHERE secret_hash = $1 AND revoked_at IS NULL' },
      [digest],
    );
    if (row === undefined) throw new TimonelError('unauthenticated', 'The API key is not known here, or it was revoked.');
    const principal: Principal = { kind: 'api-key', id: row.id, name: row.name, workspaceId: row.workspace_id, role: row.role };
    this.#known.set(cacheKey, principal);
    return principal;
  }

  /** Ends a key: at once in this process, within two seconds in others. @throws TimonelError `not_found` */
  async revoke(workspaceId: string, id: string): Promise<void> {
    const rows = await this.#pool.executeText(
      'UPDATE api_keys SET revoked_at = now() WHERE id = $2 AND workspace_id = $1 AND revoked_at IS NULL RETURNING id',
      [workspaceId, id],
    );
    if (rows.length === 0) throw new TimonelError('not_found', `There is no valid API key ${id} in this workspace.`);
    this.#known.clear();
  }
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
