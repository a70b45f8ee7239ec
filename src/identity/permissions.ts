import { TimonelError } from '../errors.ts';

/**
 * What can be allowed, and the roles that ship with Timonel. `docs/identity.md` is compared with it by a test.
 *
 * A permission is `resource:action`. A route, a tool or a rule asks for a permission, never for a role: roles are names for sets of them.
 */
export const permissionTable = {
  'agents:read': 'See which agents there are, with their tools and rules',
  'conversations:read': 'See the conversations that one began, and their runs',
  'conversations:write': 'Begin conversations, say something in them, close them',
  'conversations:read-all': 'See the conversations that others began, and their runs',
  'conversations:write-all': 'Say something in, and close, conversations that others began',
  'conversations:reply': 'Take conversations over from agents, answer in them, write notes, and hand them back',
  'conversations:assign': 'Give conversations to others, also those that somebody has, and set when they are due',
  'runs:decide': 'Approve or refuse calls that wait for a person',
  'knowledge:read': 'See collections of documents, and search them',
  'knowledge:manage': 'Change collections and their documents: what agents quote',
  'models:use': 'Send requests to models through the gateway',
  'models:manage': 'Change models, routes and their limits',
  'budgets:read': 'See budgets and what was spent',
  'budgets:manage': 'Set budgets',
  'releases:read': 'See releases of agents and how their versions compare, and feature flags',
  'releases:manage': 'Start, promote and roll back releases, and change feature flags',
  'evaluations:read': 'See quality cases of agents, and how evaluations went',
  'evaluations:manage': 'Change quality cases, and run evaluations',
  'flags:evaluate': 'Ask what feature flags are worth to somebody',
  'keys:read': 'See API keys, without their secrets',
  'keys:manage': 'Make, rotate and revoke API keys',
  'users:read': 'See the members of the workspace and their roles',
  'users:manage': 'Invite members, change their roles, disable and remove them',
  'roles:manage': 'Define roles of the workspace',
  'channels:read': 'See the connections to channels, without their secrets',
  'channels:manage': 'Connect channels, change and disable connections, and send again what was not delivered',
  'webhooks:manage': 'Say who is told of what happens, see what they were told, and send it again',
  'audit:read': 'Read and export the audit log',
  'privacy:manage': "Export and erase a person's data",
  'operations:read': 'See the state of processes, queues and backups',
  'operations:manage': 'Take backups and verify them, and start drills',
  'workspace:manage': 'Change settings of the workspace; in the workspace `default`: make, change and disable workspaces',
} as const;

/** A permission of Timonel itself. */
export type CorePermission = keyof typeof permissionTable;

/** A permission of Timonel, or one that an agent declares: `<agent>:<thing>`, e.g. `booking:manage`. */
export type Permission = CorePermission | `${string}:${string}`;

export const permissions = Object.keys(permissionTable) as readonly CorePermission[];

const own: readonly Permission[] = ['agents:read', 'conversations:read', 'conversations:write', 'models:use'];
const everybodys: readonly Permission[] = ['conversations:read-all', 'conversations:write-all'];
const handoff: readonly Permission[] = ['conversations:reply', 'conversations:assign'];
const operator: readonly Permission[] = [
  ...own,
  ...everybodys,
  ...handoff,
  'runs:decide',
  'knowledge:read',
  'knowledge:manage',
  'models:manage',
  'budgets:read',
  'budgets:manage',
  'releases:read',
  'releases:manage',
  'evaluations:read',
  'evaluations:manage',
  'flags:evaluate',
  'keys:read',
  'users:read',
  'channels:read',
  'channels:manage',
  'webhooks:manage',
  'audit:read',
  'operations:read',
  'operations:manage',
];

/** The roles that every workspace has. A workspace's own roles are rows of the table `roles`. */
export const builtInRoles: Readonly<Record<string, ReadonlySet<Permission>>> = {
  admin: new Set(permissions),
  operator: new Set(operator),
  owner: new Set([
    ...own,
    ...everybodys,
    ...handoff,
    'runs:decide',
    'knowledge:read',
    'knowledge:manage',
    'channels:read',
    'channels:manage',
    'webhooks:manage',
    'budgets:read',
    'releases:read',
    'evaluations:read',
    'keys:read',
    'users:read',
    'users:manage',
    'audit:read',
    'privacy:manage',
  ]),
  receptionist: new Set([
    'agents:read',
    'conversations:read',
    'conversations:write',
    'conversations:read-all',
    'conversations:reply',
    'users:read',
  ]),
  member: new Set(own),
  instructor: new Set([...own, 'users:read', 'budgets:read', 'knowledge:read', 'knowledge:manage']),
  student: new Set(['agents:read', 'conversations:read', 'conversations:write']),
};

