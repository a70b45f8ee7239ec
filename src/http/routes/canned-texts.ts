import { z } from 'zod';
import { replyOptionsShape } from '../channel-schemas.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { actorOf, reachOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

const cannedName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}-]{0,59}$/u, 'must be letters, digits and hyphens, e.g. how-to-get-here');
const cannedText = z.object({
  name: z.string(),
  text: z.string().describe('`{name}` in it stands for the name of the customer'),
});
const named = z.object({ name: cannedName });

/** What people may answer with: texts of the workspace, templates of the channel, files. */
export function cannedTextRoutes(app: TypedFastify, { cannedTexts, channels, views }: HttpDependencies): void {
  app.get(
    '/api/v1/conversations/:id/reply-options',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'What reaches the customer of a conversation: free text or templates, and files of which size',
        params: z.object({ id: schemas.identifier }),
        response: { 200: replyOptionsShape },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      await views.agentOf(principal.workspaceId, id, reachOf(principal, 'conversations:read-all'));
      return channels.replyOptions(principal.workspaceId, id);
    },
  );

  app.get(
    '/api/v1/canned-texts',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'Texts that people answer with again and again, by name',
        response: { 200: z.object({ cannedTexts: z.array(cannedText) }) },
      },
    },
    async (request) => ({ cannedTexts: await cannedTexts.list(requestPrincipalOf(request).workspaceId) }),
  );

  app.put(
    '/api/v1/canned-texts/:name',
    {
      config: { permission: 'conversations:assign' },
      schema: {
        summary: 'Add a canned text, or change the one of that name',
        params: named,
        body: z.strictObject({ text: z.string().trim().min(1).max(4_000) }),
        response: { 200: cannedText },
      },
    },
    (request) =>
      cannedTexts.put(actorOf(request, 'conversations:read-all'), { name: request.params.name, text: request.body.text }),
  );

  app.delete(
    '/api/v1/canned-texts/:name',
    {
      config: { permission: 'conversations:assign' },
      schema: { summary: 'Remove a canned text', params: named, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await cannedTexts.remove(actorOf(request, 'conversations:read-all'), request.params.name);
      return reply.code(204).send(null);
    },
  );
}
