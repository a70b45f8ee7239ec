import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { longestLink, tokenShape } from '../../artifacts/links.ts';
import { artifactOf } from '../../artifacts/rows.ts';
import { TimonelError } from '../../errors.ts';
import type { Permission } from '../../identity/permissions.ts';
import { requirePermission } from '../../identity/principal.ts';
import { sendArtifact } from '../artifact-content.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { askerText, principalLimitsOf, reachOf, recordDeed } from '../requests.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ id: schemas.identifier });

/** Files, pictures and other bytes of conversations. */
export async function artifactRoutes(app: TypedFastify, dependencies: HttpDependencies): Promise<void> {
  const { artifacts, views, identity, now } = dependencies;

  const found = async (request: FastifyRequest, id: string, everybodys: 'conversations:read-all' | 'conversations:write-all') => {
    const principal = requestPrincipalOf(request);
    const reader = {
      asker: askerText(principal),
      everybodys: principal.permissions.has(everybodys),
      limits: principalLimitsOf(principal),
    };
    const artifact = await artifacts.find(principal.workspaceId, id, reader);
    const { permission } = artifact;
    if (permission !== null) {
      if (!identity.permissions.texts.has(permission as Permission)) throw new TypeError(`There is no permission "${permission}".`);
      requirePermission(principal, permission as Permission);
    }
    return artifact;
  };

  // Within a scope of its own: elsewhere a body of this type is refused as before.
  await app.register(async (scope) => {
    await scope.register(multipart, { limits: { files: 1, fields: 4, parts: 5, fileSize: Number.POSITIVE_INFINITY } });
    (scope as unknown as TypedFastify).post(
      '/api/v1/artifacts',
      {
        config: { permission: 'conversations:write', streamedBody: true },
        schema: {
          summary: 'Store a file: one as multipart/form-data',
          description:
            'The media type is found out from the content. A file for a conversation can be read by who may read that; one for none by who sent it, for a day unless a message names it.',
          consumes: ['multipart/form-data'],
          querystring: z.strictObject({
            conversation: schemas.identifier.optional(),
            expiresAt: z.iso.datetime({ offset: true }).optional(),
          }),
          response: { 201: schemas.artifact },
        },
        preParsing: async (request, _reply, payload) => {
          if (request.headers['content-type']?.startsWith('multipart/form-data') === true) return payload;
          throw new TimonelError(
            'unsupported_media_type',
            'Send the file as multipart/form-data, e.g. curl -F file=@photo.jpg, with nothing else before it.',
          );
        },
      },
      async (request, reply) => {
        const principal = requestPrincipalOf(request);
        const { workspaceId } = principal;
        const { conversation, expiresAt } = request.query;
        if (conversation !== undefined)
          await views.agentOf(workspaceId, conversation, reachOf(principal, 'conversations:write-all'));
        const file = await fileOf(request);
        try {
          const stored = await artifacts.put(
            { workspaceId, conversationId: conversation, createdBy: askerText(principal) },
            {
              name: file.filename,
              mediaType: file.mimetype,
              data: file.file,
              expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
            },
          );
          return await reply.code(201).header('location', `/api/v1/artifacts/${stored.id}`).send(artifactOf(stored));
        } finally {
          // What is left of a refused body is read away, so that the client gets to hear why.
          file.file.resume();
        }
      },
    );
  });

  app.get(
    '/api/v1/artifacts/:id',
    {
      config: { permission: 'conversations:read' },
      schema: { summary: 'What an artifact is', params: parameters, response: { 200: schemas.artifact } },
    },
    async (request) => artifactOf(await found(request, request.params.id, 'conversations:read-all')),
  );

  app.get(
    '/api/v1/artifacts/:id/content',
    {
      config: { permission: 'conversations:read' },
      schema: { summary: 'The bytes of an artifact, or a range of them; always as a download', params: parameters },
    },
    async (request, reply) => {
      const artifact = await found(request, request.params.id, 'conversations:read-all');
      return sendArtifact(artifacts, artifact, request, reply);
    },
  );

  app.delete(
    '/api/v1/artifacts/:id',
    {
      config: { permission: 'conversations:write' },
      schema: { summary: 'Delete an artifact; links to it end', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const artifact = await found(request, request.params.id, 'conversations:write-all');
      const principal = requestPrincipalOf(request);
      if (artifact.createdBy !== askerText(principal)) requirePermission(principal, 'conversations:write-all');
      await artifacts.remove(artifact);
      await recordDeed(identity, request, { action: 'artifact-deleted', target: { kind: 'artifact', id: artifact.id } });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/artifacts/:id/links',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'An address at which anybody who has it can download the artifact until it expires',
        params: parameters,
        body: z.strictObject({
          expiresInSeconds: z
            .number()
            .int()
            .min(1)
            .max(longestLink / 1_000)
            .default(86_400),
        }),
        response: { 201: z.object({ url: z.string(), expiresAt: z.string() }) },
      },
    },
    async (request, reply) => {
      const artifact = await found(request, request.params.id, 'conversations:read-all');
      const milliseconds = request.body.expiresInSeconds * 1_000;
      const url = artifacts.linkTo(artifact, milliseconds);
      await recordDeed(identity, request, { action: 'artifact-shared', target: { kind: 'artifact', id: artifact.id } });
      return reply.code(201).send({ url, expiresAt: new Date(now().getTime() + milliseconds).toISOString() });
    },
  );

  app.get(
    '/api/v1/shared/:token',
    {
      config: { public: true },
      schema: {
        summary: 'A file behind a signed link',
        params: z.object({ token: z.string().regex(tokenShape, 'is not a link, or not all of it') }),
      },
    },
    async (request, reply) => sendArtifact(artifacts, await artifacts.findLinked(request.params.token), request, reply),
  );
}

/** @throws TimonelError `artifact_invalid` */
async function fileOf(request: FastifyRequest): Promise<MultipartFile> {
  const file = await request.file().catch((error: unknown) => {
    throw new TimonelError(
      'artifact_invalid',
      'The body is not valid multipart/form-data. Let the client write it, boundary included.',
      {
        cause: error,
      },
    );
  });
  if (file !== undefined) return file;
  throw new TimonelError('artifact_invalid', 'There is no file in the form. Send one, with a file name: curl -F file=@photo.jpg.');
}
