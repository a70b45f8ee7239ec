import type { FastifyReply } from 'fastify';
import type { Principal } from '../../identity/principal.ts';
import type { Spender } from '../../llm/money/budgets.ts';

/** On whose account the calls of a request go. */
export function spenderOf({ workspaceId, kind, id }: Principal): Spender {
  return { workspaceId, ...(kind === 'user' ? { userId: id } : { keyId: id }) };
}

/** Aborted when the caller closes the connection before the answer was written. */
export function callerGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
