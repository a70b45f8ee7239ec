import { TimonelError } from '../errors.ts';
import type { AccessLimits, Asker } from '../vocabulary.ts';
import { missingFrom, type Permission } from './permissions.ts';

/**
 * Who asks, in which workspace, and what they may do there now. Every route and every query starts from it; rules and tools of agents see
 * the one on whose behalf a run works.
 */
export interface Principal extends Asker {
  readonly workspaceId: string;
  readonly name: string;
  /** Name of the role that the permissions come from; null for an API key with scopes of its own. */
  readonly role: string | null;
  readonly permissions: ReadonlySet<Permission>;
  /** The agents whose conversations they see and write in; absent: all of the workspace. */
  readonly agents?: readonly string[];
  /** The same, of connections to channels. */
  readonly connections?: readonly string[];
  /** The session that a person signed in to; absent for API keys, and in runs, which outlive sessions. */
  readonly sessionId?: string;
  /** The person whose personal key it is. */
  readonly ownerId?: string;
}

/** Where a request came from, for the audit log and the list of sessions. */
export interface Origin {
  /** Address of the client, behind the trusted proxies. */
  address: string;
  userAgent: string | undefined;
  requestId: string;
}

/** Whether a conversation is within what somebody is limited to. */
export function covers(
  { agents, connections }: AccessLimits,
  conversation: { agent: string | undefined; connectionId: string | null | undefined },
): boolean {
  const { agent, connectionId } = conversation;
  if (agents !== undefined && (agent === undefined || !agents.includes(agent))) return false;
  return connections === undefined || (typeof connectionId === 'string' && connections.includes(connectionId));
}

/** @throws TimonelError `forbidden` */
export function requirePermission(principal: Principal, permission: Permission): void {
  if (principal.permissions.has(permission)) return;
  throw new TimonelError(
    'forbidden',
    `This needs the permission "${permission}", which ${principal.name}${principal.role === null ? '' : ` (${principal.role})`} does not have.`,
    { details: { permission } },
  );
}

/** Nobody gives away what they do not have. @throws TimonelError `forbidden` */
export function requireHeld(principal: Principal, wanted: Iterable<Permission>, what: string): void {
  const missing = missingFrom(principal.permissions, wanted);
  if (missing.length === 0) return;
  throw new TimonelError(
    'forbidden',
    `${what} takes permissions that you do not have yourself: ${missing.join(', ')}. Ask somebody who has them.`,
    { details: { missing } },
  );
}
