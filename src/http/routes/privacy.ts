import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { originOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

const person = z
  .strictObject({
    userId: schemas.identifier.optional(),
    email: z.email().max(254).optional(),
    phone: schemas.contactSchema.shape.phone,
  })
  .refine(
    (given) => Object.values(given).some((value) => value !== undefined),
    'give a userId, an email or a phone, or several of them',
  );

/** What a workspace has of a person: to give it out, and to erase it. */
export function privacyRoutes(app: TypedFastify, { privacy }: HttpDependencies): void {
  app.post(
    '/api/v1/privacy/export',
    {
      config: { permission: 'privacy:manage' },
      schema: {
        summary: 'Everything that the workspace has of a person, as one document',
        body: person,
        response: {
          200: z.object({
            format: z.literal('timonel-person'),
            version: z.literal(1),
            workspaceId: z.string(),
            exportedAt: z.string(),
            person: z.record(z.string(), z.string()),
            data: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))).describe('Rows by table'),
          }),
        },
      },
    },
    (request) => {
      const actor = requestPrincipalOf(request);
      return privacy.export(actor.workspaceId, request.body, { actor, origin: originOf(request) });
    },
  );

  app.post(
    '/api/v1/privacy/preview',
    {
      config: { permission: 'privacy:manage' },
      schema: {
        summary: 'What erasing a person would do, without doing it',
        body: person,
        response: {
          200: z.object({
            workspaceId: z.string(),
            account: z
              .object({ id: z.string(), name: z.string(), email: z.string(), role: z.string() })
              .nullable()
              .describe('The account, where the person is a member'),
            conversations: z.int().describe("How many conversations are the person's"),
            tables: z.array(
              z.object({
                table: z.string(),
                rows: z.int(),
                erasure: z.enum(['deleted', 'blanked']).describe('blanked: what money and counts need stays, without the person'),
              }),
            ),
            accountKept: z.boolean().describe('The person belongs to another workspace too, and would keep the account there'),
          }),
        },
      },
    },
    (request) => {
      const actor = requestPrincipalOf(request);
      return privacy.preview(actor.workspaceId, request.body, { actor, origin: originOf(request) });
    },
  );

  app.post(
    '/api/v1/privacy/erase',
    {
      config: { permission: 'privacy:manage' },
      schema: {
        summary: 'Erase a person from the workspace, for good; what money and counts need stays, without the person',
        body: person,
        response: {
          200: z.object({
            workspaceId: z.string(),
            erased: z.record(z.string(), z.number().int()).describe('Rows by table'),
            accountKept: z.boolean().describe('The person belongs to another workspace too, and keeps the account there'),
          }),
        },
      },
    },
    (request) => {
      const actor = requestPrincipalOf(request);
      return privacy.erase(actor.workspaceId, request.body, { actor, origin: originOf(request) });
    },
  );
}
