import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { givenTo } from '../../identity/access.ts';
import { type KeyRole, keyRoles, requireKnown } from '../../identity/permissions.ts';
import { type Principal, requireHeld } from '../../identity/principal.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ id: schemas.identifier });
const role = z.enum(Object.keys(keyRoles) as [KeyRole, ...KeyRole[]]);
const scopes = z.array(shapes.permission).min(1);

const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().nullable().describe('First characters of the secret'),
  role: role.nullable(),
  scopes: z.array(z.string()).nullable(),
  createdAt: z.date(),
  createdBy: z.string().nullable(),
  ownerId: z.string().nullable().describe('The person whose personal key it is; null for a key of the workspace'),
  needsConfirmation: z
    .boolean()
    .describe('Its maker may no longer make it: confirm or revoke it. Until then it works, and gives nothing away'),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  previousUntil: z.date().nullable().describe('Until when the secret before the last rotation is accepted too'),
  revokedAt: z.date().nullable(),
});
const madeKey = z.object({
  id: z.string(),
  name: z.string(),
  role: role.nullable(),
  scopes: z.array(z.string()).nullable(),
  ownerId: z.string().nullable(),
  expiresAt: z.date().nullable(),
  apiKey: z.string().describe('The secret: shown now, and never again'),
});

export function apiKeyRoutes(app: TypedFastify, { identity, newId }: HttpDependencies): void {
  const { apiKeys } = identity;

  /** When the key ends that asks; null for people, and for keys that never do. */
  const endOf = async ({ kind, workspaceId, id }: Principal) =>
    kind === 'api-key' ? (await apiKeys.get(workspaceId, id)).expiresAt : null;

  /** A new secret of a key that lives longer would be a longer life. @throws TimonelError `forbidden` */
  const requireNoLonger = async (principal: Principal, { expiresAt }: { expiresAt: Date | null }) => {
    const end = await endOf(principal);
    if (end === null || (expiresAt !== null && expiresAt <= end)) return;
    throw new TimonelError(
      'forbidden',
      `This key lives longer than the one that asks, which ends at ${end.toISOString()}. Sign in to rotate it.`,
    );
  };

  app.post(
    '/api/v1/api-keys',
    {
      config: { permission: 'keys:manage' },
      schema: {
        summary: 'Make an API key for this workspace; its secret is shown once',
        description:
          'A key has a role or scopes; "client", which talks to agents, where neither is given. Nobody gives a key more than they have, or a longer life than the key that they make it with.',
        body: z.strictObject({
          name: z.string().trim().min(1).max(100),
          role: role.optional(),
          scopes: scopes.optional(),
          personal: z
            .boolean()
            .default(false)
            .describe(
              'For the programs of the person who makes it: it may never do more than they may, and ends with their membership',
            ),
          expiresAt: z.iso.datetime({ offset: true }).optional().describe('e.g. 2027-01-31T00:00:00Z'),
        }),
        response: { 201: madeKey },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { name, scopes: given } = request.body;
      if (request.body.role !== undefined && given !== undefined) {
        throw new TimonelError('invalid_request', 'A key has a role or scopes: send one of the two.');
      }
      const keyRole = request.body.role ?? (given === undefined ? 'client' : undefined);
      const wanted = given ?? identity.permissions.keyRoles[keyRole ?? 'client'];
      requireKnown(identity.permissions, wanted);
      requireHeld(principal, wanted, 'This key');
      const expiresAt = request.body.expiresAt === undefined ? undefined : new Date(request.body.expiresAt);
      if (expiresAt !== undefined && expiresAt.getTime() <= Date.now()) {
        throw new TimonelError('invalid_request', 'expiresAt is in the past; give an instant to come, or leave it out.');
      }
      const ownerId = principal.ownerId ?? (principal.kind === 'user' ? principal.id : undefined);
      if (request.body.personal && ownerId === undefined) {
        throw new TimonelError(
          'invalid_request',
          'A key of the workspace has no person to make a personal key for. Sign in to make one.',
        );
      }
      const longest = await endOf(principal);
      if (longest !== null && expiresAt !== undefined && expiresAt > longest) {
        const text = longest.toISOString();
        throw new TimonelError(
          'forbidden',
          `The key that makes it ends at ${text}, and no key outlives its maker: send expiresAt up to then.`,
        );
      }
      const id = newId();
      const secret = await apiKeys.create(
        {
          id,
          workspaceId: principal.workspaceId,
          name,
          role: keyRole,
          scopes: given,
          expiresAt: expiresAt ?? longest ?? undefined,
          // What a personal key makes is its owner's too.
          ownerId: request.body.personal || principal.ownerId !== undefined ? ownerId : undefined,
        },
        { principal, origin: originOf(request) },
      );
      reply.code(201);
      const { expiresAt: until, ownerId: owner } = await apiKeys.get(principal.workspaceId, id);
      return { id, name, role: keyRole ?? null, scopes: given ?? null, ownerId: owner, expiresAt: until, apiKey: secret };
    },
  );

  app.get(
    '/api/v1/api-keys',
    {
      config: { permission: 'keys:read' },
      schema: { summary: 'The API keys of this workspace', response: { 200: z.object({ apiKeys: z.array(apiKey) }) } },
    },
    async (request) => ({ apiKeys: await apiKeys.list(requestPrincipalOf(request).workspaceId) }),
  );

  app.post(
    '/api/v1/api-keys/:id/rotate',
    {
      config: { permission: 'keys:manage' },
      schema: {
        summary: 'Give an API key a new secret; the one before stays good for a while',
        params: parameters,
        body: z.strictObject({
          overlapSeconds: z.number().int().min(0).max(2_592_000).default(86_400).describe('A day where absent, 30 days at most'),
        }),
        response: { 200: z.object({ id: z.string(), apiKey: z.string(), previousUntil: z.date() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      const key = await apiKeys.get(principal.workspaceId, id);
      // A new secret is the key itself: who may not make such a key may not take one over.
      requireHeld(principal, givenTo(key, identity.permissions), 'This key');
      await requireNoLonger(principal, key);
      if (key.ownerId !== null && key.ownerId !== (principal.ownerId ?? principal.id)) {
        throw new TimonelError('forbidden', 'This is a personal key: its owner alone can have its secret. You can revoke it.');
      }
      const { overlapSeconds } = request.body;
      const secret = await apiKeys.rotate(principal.workspaceId, id, overlapSeconds * 1000, {
        principal,
        origin: originOf(request),
      });
      return { id, apiKey: secret, previousUntil: new Date(Date.now() + overlapSeconds * 1000) };
    },
  );

  app.post(
    '/api/v1/api-keys/:id/confirm',
    {
      config: { permission: 'keys:manage' },
      schema: {
        summary: 'Answer for an API key whose maker is gone or may no longer make it',
        description: 'From then on it counts as made by who confirms it. A key that does not wait for it stays as it is.',
        params: parameters,
        response: { 200: apiKey },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const { id } = request.params;
      requireHeld(principal, givenTo(await apiKeys.get(workspaceId, id), identity.permissions), 'This key');
      return apiKeys.confirm(workspaceId, id, await endOf(principal), { principal, origin: originOf(request) });
    },
  );

  app.delete(
    '/api/v1/api-keys/:id',
    {
      config: { permission: 'keys:manage' },
      schema: { summary: 'Revoke an API key', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      requireHeld(principal, givenTo(await apiKeys.get(principal.workspaceId, id), identity.permissions), 'This key');
      await apiKeys.revoke(principal.workspaceId, id, { principal, origin: originOf(request) });
      return reply.code(204).send(null);
    },
  );
}
