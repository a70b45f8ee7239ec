import { Readable } from 'node:stream';
import { z } from 'zod';
import type { AuditEntry } from '../../identity/audit/entry.ts';
import { verifyChain } from '../../identity/audit/verify.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';

const instant = z.iso.datetime({ offset: true });

const entry = z.object({
  sequence: z.number().int(),
  at: z.string(),
  actor: z.object({ kind: z.enum(['user', 'api-key', 'system', 'anonymous']), id: z.string().nullable() }),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string() }).nullable(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  personal: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Name, address, user agent; null where there was none, or it was erased'),
  hash: z.string(),
});

const filters = {
  actor: z.string().min(1).max(100).optional().describe('Id of a user or of an API key'),
  action: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)+$/, 'must be a noun and a verb, e.g. session-started')
    .optional(),
  target: z.string().min(1).max(200).optional().describe('Id of what it was done to'),
  from: instant.optional().describe('e.g. 2026-11-01T00:00:00-03:00'),
  to: instant.optional().describe('Not included'),
};

interface Filters {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The audit log of the workspace. */
export function auditRoutes(app: TypedFastify, { identity, pool }: HttpDependencies): void {
  const { audit } = identity;

  app.get(
    '/api/v1/audit',
    {
      config: { permission: 'audit:read' },
      schema: {
        summary: 'Who did what, when and from where; the newest first',
        querystring: z.strictObject({
          before: z.coerce.number().int().min(1).optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(500).default(50),
          ...filters,
        }),
        response: { 200: z.object({ entries: z.array(entry), next: z.number().int().nullable() }) },
      },
    },
    async (request) => {
      const { before, limit, ...filter } = request.query;
      const entries = await audit.page(requestPrincipalOf(request).workspaceId, filterOf(filter), limit, before);
      return { entries, next: entries.length < limit ? null : (entries.at(-1)?.sequence ?? null) };
    },
  );

  app.get(
    '/api/v1/audit/export',
    {
      config: { permission: 'audit:read' },
      schema: {
        summary: 'The entries as JSON lines, the oldest first',
        description:
          'Takes the filters of the list. Each line has what the chain is computed from, as `timonel audit export` prints it.',
        querystring: z.strictObject(filters),
      },
    },
    (request, reply) => {
      const { workspaceId } = requestPrincipalOf(request);
      return reply
        .type('application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="audit-${workspaceId}.jsonl"`)
        .send(Readable.from(linesOf(audit.entries(workspaceId, filterOf(request.query)))));
    },
  );

  app.get(
    '/api/v1/audit/verification',
    {
      config: { permission: 'audit:read' },
      schema: {
        summary: 'Check that the audit log is whole: nothing changed, missing, moved, inserted or cut off',
        querystring: z.strictObject({
          anchor: z
            .string()
            .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be a number and a hash, as `head` of an earlier verification: 120:9f86d0…')
            .optional(),
        }),
        response: {
          200: z.object({
            intact: z.boolean(),
            entries: z.number().int().describe('How many were checked and found good'),
            head: z
              .string()
              .nullable()
              .describe('Keep it elsewhere: as `anchor` it proves later that nothing up to here was cut off'),
            sequence: z.number().int().optional().describe('The first entry that is not what it was'),
            breach: z.enum(['changed', 'missing', 'reordered', 'inserted', 'cut', 'rewritten']).optional(),
            explanation: z.string().optional(),
          }),
        },
      },
    },
    async (request) => {
      const [sequence, hash = ''] = request.query.anchor?.split(':') ?? [];
      const anchor = sequence === undefined ? undefined : { sequence: Number(sequence), hash };
      const found = await verifyChain(pool, audit, requestPrincipalOf(request).workspaceId, anchor);
      if (!found.intact) return { ...found, head: null };
      return {
        intact: true,
        entries: found.entries,
        head: found.head === null ? null : `${found.head.sequence}:${found.head.hash}`,
      };
    },
  );
}

function filterOf({ actor, action, target, from, to }: Filters) {
  const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return { actor, action, target, from: dateOf(from), to: dateOf(to) };
}

async function* linesOf(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  for await (const each of entries) yield `${JSON.stringify(each)}\n`;
}
