import { z } from 'zod';
import { dollarsOf } from '../../llm/money/prices.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';

const statistics = z.object({
  hits: z.int(),
  misses: z.int(),
  stale: z.int().describe('Older answers that stood in while no provider answered'),
  joined: z.int().describe('Callers who got the answer to a call that another had begun'),
  similar: z.int().describe('Callers who got the answer to a similar question'),
  rate: z.number().nullable().describe('Share of lookups that asked no model for an answer, 0 to 1; null before the first'),
  entries: z.int().describe('Answers of this workspace in the memory of this process'),
  bytes: z.int(),
  saved: z.number().describe('US dollars that the calls would have cost, less what embeddings of questions did; may be below 0'),
  redis: z.enum(['up', 'down', 'none']),
});

export function cacheRoutes(app: TypedFastify, { responseCache }: HttpDependencies): void {
  app.get(
    '/api/v1/cache/stats',
    {
      config: { permission: 'operations:read' },
      schema: {
        summary: 'What the response cache did for this workspace in this process, since it started',
        response: { 200: statistics },
      },
    },
    async (request) => {
      const { saved, ...counts } = responseCache.stats(requestPrincipalOf(request).workspaceId);
      return { ...counts, saved: dollarsOf(saved) };
    },
  );

  app.delete(
    '/api/v1/cache',
    {
      config: { permission: 'models:manage' },
      schema: {
        summary: 'Forget all answers of this workspace',
        response: {
          200: z.object({
            entries: z.int().describe('How many this process had in memory'),
            everywhere: z.boolean().describe('Redis and the other processes forgot them too; false while Redis is down'),
          }),
        },
      },
    },
    async (request) => responseCache.clear(requestPrincipalOf(request).workspaceId),
  );
}
