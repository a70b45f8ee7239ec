import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { type AccessNotices, permissionsOf } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import { builtInRoles, corePermissions, type Permission, type PermissionCatalogue, requireKnown } from './permissions.ts';
import { type Origin, type Principal, requireHeld } from './principal.ts';
import { lockWorkspace } from './workspaces.ts';

export interface Role {
  name: string;
  description: string;
  permissions: Permission[];
  /** Ships with Timonel; cannot be changed. */
  builtIn: boolean;
}

export interface RoleSettings {
  pool: DatabasePool;
  notices: AccessNotices;
  record: RecordDeed;
  /** Timonel's own where absent. */
  catalogue?: PermissionCatalogue;
}

interface RoleRow {
  name: string;
  description: string;
  permissions: string[];
}

const descriptions: Readonly<Record<string, string>> = {
  admin: 'Everything in the workspace',
  operator: 'Runs the agents: approvals, models, budgets, releases',
  owner: 'Runs a shop: its rows, its people, its conversations',
  receptionist: 'Answers customers: takes conversations over, sees the calendar',
  member: 'Talks to agents, and uses models',
  instructor: 'Teaches: sees the conversations of everybody',
  student: 'Learns: talks to agents, sees own conversations only',
};

/** The roles of a workspace: those that ship with Timonel, and its own. */
export class Roles {
  readonly #settings: RoleSettings;

  constructor(settings: RoleSettings) {
    this.#settings = settings;
  }

  /** What a role allows, with what the database has of it where it is the workspace's own. */
  of(role: string, ofCustomRole: readonly string[] | null): ReadonlySet<Permission> {
    return permissionsOf(role, ofCustomRole, this.#settings.catalogue ?? corePermissions);
  }

  async list(workspaceId: string): Promise<Role[]> {
    const rows = await this.#settings.pool.executeText<RoleRow>(
      'SELECT name, description, permissions FROM roles WHERE workspace_id = $1 ORDER BY name',
      [workspaceId],
    );
    const shipped = Object.entries((this.#settings.catalogue ?? corePermissions).roles).map(([name, held]) => ({
      name,
      description: descriptions[name] ?? '',
      permissions: [...held],
      builtIn: true,
    }));
    const own = rows.map(({ name, description, permissions }) => ({
      name,
      description,
      permissions: [...this.of(name, permissions)],
      builtIn: false,
    }));
    return [...shipped, ...own];
  }

  /** What a role of the workspace allows. @throws TimonelError `not_found` */
  async permissions(workspaceId: string, name: string): Promise<ReadonlySet<Permission>> {
    if (Object.hasOwn(builtInRoles, name)) return this.of(name, null);
    const [row] = await this.#settings.pool.executeText<RoleRow>(
      'SELECT name, description, permissions FROM roles WHERE workspace_id = $1 AND name = $2',
      [workspaceId, name],
    );
    if (row === undefined)
      throw noSuchRole(
        name,
        (await this.list(workspaceId)).map((role) => role.name),
      );
    return this.of(name, row.permissions);
  }

  /** Defines a role, anew where it is there. It takes effect at once for all who have it. @throws TimonelError `role_built_in`, `forbidden` */
  async define(
    principal: Principal,
    role: { name: string; description: string; permissions: readonly Permission[] },
    origin: Origin,
  ): Promise<Role> {
    const { notices, record } = this.#settings;
    const { workspaceId } = principal;
    if (Object.hasOwn(builtInRoles, role.name)) throw builtIn(role.name);
    requireKnown(this.#settings.catalogue ?? corePermissions, role.permissions);
    requireHeld(principal, role.permissions, 'This role');
    await notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      const before = await client.query<RoleRow>('SELECT permissions FROM roles WHERE workspace_id = $1 AND name = $2 FOR UPDATE', [
        workspaceId,
        role.name,
      ]);
      // Neither does anybody take away what they do not have.
      requireHeld(principal, this.of(role.name, before.rows[0]?.permissions ?? []), 'This role, as it is now,');
      await client.query(
        `INSERT INTO roles (workspace_id, name, description, permissions) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, name) DO UPDATE SET description = excluded.description, permissions = excluded.permissions`,
        [workspaceId, role.name, role.description, role.permissions],
      );
      tell({ kind: 'roles', workspaceId });
      await record(
        {
          workspaceId,
          actor: principal,
          action: 'role-defined',
          target: { kind: 'role', id: role.name },
          origin,
          details: { permissions: [...role.permissions] },
        },
        client,
      );
    });
    return { ...role, permissions: [...role.permissions], builtIn: false };
  }

  /** @throws TimonelError `role_built_in`, `role_in_use`, `not_found`, `forbidden` */
  async remove(principal: Principal, name: string, origin: Origin): Promise<void> {
    const { notices, record } = this.#settings;
    const { workspaceId } = principal;
    if (Object.hasOwn(builtInRoles, name)) throw builtIn(name);
    requireHeld(principal, await this.permissions(workspaceId, name), 'This role');
    await notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      const { rows } = await client.query(
        `SELECT FROM memberships WHERE workspace_id = $1 AND role = $2
         UNION ALL SELECT FROM invitations WHERE workspace_id = $1 AND role = $2 AND accepted_at IS NULL LIMIT 1`,
        [workspaceId, name],
      );
      if (rows.length > 0) {
        throw new TimonelError('role_in_use', `Members or invitations have the role "${name}". Give them another one first.`);
      }
      const { rowCount } = await client.query('DELETE FROM roles WHERE workspace_id = $1 AND name = $2', [workspaceId, name]);
      if (rowCount === 0) throw noSuchRole(name, []);
      tell({ kind: 'roles', workspaceId });
      await record({ workspaceId, actor: principal, action: 'role-removed', target: { kind: 'role', id: name }, origin }, client);
    });
  }
}

function builtIn(name: string): TimonelError {
  return new TimonelError(
    'role_built_in',
    `The role "${name}" ships with Timonel and stays as it is. Define one of your own by another name.`,
  );
}

function noSuchRole(name: string, known: readonly string[]): TimonelError {
  const list = known.length === 0 ? '' : ` There are: ${known.join(', ')}.`;
  return new TimonelError('not_found', `There is no role "${name}" in this workspace.${list}`);
}
