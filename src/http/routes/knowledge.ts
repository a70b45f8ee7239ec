import { z } from 'zod';
import { callerGone, spenderOf } from '../compatible/exchange.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import * as shapes from '../knowledge-schemas.ts';
import { knowledgeManage, knowledgeRead } from '../knowledge-schemas.ts';
import { askerText, recordDeed } from '../requests.ts';

const named = z.object({ collection: shapes.collectionName });
const base = '/api/v1/knowledge/collections';
/** A set of questions is larger than a message. */
const largestSet = 4_194_304;

/** Collections of documents, searches, and how good they are. */
export function knowledgeRoutes(app: TypedFastify, { knowledge, identity }: HttpDependencies): void {
  app.get(
    base,
    {
      config: knowledgeRead,
      schema: {
        summary: 'Collections of documents, by name',
        querystring: z.strictObject({
          after: shapes.collectionName.optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ collections: z.array(shapes.collectionShape), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const collections = await knowledge.list(requestPrincipalOf(request).workspaceId, request.query);
      const full = collections.length === request.query.limit;
      return { collections: collections.map(viewOf), next: full ? (collections.at(-1)?.name ?? null) : null };
    },
  );

  app.post(
    base,
    {
      config: knowledgeManage,
      schema: { summary: 'Make a collection', body: shapes.newCollection, response: { 201: shapes.collectionShape } },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const collection = await knowledge.create(principal.workspaceId, request.body, askerText(principal));
      await recordDeed(identity, request, { action: 'collection-created', target: target(collection.name) });
      return reply.code(201).header('location', `${base}/${collection.name}`).send(viewOf(collection));
    },
  );

  app.get(
    `${base}/:collection`,
    {
      config: knowledgeRead,
      schema: { summary: 'A collection, and the state of its vectors', params: named, response: { 200: shapes.collectionShape } },
    },
    async (request, reply) => {
      const collection = await knowledge.get(requestPrincipalOf(request).workspaceId, request.params.collection);
      reply.header('etag', `"${collection.version}"`);
      return viewOf(collection);
    },
  );

  app.patch(
    `${base}/:collection`,
    {
      config: knowledgeManage,
      schema: {
        summary: 'Change a collection: who may search it, its language, its vectors',
        description:
          'Another model makes vectors beside those that serve, which are replaced when all are there. A new language counts for documents that come later; reindex has it for all.',
        params: named,
        headers: ifMatch,
        body: shapes.collectionChanges,
        response: { 200: shapes.collectionShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { collection: name } = request.params;
      const version = expectedVersion(request.headers['if-match']);
      const updated = await knowledge.update(principal.workspaceId, name, version, request.body, askerText(principal));
      await recordDeed(identity, request, {
        action: 'collection-changed',
        target: target(name),
        details: { fields: Object.keys(request.body) },
      });
      reply.header('etag', `"${updated.version}"`);
      return viewOf(updated);
    },
  );

  app.delete(
    `${base}/:collection`,
    {
      config: knowledgeManage,
      schema: { summary: 'Remove a collection with all of its documents', params: named, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { collection: name } = request.params;
      await knowledge.remove(requestPrincipalOf(request).workspaceId, name);
      await recordDeed(identity, request, { action: 'collection-removed', target: target(name) });
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${base}/:collection/reindex`,
    {
      config: knowledgeManage,
      schema: {
        summary: 'Cut and analyse all documents of a collection again',
        params: named,
        response: { 200: z.object({ documents: z.number().int(), changed: z.number().int() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { collection: name } = request.params;
      const done = await knowledge.reindex(principal.workspaceId, name, askerText(principal));
      await recordDeed(identity, request, { action: 'collection-reindexed', target: target(name), details: { ...done } });
      return done;
    },
  );

  app.post(
    '/api/v1/knowledge/query',
    {
      config: { ...knowledgeRead, spends: true },
      schema: {
        summary: 'Find passages, with their places and the ranks and scores of each list',
        body: shapes.knowledgeQuery,
        response: { 200: shapes.retrieved },
      },
    },
    async (request, reply) => {
      const { agent, ...query } = request.body;
      const reader = agent === undefined ? undefined : { agent };
      const found = await knowledge.retrieve(spenderOf(requestPrincipalOf(request)), reader, query, callerGone(reply.raw));
      return z.parse(shapes.retrieved, found);
    },
  );

  app.post(
    '/api/v1/knowledge/citations/check',
    {
      config: knowledgeRead,
      schema: {
        summary: 'Whether a quotation is what is written at its place',
        body: z.strictObject({
          documentId: z.uuid(),
          documentVersion: z.number().int().min(1),
          start: z.number().int().min(0).max(2_000_000_000),
          end: z.number().int().min(0).max(2_000_000_000),
          quotation: z.string().max(20_000),
        }),
        response: { 200: z.object({ matches: z.boolean() }) },
      },
    },
    async (request) => {
      const { quotation, ...citation } = request.body;
      return { matches: await knowledge.check(requestPrincipalOf(request).workspaceId, citation, quotation) };
    },
  );

  app.post(
    `${base}/:collection/evaluations`,
    {
      config: { ...knowledgeManage, spends: true },
      bodyLimit: largestSet,
      schema: {
        summary: 'Ask a set of questions, and keep how good the answers were',
        params: named,
        body: shapes.evaluationBody,
        response: { 201: shapes.evaluationShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const evaluation = await knowledge.evaluate(
        spenderOf(principal),
        request.params.collection,
        request.body,
        askerText(principal),
        callerGone(reply.raw),
      );
      return reply.code(201).send(evaluation);
    },
  );

  app.get(
    `${base}/:collection/evaluations`,
    {
      config: knowledgeRead,
      schema: {
        summary: 'Evaluations of a collection, the newest first; those with the same questionsHash compare',
        params: named,
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
        response: { 200: z.object({ evaluations: z.array(shapes.evaluationShape) }) },
      },
    },
    async (request) => ({
      evaluations: await knowledge.evaluations(
        requestPrincipalOf(request).workspaceId,
        request.params.collection,
        request.query.limit,
      ),
    }),
  );

  app.get(
    `${base}/:collection/evaluations/compare`,
    {
      config: knowledgeRead,
      schema: {
        summary: 'Two evaluations of one set of questions: which went better or worse, and whether that may be chance',
        params: named,
        querystring: z.strictObject({ base: z.uuid(), other: z.uuid() }),
        response: { 200: shapes.collectionComparison },
      },
    },
    async (request) => {
      const { base: one, other } = request.query;
      const { workspaceId } = requestPrincipalOf(request);
      const { better, worse, ...rest } = await knowledge.compareEvaluations(workspaceId, request.params.collection, one, other);
      return { ...rest, better: [...better], worse: [...worse] };
    },
  );
}

function target(name: string) {
  return { kind: 'collection', id: name };
}

/** Lists of its own: what the part answers cannot be changed. */
function viewOf({ agents, roles, ...rest }: Awaited<ReturnType<HttpDependencies['knowledge']['get']>>) {
  return { ...rest, agents: [...agents], roles: [...roles] };
}
