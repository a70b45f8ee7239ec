/**
 * Who may do what at this moment. Answers are kept for a short time, and forgotten at once when a change is told: tokens carry no roles, so
 * that what was taken away is gone with the next request.
 */
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { DatabasePool } from '../store/database.ts';
import type { Notices } from '../store/notices.ts';
import type { Asker } from '../vocabulary.ts';
import { corePermissions, givingPermissions, type KeyRole, type Permission, type PermissionCatalogue } from './permissions.ts';
import type { Principal } from './principal.ts';
import { workspaceDisabled } from './workspaces.ts';

/** What changed. Whoever keeps an answer that depends on it asks again. */
export type AccessNotice =
  | { kind: 'session'; id: string }
  | { kind: 'user'; id: string }
  | { kind: 'api-key'; id: string }
  /** A role of the workspace was redefined. */
  | { kind: 'roles'; workspaceId: string }
  /** The workspace was disabled, enabled or changed. What its people gave stands: it is as it was when the workspace is enabled again. */
  | { kind: 'workspace'; workspaceId: string }
  /** Releases of the workspace changed. No matter of access, but told by the same messenger, so that one connection listens. */
  | { kind: 'releases'; workspaceId: string }
  /** The same, of feature flags. */
  | { kind: 'flags'; workspaceId: string }
  /** The same, of routes to models. */
  | { kind: 'routes'; workspaceId: string }
  /** The same, of rows that people of the workspace manage. */
  | { kind: 'resources'; workspaceId: string; agent: string }
  /** The same, of a run that was cancelled: the process that works on it stops. */
  | { kind: 'run-cancelled'; id: string }
  /** The same, of connections to channels. */
  | { kind: 'channels'; workspaceId: string }
  /** The same, of webhooks out. */
  | { kind: 'webhooks'; workspaceId: string };

export type AccessNotices = Notices<AccessNotice>;

/** A principal, and when its session or key ends (milliseconds since the epoch). */
interface Answer {
  principal: Principal;
  until: number;
}
/** With the answer for the same asker without a session, or without regard to which secret was used. */
type LoadedAnswer = Answer & { asAsker?: Answer };

/** Whether the workspace lets anybody in; without regard to who asks. */
interface WorkspaceState {
  workspace_disabled: boolean;
}

interface MemberRow extends WorkspaceState {
  session_id: string | null;
  expires_at: Date | null;
  user_id: string;
  name: string;
  workspace_id: string;
  role: string;
  permissions: string[] | null;
  agents: string[] | null;
  connections: string[] | null;
}

export interface KeyRow extends WorkspaceState {
  id: string;
  name: string;
  workspace_id: string;
  role: KeyRole | null;
  scopes: string[] | null;
  valid_until: Date | null;
  unconfirmed: boolean;
  owner_id: string | null;
  /** The role of the owner, and its permissions where it is one of the workspace's own. */
  owner_role: string | null;
  owner_permissions: string[] | null;
  owner_agents: string[] | null;
  owner_connections: string[] | null;
}

/** At once where it is known, else once the database was asked; `undefined` for those who have no access. */
type Renewed = Principal | undefined | Promise<Principal | undefined>;

/** A key found by its secret: `previous` is the one before the last rotation, good for a while. */
export interface FoundKey extends KeyRow {
  previous: boolean;
}

/** By the key of the one workspace: a planner turns EXISTS into a join, which may read all of them. */
const disabledOf = (table: string) =>
  `(SELECT w.disabled_at IS NOT NULL FROM workspaces w WHERE w.workspace_id = ${table}.workspace_id) AS workspace_disabled`;

const memberOf = (columns: string, source: string) => `
  SELECT ${columns}, u.id AS user_id, u.name, m.workspace_id, m.role, m.agents, m.connections, r.permissions, ${disabledOf('m')}
  FROM ${source} JOIN users u ON u.id = m.user_id
    LEFT JOIN roles r ON r.workspace_id = m.workspace_id AND r.name = m.role
  WHERE u.disabled_at IS NULL AND m.disabled_at IS NULL`;

