import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { JsonObject } from '../../vocabulary.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../knowledge-schemas.ts';
import { askerText, recordDeed } from '../requests.ts';

const named = z.object({ collection: shapes.collectionName });
const keyed = z.strictObject({ key: shapes.documentKey });
const path = '/api/v1/knowledge/collections/:collection/documents';

/** The documents of a collection, each by its key. */
export async function knowledgeDocumentRoutes(app: TypedFastify, { knowledge, identity }: HttpDependencies): Promise<void> {
  const deed = (request: FastifyRequest, action: string, collection: string, key: string, details: JsonObject = {}) =>
    recordDeed(identity, request, { action, target: { kind: 'document', id: `${collection}/${key}`.slice(0, 200) }, details });

  app.get(
    path,
    {
      config: shapes.knowledgeRead,
      schema: {
        summary: 'Documents of a collection, by key',
        params: named,
        querystring: z.strictObject({
          after: shapes.documentKey.optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: z.object({ documents: z.array(shapes.documentShape), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const documents = await knowledge.documents(
        requestPrincipalOf(request).workspaceId,
        request.params.collection,
        request.query,
      );
      return { documents, next: documents.length < request.query.limit ? null : (documents.at(-1)?.key ?? null) };
    },
  );

  // Within a scope of its own: the body is the document, whatever its type.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    (scope as unknown as TypedFastify).put(
      path,
      {
        config: { ...shapes.knowledgeManage, streamedBody: true },
        schema: {
          summary: 'Add a document, or replace the one of that key; the body is its bytes',
          description:
            'Text, Markdown, HTML, CSV, JSON, PDF or DOCX, by Content-Type, by the end of the key, or by its first bytes. Replaced in one transaction; passages that did not change keep their ids and vectors.',
          consumes: ['application/octet-stream', 'text/plain', 'text/markdown', 'text/html', 'text/csv', 'application/pdf'],
          params: named,
          querystring: keyed.extend({
            title: z.string().max(300).optional(),
            metadata: z.string().max(20_000).optional().describe('JSON object, for filters'),
          }),
          response: { 200: shapes.putShape },
        },
      },
      async (request) => {
        const principal = requestPrincipalOf(request);
        const { key, title, metadata } = request.query;
        const { collection } = request.params;
        const type = request.headers['content-type'];
        const put = await knowledge.put(
          principal.workspaceId,
          collection,
          {
            key,
            title,
            metadata: metadata === undefined ? undefined : objectOf(metadata),
            mediaType: type,
            charset: /charset="?([\w-]{1,40})/i.exec(type ?? '')?.[1],
            bytes: await bytesOf(request, knowledge.settings.documentBytes),
          },
          askerText(principal),
        );
        if (put.outcome !== 'unchanged')
          await deed(request, `document-${put.outcome}`, collection, key, { version: put.document.version });
        return put;
      },
    );
  });

  app.get(
    `${path}/text`,
    {
      config: shapes.knowledgeRead,
      schema: { summary: 'The text of a document, which its passages are places in', params: named, querystring: keyed },
    },
    async (request, reply) => {
      const text = await knowledge.text(requestPrincipalOf(request).workspaceId, request.params.collection, request.query.key);
      // A page among the documents must not run on this address.
      reply.header('content-security-policy', "default-src 'none'; sandbox");
      return reply.type('text/plain; charset=utf-8').send(text);
    },
  );

  app.get(
    `${path}/chunks`,
    {
      config: shapes.knowledgeRead,
      schema: {
        summary: 'A document with its passages, in its order',
        params: named,
        querystring: keyed.extend({
          after: z.coerce.number().int().min(-1).max(2_000_000_000).default(-1).describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: {
          200: z.object({ document: shapes.documentShape, chunks: z.array(shapes.chunkShape), next: z.number().int().nullable() }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const { key, ...page } = request.query;
      const { document, chunks } = await knowledge.chunks(workspaceId, request.params.collection, key, page);
      return { document, chunks, next: chunks.length < page.limit ? null : (chunks.at(-1)?.ordinal ?? null) };
    },
  );

  app.patch(
    path,
    {
      config: shapes.knowledgeManage,
      schema: {
        summary: 'Hide a document from searches, or show it again',
        params: named,
        querystring: keyed,
        body: z.strictObject({ state: z.enum(['ready', 'hidden']) }),
        response: { 200: shapes.documentShape },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { key } = request.query;
      const { collection } = request.params;
      const { state } = request.body;
      const document = await knowledge.setState(principal.workspaceId, collection, key, state, askerText(principal));
      await deed(request, 'document-changed', collection, key, { state });
      return document;
    },
  );

  app.delete(
    path,
    {
      config: shapes.knowledgeManage,
      schema: { summary: 'Remove a document', params: named, querystring: keyed, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { key } = request.query;
      const { collection } = request.params;
      await knowledge.removeDocument(principal.workspaceId, collection, key, askerText(principal));
      await deed(request, 'document-removed', collection, key);
      return reply.code(204).send(null);
    },
  );
}

function objectOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below.
  }
  throw new TimonelError('invalid_request', 'metadata must be a JSON object, e.g. {"department": "sales"}.');
}

async function bytesOf(request: FastifyRequest, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.raw as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) {
      throw new TimonelError(
        'payload_too_large',
        `A document may have ${most} bytes (TIMONEL_KNOWLEDGE_DOCUMENT_BYTES). Send it in parts.`,
      );
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
