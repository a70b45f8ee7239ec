import { hash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { JsonObject } from '../vocabulary.ts';
import { type Access, type AccessNotices, type FoundKey, keysThatStand } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import { giverOf } from './grants.ts';
import type { KeyRole, Permission } from './permissions.ts';
import type { Origin, Principal } from './principal.ts';
import { lockWorkspace } from './workspaces.ts';

/** A key to make. It has a role, whose permissions may grow with a new version, or scopes, which do not. */
export interface NewApiKey {
  id: string;
  workspaceId: string;
  name: string;
  role?: KeyRole | undefined;
  scopes?: readonly Permission[] | undefined;
  /** After which it is refused; never where absent. */
  expiresAt?: Date | undefined;
  /** The person whose it is: it may do no more than they may, and ends with their membership. The workspace's own where absent. */
  ownerId?: string | undefined;
}

/** Who makes or ends a key, and from where; absent for the installation itself (the command line, the first start). */
export interface Doer {
  principal: Principal;
  origin: Origin;
}

/** A key as it is listed: never with its secret. */
export interface ApiKeyView {
  id: string;
  name: string;
  /** First characters of the secret, to recognise it by; null for keys of the first version. */
  prefix: string | null;
  role: KeyRole | null;
  scopes: Permission[] | null;
  createdAt: Date;
  createdBy: string | null;
  /** The person whose personal key it is. */
  ownerId: string | null;
  /** Its maker could not make it any more: an admin confirms or revokes it. Until then it gives nothing away. */
  needsConfirmation: boolean;
  expiresAt: Date | null;
  /** To within a quarter of a minute. */
  lastUsedAt: Date | null;
  /** Until when the secret before the last rotation is accepted too. */
  previousUntil: Date | null;
  revokedAt: Date | null;
}

export interface ApiKeySettings {
  pool: DatabasePool;
  access: Access;
  notices: AccessNotices;
  record: RecordDeed;
}

/** How often it is written when keys were last used, in milliseconds: not with each request. */
const usesWrittenEveryMs = 15_000;

const secretForm = /^tim_[\w-]{43}$/;

const columns = `id, name, prefix, role, scopes, created_at AS "createdAt", created_by AS "createdBy", owner_id AS "ownerId",
  unconfirmed_since IS NOT NULL AS "needsConfirmation", expires_at AS "expiresAt", last_used_at AS "lastUsedAt",
  CASE WHEN previous_until > now() THEN previous_until END AS "previousUntil", revoked_at AS "revokedAt"`;

const findKey = {
  name: 'api-key',
  text: `
    ${keysThatStand(', k.expires_at AS valid_until, false AS previous')} AND k.secret_hash = $1
    UNION ALL
    ${keysThatStand(', LEAST(k.expires_at, k.previous_until), true')} AND k.previous_hash = $1`,
};

/** API keys: for programs. Shown once, stored as a hash, bound to one workspace. */
export class ApiKeys {
  readonly #settings: ApiKeySettings;
  readonly #timer: NodeJS.Timeout;
  #used = new Map<string, number>();

  constructor(settings: ApiKeySettings) {
    this.#settings = settings;
    this.#timer = setInterval(() => void this.writeUses(), usesWrittenEveryMs);
    this.#timer.unref();
  }

  /** Makes a key. @returns the secret, which is stored nowhere. */
  async create(key: NewApiKey, by?: Doer): Promise<string> {
    return this.#settings.notices.change(async (client) => {
      await lockWorkspace(client, key.workspaceId);
      return this.add(client, key, by);
    });
  }

  /** The same in the caller's transaction, under the lock of the workspace. */
  async add(client: pg.ClientBase, key: NewApiKey, by?: Doer): Promise<string> {
    const secret = newSecret();
    const role = key.role ?? (key.scopes === undefined ? 'client' : null);
    await client.query(
      `INSERT INTO api_keys (id, workspace_id, name, role, scopes, prefix, secret_hash, expires_at, created_by, owner_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        key.id,
        key.workspaceId,
        key.name,
        role,
        role === null ? key.scopes : null,
        prefixOf(secret),
        digestOf(secret),
        key.expiresAt ?? null,
        by === undefined ? null : giverOf(by.principal, key.workspaceId),
        key.ownerId ?? null,
      ],
    );
    await this.#record(client, key.workspaceId, key.id, 'key-made', by, {
      role,
      scopes: role === null ? [...(key.scopes ?? [])] : null,
    });
    return secret;
  }

  /** @returns whom the key stands for, at once where it asked a moment ago; `undefined` for one that is unknown, revoked or expired. */
  find(secret: string): Principal | undefined | Promise<Principal | undefined> {
    if (!secretForm.test(secret)) return undefined;
    // The secret has 256 random bits, so a plain hash suffices, and looking it up by hash leaks nothing by time.
    const digest = hash('sha256', secret, 'base64');
    const found = this.#settings.access.ofDigest(digest, async () => {
      const [row] = await this.#settings.pool.execute<FoundKey>(findKey, [Buffer.from(digest, 'base64')]);
      return row;
    });
    return found instanceof Promise ? found.then((principal) => this.#using(principal)) : this.#using(found);
  }

  #using(principal: Principal | undefined): Principal | undefined {
    if (principal !== undefined) this.#used.set(principal.id, Date.now());
    return principal;
  }

  /** The keys of a workspace, the newest first, those that were revoked included. */
  async list(workspaceId: string): Promise<ApiKeyView[]> {
    await this.writeUses();
    return this.#settings.pool.executeText<ApiKeyView>(
      `SELECT ${columns} FROM api_keys WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1000`,
      [workspaceId],
    );
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string, id: string): Promise<ApiKeyView> {
    const [row] = await this.#settings.pool.executeText<ApiKeyView>(
      `SELECT ${columns} FROM api_keys WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    if (row === undefined) throw noSuchKey(id);
    return row;
  }

  /**
   * Gives a key a new secret. The one before stays good for the overlap, so that those who use it can change over one after the other.
   * @param overlapMs milliseconds; 0 ends the old secret at once.
   * @returns the new secret. @throws TimonelError `not_found`
   */
  async rotate(workspaceId: string, id: string, overlapMs: number, by?: Doer): Promise<string> {
    const secret = newSecret();
    await this.#settings.notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      const { rows } = await client.query(
        `UPDATE api_keys SET previous_hash = secret_hash, previous_until = now() + $4 * interval '1 millisecond', secret_hash = $3, prefix = $5
         WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) RETURNING id`,
        [workspaceId, id, digestOf(secret), overlapMs, prefixOf(secret)],
      );
      if (rows.length === 0) throw noSuchKey(id);
      tell({ kind: 'api-key', id });
      await this.#record(client, workspaceId, id, 'key-rotated', by, { overlapMs });
    });
    return secret;
  }

  /** Ends a key at once, in every process. @throws TimonelError `not_found` */
  async revoke(workspaceId: string, id: string, by?: Doer): Promise<void> {
    await this.#settings.notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      const { rows } = await client.query(
        'UPDATE api_keys SET revoked_at = now() WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id',
        [workspaceId, id],
      );
      if (rows.length === 0) throw noSuchKey(id);
      tell({ kind: 'api-key', id });
      await this.#record(client, workspaceId, id, 'key-revoked', by, {});
    });
  }

  /**
   * Answers for a key whose maker is gone: from now on it counts as made by who confirms it, and outlives their key no more than theirs.
   * @param until when the confirming key ends, where it is a key and does. @throws TimonelError `not_found`
   */
  async confirm(workspaceId: string, id: string, until: Date | null, by: Doer): Promise<ApiKeyView> {
    await this.#settings.notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      const { rows } = await client.query(
        `UPDATE api_keys SET unconfirmed_since = NULL, created_by = $3, expires_at = LEAST(expires_at, $4)
         WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL AND unconfirmed_since IS NOT NULL RETURNING id`,
        [workspaceId, id, `${by.principal.kind}:${by.principal.id}`, until],
      );
      if (rows.length === 0) return;
      tell({ kind: 'api-key', id });
      await this.#record(client, workspaceId, id, 'key-confirmed', by, {});
    });
    return this.get(workspaceId, id);
  }

  /** Writes when keys were last used since it was last written, in one statement. */
  async writeUses(): Promise<void> {
    if (this.#used.size === 0) return;
    const used = this.#used;
    this.#used = new Map();
    try {
      await this.#settings.pool.execute(
        {
          name: 'api-key-uses',
          text: `UPDATE api_keys k SET last_used_at = GREATEST(k.last_used_at, u.at)
            FROM (SELECT unnest($1::uuid[]) AS id, to_timestamp(unnest($2::float8[])) AS at) u WHERE k.id = u.id`,
        },
        [[...used.keys()], [...used.values()].map((at) => at / 1000)],
      );
    } catch (error) {
      publishFault('writing when API keys were used', error);
    }
  }

  async #record(client: pg.ClientBase, workspaceId: string, id: string, action: string, by: Doer | undefined, details: JsonObject) {
    const target = { kind: 'api-key', id };
    await this.#settings.record(
      { workspaceId, actor: by?.principal ?? 'system', action, target, origin: by?.origin, details },
      client,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.writeUses();
  }
}

function newSecret(): string {
  return `tim_${randomBytes(32).toString('base64url')}`;
}

function prefixOf(secret: string): string {
  return secret.slice(0, 10);
}

function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

function noSuchKey(id: string): TimonelError {
  return new TimonelError('not_found', `There is no valid API key ${id} in this workspace. GET /api/v1/api-keys lists them.`);
}