const ofSession = {
  name: 'access-session',
  text: `${memberOf('s.id AS session_id, s.expires_at', 'sessions s JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id')}
    AND s.id = $1 AND s.revoked_at IS NULL`,
};
const ofMember = {
  name: 'access-member',
  text: `${memberOf('NULL::uuid AS session_id, NULL::timestamptz AS expires_at', 'memberships m')} AND m.workspace_id = $1 AND m.user_id = $2`,
};
/** Keys that were not revoked, but for personal ones whose owner lost the workspace. @param more columns, with a comma in front */
export const keysThatStand = (more: string) => `
  SELECT k.id, k.name, k.workspace_id, k.role, k.scopes, k.unconfirmed_since IS NOT NULL AS unconfirmed, k.owner_id,
    m.role AS owner_role, m.agents AS owner_agents, m.connections AS owner_connections, r.permissions AS owner_permissions, ${disabledOf('k')}${more}
  FROM api_keys k
    LEFT JOIN (memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL)
      ON m.workspace_id = k.workspace_id AND m.user_id = k.owner_id AND m.disabled_at IS NULL
    LEFT JOIN roles r ON r.workspace_id = m.workspace_id AND r.name = m.role
  WHERE k.revoked_at IS NULL AND (k.owner_id IS NULL OR m.user_id IS NOT NULL)`;

const ofKey = {
  name: 'access-key',
  text: `${keysThatStand(', k.expires_at AS valid_until')} AND k.workspace_id = $1 AND k.id = $2`,
};

/**
 * Somebody who asked for something, as they are in the eyes of the transaction at hand; `undefined` when they are gone. A disabled
 * workspace does not count: what its people gave is not taken back by it.
 */
export async function principalIn(
  client: pg.ClientBase,
  { workspaceId, kind, id }: Asker & { workspaceId: string },
  now: Date,
  catalogue: PermissionCatalogue,
): Promise<Principal | undefined> {
  const answer =
    kind === 'api-key'
      ? (await client.query<KeyRow>(ofKey.text, [workspaceId, id])).rows.map((row) => keyAnswer(row, catalogue))[0]
      : (await client.query<MemberRow>(ofMember.text, [workspaceId, id])).rows.map((row) => memberAnswer(row, catalogue))[0];
  return answer !== undefined && answer.until > now.getTime() ? answer.principal : undefined;
}

export interface AccessSettings {
  pool: DatabasePool;
  notices: AccessNotices;
  now(): Date;
  /** How long an answer is kept when nothing is told, in milliseconds; 0 keeps none. */
  cacheMs: number;
  /** Timonel's own where absent. */
  permissions?: PermissionCatalogue;
}

export class Access {
  readonly #settings: AccessSettings;
  readonly #known: LRUCache<string, Answer>;
  #changes = 0;

  constructor(settings: AccessSettings) {
    this.#settings = settings;
    // lru-cache takes 0 for "for ever".
    this.#known = new LRUCache({ max: 20_000, ttl: Math.max(1, settings.cacheMs) });
    settings.notices.subscribe((notices) => this.#forget(notices));
  }

  /**
   * The person who signed in to the session; `undefined` once it ended, or they lost the workspace.
   * @throws TimonelError `workspace_disabled`
   */
  ofSession(sessionId: string): Renewed {
    return this.#answer(`session:${sessionId}`, async () => {
      const [row] = await this.#settings.pool.execute<MemberRow>(ofSession, [sessionId]);
      if (row === undefined) return undefined;
      if (row.workspace_disabled) throw workspaceDisabled(row.workspace_id);
      const asAsker = this.#member({ ...row, session_id: null, expires_at: null });
      return { ...this.#member(row), asAsker };
    });
  }

  /** Somebody who asked for something earlier, without regard to the session in which they did. In a disabled workspace nobody does. */
  ofAsker(workspaceId: string, { kind, id }: Asker): Renewed {
    return this.#answer(askerKey({ workspaceId, kind, id }), async () => {
      if (kind === 'api-key') {
        const [row] = await this.#settings.pool.execute<KeyRow>(ofKey, [workspaceId, id]);
        return row === undefined || row.workspace_disabled ? undefined : this.#key(row);
      }
      const [row] = await this.#settings.pool.execute<MemberRow>(ofMember, [workspaceId, id]);
      return row === undefined || row.workspace_disabled ? undefined : this.#member(row);
    });
  }

  /** The key with this digest of its secret, where `load` finds one. @throws TimonelError `workspace_disabled` */
  ofDigest(digest: string, load: () => Promise<FoundKey | undefined>): Renewed {
    return this.#answer(`digest:${digest}`, async () => {
      const row = await load();
      if (row === undefined) return undefined;
      if (row.workspace_disabled) throw workspaceDisabled(row.workspace_id);
      return row.previous ? this.#key(row) : { ...this.#key(row), asAsker: this.#key(row) };
    });
  }

  /** The same principal as they are now; `undefined` when they lost access. */
  renewed({ workspaceId, kind, id, sessionId }: Principal): Renewed {
    return sessionId === undefined ? this.ofAsker(workspaceId, { kind, id }) : this.ofSession(sessionId);
  }

  #member(row: MemberRow): Answer {
    return memberAnswer(row, this.#settings.permissions ?? corePermissions);
  }

  #key(row: KeyRow): Answer {
    return keyAnswer(row, this.#settings.permissions ?? corePermissions);
  }

  #answer(key: string, load: () => Promise<LoadedAnswer | undefined>): Renewed {
    const now = this.#settings.now().getTime();
    const known = this.#known.get(key);
    if (known !== undefined) return known.until > now ? known.principal : undefined;
    return this.#loaded(key, load, now);
  }

  async #loaded(key: string, load: () => Promise<LoadedAnswer | undefined>, now: number): Promise<Principal | undefined> {
    const changes = this.#changes;
    const answer = await load();
    // What was read before a change that was told meanwhile is good for this request, and for no other.
    if (answer !== undefined && changes === this.#changes && this.#settings.cacheMs > 0) {
      const { asAsker, ...own } = answer;
      this.#known.set(key, own);
      // A run that this request starts asks for its asker: no further statement.
      if (asAsker !== undefined) this.#known.set(askerKey(asAsker.principal), asAsker);
    }
    return answer !== undefined && answer.until > now ? answer.principal : undefined;
  }

  #forget(notices: readonly AccessNotice[] | 'anything'): void {
    this.#changes++;
    if (notices === 'anything') {
      this.#known.clear();
      return;
    }
    for (const [key, { principal }] of this.#known.entries()) {
      if (notices.some((notice) => concerns(notice, principal))) this.#known.delete(key);
    }
  }
}

