import { z } from 'zod';
import { callerGone } from '../compatible/exchange.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../knowledge-schemas.ts';
import { askerText, recordDeed } from '../requests.ts';

const path = '/api/v1/knowledge/collections/:collection/pages';
const named = z.object({ collection: shapes.collectionName });

/** Pages of the web as documents: added by their address, and looked at again. */
export function knowledgePageRoutes(app: TypedFastify, { knowledge, identity }: HttpDependencies): void {
  app.post(
    path,
    {
      config: shapes.knowledgeManage,
      schema: {
        summary: 'Read a page of the web, and add it as a document under its address',
        description:
          'Where its robots.txt allows it; nothing that the page names is fetched. With refreshHours it is looked at again that often. Remove the document to end that.',
        params: named,
        body: z.strictObject({
          url: z.string().min(1).max(500),
          title: z.string().max(300).optional(),
          metadata: z.record(z.string(), z.json()).optional(),
          refreshHours: z.number().int().min(1).max(8_760).optional(),
        }),
        response: { 200: shapes.putShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { collection } = request.params;
      const put = await knowledge.pages.add(
        principal.workspaceId,
        collection,
        request.body,
        askerText(principal),
        callerGone(reply.raw),
      );
      await recordDeed(identity, request, {
        action: 'page-added',
        target: { kind: 'document', id: `${collection}/${put.document.key}`.slice(0, 200) },
        details: { outcome: put.outcome, refreshHours: request.body.refreshHours ?? null },
      });
      return put;
    },
  );

  app.get(
    path,
    {
      config: shapes.knowledgeRead,
      schema: {
        summary: 'Pages of the web in a collection: when each was read, and what came of it',
        params: named,
        querystring: z.strictObject({
          after: z.string().max(500).optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: {
          200: z.object({
            pages: z.array(
              z.object({
                url: z.string(),
                refreshHours: z.number().int().nullable(),
                checkedAt: z.string(),
                nextAt: z.string().nullable(),
                failure: z.string().nullable().describe('Why the last look brought nothing; the document stays as it was'),
              }),
            ),
            next: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const pages = await knowledge.pages.list(workspaceId, request.params.collection, request.query);
      return { pages, next: pages.length < request.query.limit ? null : (pages.at(-1)?.url ?? null) };
    },
  );
}
