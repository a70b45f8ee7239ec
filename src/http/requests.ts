/** Who a request comes from, and from where, as the parts below HTTP want to know it. */
import type { FastifyRequest } from 'fastify';
import { TimonelError } from '../errors.ts';
import type { ChangeAuthor } from '../identity/audit/audit-log.ts';
import type { Identity } from '../identity/identity.ts';
import type { CorePermission } from '../identity/permissions.ts';
import type { Origin, Principal } from '../identity/principal.ts';
import type { AccessLimits, JsonObject, Reach } from '../vocabulary.ts';
import { requestPrincipalOf } from './guard.ts';

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, userAgent: request.headers['user-agent'], requestId: request.id };
}

/** The person who asks. @throws TimonelError `forbidden` for an API key */
export function personOf(request: FastifyRequest): Principal & { kind: 'user'; sessionId: string } {
  const principal = requestPrincipalOf(request);
  const { kind, sessionId } = principal;
  if (kind !== 'user' || sessionId === undefined) {
    throw new TimonelError(
      'forbidden',
      'This is for people who signed in, and an API key was sent. Sign in with POST /api/v1/auth/login.',
    );
  }
  return { ...principal, kind, sessionId };
}

/** Which conversations somebody may look at or write in: everybody's or their own, of all agents and connections or of some. */
export function reachOf(principal: Principal, everybodys: Extract<CorePermission, `conversations:${string}-all`>): Reach {
  return {
    ...(principal.permissions.has(everybodys) ? {} : { startedBy: askerText(principal) }),
    ...principalLimitsOf(principal),
  };
}

/** What somebody is limited to, whoever began the conversation. */
export function principalLimitsOf({ agents, connections }: Principal): AccessLimits {
  return { ...(agents === undefined ? {} : { agents }), ...(connections === undefined ? {} : { connections }) };
}

/** Whether what somebody is limited to is what it was. */
export function sameLimits(one: Principal, other: Principal): boolean {
  return JSON.stringify(principalLimitsOf(one)) === JSON.stringify(principalLimitsOf(other));
}

/** Who does something with a conversation, and which ones they reach. */
export function actorOf(request: FastifyRequest, everybodys: Parameters<typeof reachOf>[1]) {
  const principal = requestPrincipalOf(request);
  return { principal, reach: reachOf(principal, everybodys), origin: originOf(request) };
}

/**
 * Somebody begins a conversation with an agent; it is on no connection.
 * @throws TimonelError `forbidden` where they are limited to other agents, or to connections
 */
export function requireBeginning(principal: Principal, agent: string): void {
  requireAgent(principal, agent);
  requireAllConnections(principal);
}

/** @throws TimonelError `forbidden` where somebody is limited to some agents */
export function requireAllAgents({ agents }: Principal): void {
  if (agents !== undefined)
    throw new TimonelError('forbidden', `You work with the conversations of ${agents.join(', ')}, and this is about all agents.`);
}

/** @throws TimonelError `forbidden` where somebody is limited to connections to channels */
export function requireAllConnections({ connections }: Principal): void {
  if (connections === undefined) return;
  throw new TimonelError(
    'forbidden',
    'You work with the conversations of some connections to channels, and this is about conversations on others, too.',
  );
}

/** @throws TimonelError `forbidden` where somebody is limited to other agents */
export function requireAgent({ agents }: Principal, agent: string): void {
  if (agents?.includes(agent) === false)
    throw new TimonelError('forbidden', `You work with the conversations of ${agents.join(', ')}, not with those of "${agent}".`);
}

/** Who does it, as the audit log and the rows that they leave want to know it. */
export function byOf(request: FastifyRequest): ChangeAuthor & { asker: string } {
  const principal = requestPrincipalOf(request);
  const { kind, id, name } = principal;
  return { actor: { kind, id, name }, origin: originOf(request), asker: askerText(principal) };
}

/** Writes down in the audit log what somebody changed, once it is changed. */
export async function recordDeed(
  identity: Identity,
  request: FastifyRequest,
  deed: { action: string; target: { kind: string; id: string }; details?: JsonObject },
): Promise<void> {
  const { actor, origin } = byOf(request);
  await identity.audit.append({ workspaceId: requestPrincipalOf(request).workspaceId, actor, origin, ...deed });
}

/** As it is stored with conversations and runs. */
export function askerText({ kind, id }: Pick<Principal, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}
