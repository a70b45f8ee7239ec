import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { flagDefinition, flagKey, flagShape } from '../../flags/flag.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { byOf } from '../requests.ts';

const flag = flagShape.extend({ key: z.string(), version: z.number().int() });
export const flagVersion = z.object({
  key: z.string(),
  version: z.number().int(),
  definition: flagShape.nullable().describe('null: the version that removed the flag'),
  createdBy: z.string(),
  createdAt: z.string(),
});
export const flagList = z.object({ flags: z.array(flag) });
export const flagHistory = z.object({ flag: flag.nullable(), versions: z.array(flagVersion) });

const parameters = z.object({ key: flagKey });

/** Feature flags: data that operators change while the process runs. */
export function flagRoutes(app: TypedFastify, { flags }: HttpDependencies): void {
  const { table, fallback } = flags;

  app.get(
    '/api/v1/flags',
    {
      config: { permission: 'releases:read' },
      schema: { summary: 'The feature flags in force', response: { 200: flagList } },
    },
    (request) => ({ flags: table.list(requestPrincipalOf(request).workspaceId) }),
  );

  app.get(
    '/api/v1/flags/:key',
    {
      config: { permission: 'releases:read' },
      schema: {
        summary: 'A feature flag and its stored versions, newest first',
        params: parameters,
        response: { 200: flagHistory },
      },
    },
    async (request, reply) => {
      const { workspaceId } = requestPrincipalOf(request);
      const { key } = request.params;
      const version = await table.latestVersion(workspaceId, key);
      if (version === 0) throw unknownFlag(key);
      reply.header('etag', `"${version}"`);
      return { flag: table.find(workspaceId, key) ?? null, versions: await table.history(workspaceId, key) };
    },
  );

  app.put(
    '/api/v1/flags/:key',
    {
      config: { permission: 'releases:manage' },
      schema: {
        summary: 'Store a new version of a feature flag; it is in force at once. If-Match: the version that it was made from',
        params: parameters,
        headers: ifMatch,
        body: flagDefinition,
        response: { 200: flagVersion },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      fallback.check(key, request.body);
      const stored = await table.put(requestPrincipalOf(request).workspaceId, key, request.body, {
        by: byOf(request),
        expected: expectedVersion(request.headers['if-match']),
      });
      reply.header('etag', `"${stored.version}"`);
      return stored;
    },
  );

  app.delete(
    '/api/v1/flags/:key',
    {
      config: { permission: 'releases:manage' },
      schema: {
        summary: 'Remove a feature flag; its versions stay',
        params: parameters,
        headers: ifMatch,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { workspaceId } = requestPrincipalOf(request);
      const { key } = request.params;
      if (!table.has(workspaceId, key)) throw unknownFlag(key);
      const expected = expectedVersion(request.headers['if-match']);
      await table.put(workspaceId, key, null, { by: byOf(request), expected });
      return reply.code(204).send(null);
    },
  );
}

function unknownFlag(key: string): TimonelError {
  return new TimonelError('not_found', `There is no flag "${key}" in this workspace. GET /api/v1/flags lists them.`);
}