/** What an API key may do that was given a name for it instead of scopes. */
export const keyRoles = {
  admin: new Set(permissions),
  operator: new Set<Permission>([...operator, 'keys:manage']),
  // For a web page, where visitors may read the key: its own conversations, and nobody else's.
  client: new Set<Permission>(['agents:read', 'conversations:read', 'conversations:write']),
} as const satisfies Record<string, ReadonlySet<Permission>>;

export type KeyRole = keyof typeof keyRoles;

/** What allows something to others, or takes it from them: not for a key whose maker is gone, until an admin answers for it. */
export const givingPermissions: ReadonlySet<Permission> = new Set<Permission>([
  'keys:manage',
  'users:manage',
  'roles:manage',
  'runs:decide',
]);

export function isPermission(text: string): text is CorePermission {
  return Object.hasOwn(permissionTable, text);
}

/** A permission that an agent declares. */
export interface AgentPermission {
  /** What it allows, in one sentence of English. */
  description: string;
  /** The roles that ship with Timonel which have it, beside `admin`, who has all. An API key with the role `operator` has what operators have. */
  roles?: readonly ('operator' | 'owner' | 'receptionist' | 'member' | 'instructor' | 'student')[];
}

/** All that can be allowed in a process, and what the shipped roles have of it: Timonel's own, and what its agents declare. */
export interface PermissionCatalogue {
  /** What each allows. */
  readonly texts: ReadonlyMap<Permission, string>;
  readonly roles: Readonly<Record<string, ReadonlySet<Permission>>>;
  readonly keyRoles: Readonly<Record<KeyRole, ReadonlySet<Permission>>>;
}

export const corePermissions: PermissionCatalogue = {
  texts: new Map(permissions.map((permission) => [permission, permissionTable[permission]])),
  roles: builtInRoles,
  keyRoles,
};

/**
 * Timonel's permissions and those that agents declare.
 * @throws TimonelError `config_invalid`
 */
export function permissionsWith(
  agents: Iterable<{ name: string; permissions?: Readonly<Record<string, AgentPermission>> }>,
): PermissionCatalogue {
  const texts = new Map(corePermissions.texts);
  const roles = copyOf(builtInRoles);
  const ofKeys = copyOf(keyRoles) as Record<KeyRole, Set<Permission>>;
  for (const { name: agent, permissions: declared = {} } of agents) {
    for (const [name, { description, roles: holders = [] }] of Object.entries(declared)) {
      const permission = name as Permission;
      if (!new RegExp(`^${agent}:[a-z][a-z0-9-]*$`).test(name) || isPermission(name)) {
        throw new TimonelError(
          'config_invalid',
          `The agent "${agent}" declares the permission "${name}". Name it "${agent}:" and a word in small letters that Timonel has not taken, e.g. "${agent}:manage".`,
        );
      }
      texts.set(permission, description);
      for (const role of ['admin', ...holders]) roles[role]?.add(permission);
      ofKeys.admin.add(permission);
      if (holders.includes('operator')) ofKeys.operator.add(permission);
    }
  }
  return { texts, roles, keyRoles: ofKeys };
}

function copyOf(sets: Readonly<Record<string, ReadonlySet<Permission>>>): Record<string, Set<Permission>> {
  return Object.fromEntries(Object.entries(sets).map(([name, held]) => [name, new Set(held)]));
}

/** @throws TimonelError `invalid_request` where one is unknown */
export function requireKnown(catalogue: PermissionCatalogue, wanted: Iterable<Permission>): void {
  const unknown = [...wanted].filter((permission) => !catalogue.texts.has(permission));
  if (unknown.length === 0) return;
  throw new TimonelError(
    'invalid_request',
    `There is no permission ${unknown.map((name) => `"${name}"`).join(', ')}. There are: ${[...catalogue.texts.keys()].join(', ')}.`,
  );
}

/** Permissions of the list that are in `wanted` and not in `held`: what somebody would give away without having it. */
export function missingFrom(held: ReadonlySet<Permission>, wanted: Iterable<Permission>): Permission[] {
  return [...wanted].filter((permission) => !held.has(permission));
}
