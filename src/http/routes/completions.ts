import { z } from 'zod';
import type { JsonValue } from '../../vocabulary.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';

/** Answers from outside to calls that wait: who has the token of a call has the right to answer it, once. */
export function completionRoutes(app: TypedFastify, { complete }: HttpDependencies): void {
  app.post(
    '/api/v1/completion-tokens/:token',
    {
      config: { public: true },
      schema: {
        summary: 'Answer a call that waits for work outside',
        description: 'A token is good for one answer: a second one is refused with 409, and one that comes too late with 410.',
        params: z.object({ token: z.string().regex(/^[\w-]{43}$/, 'is not a completion token') }),
        body: z.union([z.strictObject({ output: z.json() }), z.strictObject({ error: z.string().trim().min(1).max(2_000) })]),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const { body } = request;
      await complete(token, 'error' in body ? { error: body.error } : { output: body.output as JsonValue }, 'http');
      return reply.code(204).send(null);
    },
  );
}
