import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ connection: schemas.identifier });

/**
 * The chat on pages of others. Visitors have a token of their own, and no cookie: a page that is not among the origins of the connection can read
 * nothing here, and is refused.
 */
export async function webRoutes(app: TypedFastify, { channels, streams }: HttpDependencies): Promise<void> {
  const { visitors } = channels;

  app.get(
    '/api/v1/web/widget.js',
    { config: { public: true }, schema: { summary: 'The script of the chat, for a script tag' } },
    async (request, reply) => {
      const { text, etag } = visitors.script();
      reply.headers({
        etag,
        'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
        // Pages of other sites load it.
        'cross-origin-resource-policy': 'cross-origin',
      });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('text/javascript; charset=utf-8').send(text);
    },
  );

  app.get(
    '/api/v1/web/:connection/page',
    {
      config: { public: true },
      schema: {
        summary: 'A page with the chat alone, for a link or a QR code',
        params: parameters,
        querystring: z.object({ language: z.enum(['es', 'en']).optional().describe('That of the connection where absent') }),
        response: { 200: { description: 'A page', content: { 'text/html': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const nonce = randomBytes(18).toString('base64url');
      const { html, policy } = visitors.page(request.params.connection, nonce, request.query.language);
      reply.headers({ 'content-security-policy': policy, 'cache-control': 'no-store' });
      return reply.type('text/html; charset=utf-8').send(html);
    },
  );

  await app.register(async (plain) => {
    const scope = plain as unknown as TypedFastify;
    scope.addHook('onRequest', async (request, reply) => {
      const { origin } = request.headers;
      reply.header('vary', 'origin');
      // Without the header it is no page that asks: the token decides alone.
      if (origin === undefined) return;
      const { connection } = request.params as { connection: string };
      if (!visitors.allows(connection, origin)) {
        throw new TimonelError(
          'origin_refused',
          `The chat may not be shown on ${origin}. Add it to "origins" of the connection, as browsers write it.`,
        );
      }
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'retry-after',
        'cross-origin-resource-policy': 'cross-origin',
      });
    });
    for (const url of ['/api/v1/web/:connection', '/api/v1/web/:connection/*']) {
      scope.options(
        url,
        { config: { public: true }, schema: { hide: true, params: parameters.extend({ '*': z.string().optional() }) } },
        async (_request, reply) =>
          reply
            .headers({
              'access-control-allow-methods': 'GET, POST',
              'access-control-allow-headers': 'authorization, content-type, last-event-id',
              'access-control-max-age': '600',
            })
            .code(204)
            .send(),
      );
    }

    scope.get(
      '/api/v1/web/:connection',
      {
        config: { public: true },
        schema: {
          summary: 'What the chat of a page shows before anybody wrote',
          params: parameters,
          response: {
            200: z.object({
              title: z.string(),
              greeting: z.string(),
              color: z.string(),
              language: z.enum(['es', 'en']),
              fileBytes: z.int().describe('Of a file of a visitor at most; 0: none are taken'),
            }),
          },
        },
      },
      async (request, reply) => {
        const shown = visitors.shown(request.params.connection);
        reply.header('cache-control', 'private, max-age=60');
        return shown;
      },
    );

    scope.post(
      '/api/v1/web/:connection/session',
      {
        config: { public: true, storesOnly: true },
        schema: {
          summary: 'A token for a visitor; with the one that they have, another for the same visitor',
          params: parameters,
          body: z.strictObject({}),
          response: { 200: z.object({ token: z.string(), expiresAt: z.string() }) },
        },
      },
      async (request) => {
        const { token, expiresAt } = await visitors.session(request.params.connection, callOf(request));
        return { token, expiresAt: expiresAt.toISOString() };
      },
    );

    scope.post(
      '/api/v1/web/:connection/messages',
      {
        config: { public: true, storesOnly: true },
        schema: {
          summary: 'What a visitor writes; stored when it is answered',
          params: parameters,
          body: z
            .strictObject({
              id: z
                .string()
                .regex(/^[\w-]{8,64}$/)
                .describe("The visitor's own: the same id is the same message"),
              text: z.string().max(4_000),
              file: schemas.identifier.optional().describe('Id of a file that the visitor has sent'),
            })
            .refine(({ text, file }) => text.trim() !== '' || file !== undefined, 'must have a text or a file'),
          response: { 202: z.object({ duplicate: z.boolean() }) },
        },
      },
      async (request, reply) => {
        const { id, text, file } = request.body;
        const stored = await visitors.say(request.params.connection, callOf(request), { id, text: text.toWellFormed(), file });
        return reply.code(202).send(stored);
      },
    );

    scope.get(
      '/api/v1/web/:connection/events',
      {
        config: { public: true },
        schema: {
          summary: 'The conversation of a visitor as it goes on (server-sent)',
          description:
            'Events: `message` with `id`, `from` (visitor, agent, person), `text`, `options`, `parts`, `at`; `state` with `handler` and `working`. From the beginning, or from Last-Event-ID on.',
          params: parameters,
          headers: z.object({ 'last-event-id': z.string().max(40).optional() }),
        },
      },
      async (request, reply) => {
        const texts = await visitors.follow(request.params.connection, callOf(request), request.headers['last-event-id']);
        await streams.follow(reply, undefined, texts);
        return reply;
      },
    );

    // A file is the body itself, whatever its type: it is read as it comes, and is no value that hooks look into.
    await plain.register(async (inner) => {
      inner.removeAllContentTypeParsers();
      inner.addContentTypeParser('*', (_request, _payload, done) => done(null));
      (inner as unknown as TypedFastify).post(
        '/api/v1/web/:connection/files',
        {
          config: { public: true, streamedBody: true },
          schema: {
            summary: 'A file of a visitor, as the body; a message names it afterwards',
            params: parameters,
            querystring: z.strictObject({ name: z.string().min(1).max(300) }),
            response: { 201: z.object({ id: z.string(), name: z.string(), mediaType: z.string(), bytes: z.int() }) },
          },
        },
        async (request, reply) => {
          const data = request.raw;
          try {
            const mediaType = request.headers['content-type'];
            const stored = await visitors.upload(request.params.connection, callOf(request), {
              name: request.query.name,
              mediaType,
              data,
            });
            return await reply.code(201).send(stored);
          } finally {
            data.resume();
          }
        },
      );
    });
  });
}

function callOf({ headers, ip }: FastifyRequest): { token: string | undefined; address: string } {
  return { token: /^Bearer ([\w.-]{1,200})$/.exec(headers.authorization ?? '')?.[1], address: ip };
}
