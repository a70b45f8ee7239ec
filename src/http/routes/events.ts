import { z } from 'zod';
import type { Principal } from '../../identity/principal.ts';
import { connectionsOf } from '../../store/reach.ts';
import { ChangeStreams } from '../change-streams.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';

/** What changed in the workspace, for readers who stay. */
export function eventRoutes(app: TypedFastify, { feed, pool, streams, newId }: HttpDependencies): void {
  const changes = new ChangeStreams(feed, newId().slice(-12), (workspaceId, ids) => connectionsOf(pool, workspaceId, ids));

  app.get(
    '/api/v1/events',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'What changed, as it changes (server-sent): ids and kinds, of what the reader may see',
        description:
          'Kinds: conversation-changed, handoff-changed, run-ended, approval-waiting, approval-decided, release-changed. `resync`: something was missed, look at everything again. A reader that comes back with Last-Event-ID goes on from there.',
        headers: z.object({ 'last-event-id': z.string().max(60).optional() }),
      },
    },
    async (request, reply) => {
      let current: Principal = requestPrincipalOf(request);
      // Asked whenever something about the reader changes, and every few seconds.
      const may = (now: Principal) => {
        current = now;
        return now.permissions.has('conversations:read');
      };
      const last = request.headers['last-event-id'];
      await streams.follow(reply, { principal: current, may }, (signal) => changes.read(last, () => current, signal));
      return reply;
    },
  );
}