/** Whether what is known of the principal may no longer hold. */
export function concerns(notice: AccessNotice, principal: Principal): boolean {
  if (notice.kind === 'session') return principal.sessionId === notice.id;
  if (notice.kind === 'roles' || notice.kind === 'workspace') return principal.workspaceId === notice.workspaceId;
  if (notice.kind === 'user' && principal.ownerId === notice.id) return true;
  return principal.kind === notice.kind && principal.id === notice.id;
}

function askerKey({ workspaceId, kind, id }: Asker & { workspaceId: string }): string {
  return `${kind}:${workspaceId}:${id}`;
}

/** What a role allows; a role that is not there (any more) allows nothing. */
export function permissionsOf(
  role: string,
  ofCustomRole: readonly string[] | null,
  catalogue: PermissionCatalogue,
): ReadonlySet<Permission> {
  return (Object.hasOwn(catalogue.roles, role) ? catalogue.roles[role] : undefined) ?? known(ofCustomRole, catalogue);
}

function known(names: readonly string[] | null, { texts }: PermissionCatalogue): ReadonlySet<Permission> {
  return new Set((names ?? []).filter((name): name is Permission => texts.has(name as Permission)));
}

function memberAnswer(row: MemberRow, catalogue: PermissionCatalogue): Answer {
  return {
    until: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
    principal: {
      kind: 'user',
      id: row.user_id,
      name: row.name,
      workspaceId: row.workspace_id,
      role: row.role,
      permissions: permissionsOf(row.role, row.permissions, catalogue),
      ...(row.agents === null ? {} : { agents: row.agents }),
      ...(row.connections === null ? {} : { connections: row.connections }),
      ...(row.session_id === null ? {} : { sessionId: row.session_id }),
    },
  };
}

/** What a key may do: what it was given, and no more than its owner, or while nobody answers for it. */
function permissionsOfKey(row: KeyRow, catalogue: PermissionCatalogue): ReadonlySet<Permission> {
  const given = givenTo(row, catalogue);
  if (row.owner_id === null && !row.unconfirmed) return given;
  const owner = row.owner_role === null ? undefined : permissionsOf(row.owner_role, row.owner_permissions, catalogue);
  return new Set(
    [...given].filter(
      (permission) =>
        (row.owner_id === null || owner?.has(permission) === true) && !(row.unconfirmed && givingPermissions.has(permission)),
    ),
  );
}

/** What a key was given when it was made. */
export function givenTo(
  { role, scopes }: { role: KeyRole | null; scopes: readonly string[] | null },
  catalogue: PermissionCatalogue,
): ReadonlySet<Permission> {
  return role === null ? known(scopes, catalogue) : catalogue.keyRoles[role];
}

function keyAnswer(row: KeyRow, catalogue: PermissionCatalogue): Answer {
  return {
    until: row.valid_until?.getTime() ?? Number.POSITIVE_INFINITY,
    principal: {
      kind: 'api-key',
      id: row.id,
      name: row.name,
      workspaceId: row.workspace_id,
      role: row.role,
      permissions: permissionsOfKey(row, catalogue),
      ...(row.owner_agents === null ? {} : { agents: row.owner_agents }),
      ...(row.owner_connections === null ? {} : { connections: row.owner_connections }),
      ...(row.owner_id === null ? {} : { ownerId: row.owner_id }),
    },
  };
}
