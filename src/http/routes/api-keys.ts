import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { type KeyRole, keyRoles, requireKnown } from '../../identity/permissions.ts';
import { requireHeld } from '../../identity/principal.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';
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
  expiresAt: z.date().nullable(),
  apiKey: z.string().describe('The secret: shown now, and never again'),
});

export function apiKeyRoutes(app: TypedFastify, { identity, newId }: HttpDependencies): void {
  const { apiKeys } = identity;

  app.post(
    '/api/v1/api-keys',
    {
      config: { permission: 'keys:manage' },
      schema: {
        summary: 'Make an API key for this workspace; its secret is shown once',
        description:
          'A key has a role or scopes; "client", which talks to agents, where neither is given. Nobody gives a key more than they have.',
        body: z.strictObject({
          name: z.string().trim().min(1).max(100),
          role: role.optional(),
          scopes: scopes.optional(),
          expiresAt: z.iso.datetime({ offset: true }).optional().describe('e.g. 2027-01-31T00:00:00Z'),
        }),
        response: { 201: madeKey },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
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
      const id = newId();
      const secret = await apiKeys.create(
        {
          id,
          workspaceId: principal.workspaceId,
          name,
          role: keyRole,
          scopes: given,
          expiresAt,
        },
        { principal, origin: originOf(request) },
      );
      reply.code(201);
      return { id, name, role: keyRole ?? null, scopes: given ?? null, expiresAt: expiresAt ?? null, apiKey: secret };
    },
  );

  app.get(
    '/api/v1/api-keys',
    {
      config: { permission: 'keys:read' },
      schema: { summary: 'The API keys of this workspace', response: { 200: z.object({ apiKeys: z.array(apiKey) }) } },
    },
    async (request) => ({ apiKeys: await apiKeys.list(principalOf(request).workspaceId) }),
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
      const principal = principalOf(request);
      const { id } = request.params;
      const key = await apiKeys.get(principal.workspaceId, id);
      // A new secret is the key itself: who may not make such a key may not take one over.
      requireHeld(principal, key.role === null ? (key.scopes ?? []) : keyRoles[key.role], 'This key');
      const { overlapSeconds } = request.body;
      const secret = await apiKeys.rotate(principal.workspaceId, id, overlapSeconds * 1000, {
        principal,
        origin: originOf(request),
      });
      return { id, apiKey: secret, previousUntil: new Date(Date.now() + overlapSeconds * 1000) };
    },
  );

  app.delete(
    '/api/v1/api-keys/:id',
    {
      config: { permission: 'keys:manage' },
      schema: { summary: 'Revoke an API key', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      await apiKeys.revoke(principal.workspaceId, request.params.id, { principal, origin: originOf(request) });
      return reply.code(204).send(null);
    },
  );
}
