import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../knowledge-schemas.ts';
import { askerText, recordDeed } from '../requests.ts';

const path = '/api/v1/knowledge/collections/:collection/feedback';
const named = z.object({ collection: shapes.collectionName });

/** What people say of passages: it ranks them, and every answer shows by how much. */
export function knowledgeFeedbackRoutes(app: TypedFastify, { knowledge, identity }: HttpDependencies): void {
  app.post(
    '/api/v1/knowledge/feedback',
    {
      config: shapes.knowledgeManage,
      schema: {
        summary: 'Say that a passage was used, approve it, reject it, or say how it should read',
        description:
          'An approved passage is also found by the question that it was approved for. The text of "modified" becomes a document under corrections/. What was said of the same passage for the same question is replaced.',
        body: shapes.newFeedback,
        response: { 201: shapes.feedbackShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { passage, runId, ...feedback } = request.body;
      const giver = { workspaceId: principal.workspaceId, by: askerText(principal), runId };
      const given = await knowledge.feedback.give(giver, passage, feedback);
      await recordDeed(identity, request, {
        action: `passage-${feedback.verdict}`,
        target: { kind: 'document', id: `${given.collection}/${given.key}`.slice(0, 200) },
        details: { passage, feedback: given.id },
      });
      return reply.code(201).send(given);
    },
  );

  app.get(
    path,
    {
      config: shapes.knowledgeRead,
      schema: {
        summary: 'What was said of the passages of a collection, the newest first',
        params: named,
        querystring: z.strictObject({
          verdict: shapes.verdict.optional(),
          after: z.uuid().optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ feedback: z.array(shapes.feedbackShape), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const feedback = await knowledge.feedback.list(workspaceId, request.params.collection, request.query);
      return { feedback, next: feedback.length < request.query.limit ? null : (feedback.at(-1)?.id ?? null) };
    },
  );

  app.delete(
    `${path}/:id`,
    {
      config: shapes.knowledgeManage,
      schema: {
        summary: 'Take back what was said of a passage; a correction is removed',
        params: named.extend({ id: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { collection, id } = request.params;
      await knowledge.feedback.withdraw(requestPrincipalOf(request).workspaceId, collection, id);
      await recordDeed(identity, request, {
        action: 'passage-feedback-withdrawn',
        target: { kind: 'collection', id: collection },
        details: { feedback: id },
      });
      return reply.code(204).send(null);
    },
  );
}
