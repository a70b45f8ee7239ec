/**
 * The OpenFeature Remote Evaluation Protocol, so that other services ask for flags with the client of any language:
 * https://github.com/open-feature/protocol/blob/main/service/openapi.yaml
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ErrorCode, TimonelError } from '../../errors.ts';
import type { Evaluation, FlagContext } from '../../flags/evaluate.ts';
import type { FlagFault } from '../../flags/flag-table.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { createErrorMapper } from '../problems.ts';

/** Unknown members are left alone: clients may send more than the protocol has. */
const body = z
  .looseObject({
    context: z
      .looseObject({ targetingKey: z.string().nullish().describe('Who counts as one, and always gets the same share') })
      .nullish()
      .describe('Attributes that the rules of flags compare with'),
  })
  .nullish();

const success = z.object({
  key: z.string(),
  value: z.union([z.boolean(), z.string(), z.number(), z.record(z.string(), z.unknown())]),
  variant: z.string(),
  reason: z.string().describe("OpenFeature's name of it, e.g. SPLIT"),
  metadata: z.object({
    version: z.number().int(),
    why: z.string(),
    rule: z.number().int().optional().describe('The rule that decided, counted from 1'),
    bucket: z.number().int().optional().describe('Where the targeting key falls, 0 to 9,999'),
  }),
});
export const ofrepSuccess = success;

const failure = z.looseObject({ key: z.string().optional(), errorCode: z.string(), errorDetails: z.string() });

/** The protocol's names for what can go wrong; everything else is GENERAL. */
const errorCodes: Readonly<Partial<Record<ErrorCode, string>>> = {
  malformed_json: 'PARSE_ERROR',
  unsupported_media_type: 'PARSE_ERROR',
  payload_too_large: 'PARSE_ERROR',
  invalid_request: 'INVALID_CONTEXT',
  not_found: 'FLAG_NOT_FOUND',
};

export async function ofrepDoor(app: TypedFastify, dependencies: HttpDependencies): Promise<void> {
  await app.register(async (plugin) => {
    const door = plugin as unknown as TypedFastify;
    // Errors in the protocol's own shape, also those that come before the handler; what a problem document says stands beside it.
    door.setErrorHandler(
      createErrorMapper((error, request) => {
        const { key } = request.params as { key?: string };
        const { code, message, retryable, details } = error;
        const own = { ...(key === undefined ? {} : { key }), errorCode: errorCodes[code] ?? 'GENERAL', errorDetails: message };
        return { mediaType: 'application/json', body: { ...details, ...own, code, retryable, requestId: request.id } };
      }),
    );
    ofrepRoutes(door, dependencies);
  });
}

function ofrepRoutes(app: TypedFastify, { flags: { table } }: HttpDependencies): void {
  app.post(
    '/ofrep/v1/evaluate/flags/:key',
    {
      config: { permission: 'flags:evaluate' },
      schema: {
        summary: 'What a feature flag is worth in a context, and why (OFREP)',
        params: z.object({ key: z.string() }),
        body,
        response: { 200: success, 400: failure, 404: failure },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      const found = table.evaluate(requestPrincipalOf(request).workspaceId, key, contextOf(request.body));
      if (!('errorCode' in found)) return successOf(key, found);
      if (found.errorCode === 'FLAG_NOT_FOUND') throw new TimonelError('not_found', found.errorMessage);
      return reply.code(400).send(failureOf(key, found));
    },
  );

  app.post(
    '/ofrep/v1/evaluate/flags',
    {
      config: { permission: 'flags:evaluate' },
      schema: {
        summary: 'What all feature flags are worth in a context (OFREP). If-None-Match: the ETag of the answer that one has',
        headers: z.object({ 'if-none-match': z.string().max(1_000).optional() }),
        body,
        response: { 200: z.object({ flags: z.array(z.union([success, failure])) }), 304: z.null().optional() },
      },
    },
    async (request, reply) => {
      const { workspaceId } = requestPrincipalOf(request);
      const context = contextOf(request.body);
      const flags = table.keys(workspaceId).map((key) => {
        const found = table.evaluate(workspaceId, key, context);
        return 'errorCode' in found ? failureOf(key, found) : successOf(key, found);
      });
      const answer = JSON.stringify({ flags });
      const tag = `"${createHash('sha256').update(answer).digest('base64url').slice(0, 27)}"`;
      reply.header('etag', tag);
      // Without a payload: a null would be written, and a 304 with a length makes clients close the connection.
      if (isAmong(tag, request.headers['if-none-match'])) return reply.code(304).send(undefined);
      return { flags };
    },
  );
}

function contextOf(sent: z.infer<typeof body>): FlagContext {
  return sent?.context ?? {};
}

function successOf(key: string, { value, variant, reason, flagMetadata }: Evaluation): z.infer<typeof success> {
  return { key, value, variant, reason, metadata: flagMetadata };
}

function failureOf(key: string, { errorCode, errorMessage }: FlagFault): z.infer<typeof failure> {
  return { key, errorCode, errorDetails: errorMessage };
}

/** Compared weakly, as for every If-None-Match (RFC 9110, 13.1.2). */
function isAmong(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => ['*', tag].includes(each.trim().replace(/^W\//, '')));
}
