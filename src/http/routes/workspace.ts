import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { Workspace } from '../../identity/workspaces.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';

const conversationDays = z
  .int()
  .min(1)
  .max(36_500)
  .describe('Days that conversations of the workspace are kept, where that is less long than the installation keeps them');

const workspace = z.object({
  workspaceId: z.string(),
  name: z.string(),
  timeZone: z.string(),
  classicPasswords: z.boolean().describe('New passwords need an upper-case letter, a lower-case letter and a digit too'),
  retentionDays: z
    .object({ conversations: z.int(), sessions: z.int(), audit: z.int() })
    .describe('How long the installation keeps what tells of people; 0 is for ever'),
  conversationDays: conversationDays.nullable(),
});

/** The workspace of whoever asks. */
export function workspaceRoutes(app: TypedFastify, { identity, settings }: HttpDependencies): void {
  const { workspaces, administration } = identity;
  const shown = (found: Workspace) => ({ ...found, retentionDays: settings.retentionDays });

  app.get(
    '/api/v1/workspace',
    { config: { signedIn: true }, schema: { summary: 'The workspace that I am in', response: { 200: workspace } } },
    async (request) => shown(await workspaces.get(requestPrincipalOf(request).workspaceId)),
  );

  app.patch(
    '/api/v1/workspace',
    {
      config: { permission: 'workspace:manage' },
      schema: {
        summary: 'Change the name of the workspace, its time zone, what passwords in it need, or how long conversations are kept',
        description: 'A time zone counts from the next turn on; appointments and other instants stay what they are.',
        body: z.strictObject({
          name: shapes.workspaceName.optional(),
          timeZone: shapes.timeZone.optional(),
          classicPasswords: z.boolean().optional(),
          conversationDays: conversationDays.nullable().optional(),
        }),
        response: { 200: workspace },
      },
    },
    async (request) => {
      const changes = request.body;
      if (Object.keys(changes).length === 0) {
        throw new TimonelError(
          'invalid_request',
          'Send "name", "timeZone", "classicPasswords", "conversationDays", or several of them.',
        );
      }
      const most = settings.retentionDays.conversations;
      if (most > 0 && (changes.conversationDays ?? 0) > most) {
        throw new TimonelError(
          'invalid_request',
          `conversationDays: the installation keeps conversations for ${most} days; a workspace may keep them for fewer.`,
        );
      }
      const principal = requestPrincipalOf(request);
      return shown(await administration.change(principal.workspaceId, changes, { principal, origin: originOf(request) }));
    },
  );
}
