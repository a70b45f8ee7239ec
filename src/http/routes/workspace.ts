import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';
import { originOf } from '../requests.ts';

const workspace = z.object({
  workspaceId: z.string(),
  name: z.string(),
  timeZone: z.string(),
  classicPasswords: z.boolean().describe('New passwords need an upper-case letter, a lower-case letter and a digit too'),
});

export function workspaceRoutes(app: TypedFastify, { identity }: HttpDependencies): void {
  const { workspaces, notices, audit } = identity;

  app.get(
    '/api/v1/workspace',
    { config: { signedIn: true }, schema: { summary: 'The workspace that I am in', response: { 200: workspace } } },
    (request) => workspaces.get(principalOf(request).workspaceId),
  );

  app.patch(
    '/api/v1/workspace',
    {
      config: { permission: 'workspace:manage' },
      schema: {
        summary: 'Change the name of the workspace, or what passwords in it need',
        body: z.strictObject({ name: z.string().trim().min(1).max(120).optional(), classicPasswords: z.boolean().optional() }),
        response: { 200: workspace },
      },
    },
    async (request) => {
      const changes = request.body;
      if (Object.keys(changes).length === 0) throw new TimonelError('invalid_request', 'Send "name", "classicPasswords" or both.');
      const actor = principalOf(request);
      const { workspaceId } = actor;
      const target = { kind: 'workspace', id: workspaceId };
      const details = { changed: Object.keys(changes) };
      await notices.change(async (client) => {
        await workspaces.change(client, workspaceId, changes);
        await audit.append({ workspaceId, actor, action: 'workspace-changed', target, origin: originOf(request), details }, client);
      });
      workspaces.forget(workspaceId);
      return workspaces.get(workspaceId);
    },
  );
}
