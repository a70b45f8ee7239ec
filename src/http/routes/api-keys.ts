import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import * as schemas from '../schemas.ts';

export function apiKeyRoutes(app: TypedFastify, { apiKeys, newId }: HttpDependencies): void {
  app.post(
    '/api/v1/api-keys',
    {
      config: { role: 'operator' },
      schema: {
        summary: 'Make an API key for this workspace; its secret is shown once',
        body: z.strictObject({ name: z.string().trim().min(1).max(100), role: z.enum(['operator', 'client']).default('client') }),
        response: { 201: z.object({ id: z.string(), name: z.string(), role: z.enum(['operator', 'client']), apiKey: z.string() }) },
      },
    },
    async (request, reply) => {
      const { name, role } = request.body;
      const id = newId();
      const apiKey = await apiKeys.create({ id, workspaceId: principalOf(request).workspaceId, name, role });
      return reply.code(201).send({ id, name, role, apiKey });
    },
  );

  app.delete(
    '/api/v1/api-keys/:id',
    {
      config: { role: 'operator' },
      schema: { summary: 'Revoke an API key', params: z.object({ id: schemas.identifier }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await apiKeys.revoke(principalOf(request).workspaceId, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
