/** Signed, expiring addresses of an agent's own routes: who holds one is let in there, without an account, for one subject. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { TimonelError } from '../errors.ts';
import type { ServerKeys } from './secrets.ts';

/** Makes links to routes of the agent that declare `linked`. Part of the contexts of tools, jobs, routes, resources and commands. */
export interface AgentLinks {
  /**
   * @param path of a route with `linked: true` and method `GET`, e.g. `/appointment`. The link opens all linked routes that begin with its first word.
   * @param subject what the link is for, e.g. the id of a row, up to 200 characters. It can be read in the link: no secret, no name.
   * @param expiresIn milliseconds, 400 days at most.
   * @returns the whole address, with `?link=…`
   * @throws RangeError where the subject or the time is not within these bounds
   */
  to(path: string, subject: string, options: { expiresIn: number }): string;
}

/** What a link says, once its signature was found to be good. */
export interface OpenedLink {
  subject: string;
  expiresAt: Date;
}

type Keys = Pick<ServerKeys, 'current' | 'all'>;

const purpose = 'agent-links';
const longestMs = 400 * 86_400_000;
const longestSubject = 200;

/** What the query of a linked route holds: claim, seconds since 1970, signature. */
export const agentLinkShape = /^[\w-]{1,600}\.[0-9a-z]{1,11}\.[\w-]{22}$/;

export function agentLinks(
  keys: Keys,
  publicUrl: string,
  now: () => Date,
  place: { workspaceId: string; agent: string },
): AgentLinks {
  return {
    to(path, subject, { expiresIn }) {
      if (subject === '' || subject.length > longestSubject)
        throw new RangeError(`The subject of a link has from 1 to ${longestSubject} characters.`);
      if (!(expiresIn > 0 && expiresIn <= longestMs)) throw new RangeError('A link lasts from 1 millisecond to 400 days.');
      const claim = Buffer.from(JSON.stringify([place.workspaceId, subject])).toString('base64url');
      const expires = Math.ceil((now().getTime() + expiresIn) / 1_000).toString(36);
      const signature = signatureOf({ agent: place.agent, path, claim, expires }, keys.current(purpose).key);
      return `${publicUrl}/api/v1/agents/${place.agent}${path}?link=${claim}.${expires}.${signature.toString('base64url')}`;
    },
  };
}

/** @throws TimonelError `link_invalid` */
export function openAgentLink(
  keys: Keys,
  { agent, path, link, now }: { agent: string; path: string; link: string; now: Date },
): OpenedLink & { workspaceId: string } {
  const [claim = '', expires = '', given = ''] = link.split('.');
  const signature = Buffer.from(given, 'base64url');
  const good =
    agentLinkShape.test(link) &&
    // Base64 has several forms for the bits at its end: one text is the link.
    signature.toString('base64url') === given &&
    keys.all(purpose).some(({ key }) => timingSafeEqual(signatureOf({ agent, path, claim, expires }, key), signature));
  if (!good)
    throw new TimonelError('link_invalid', 'This link was never given out, or not all of it was copied. Ask for a new one.');
  const expiresAt = new Date(Number.parseInt(expires, 36) * 1_000);
  if (expiresAt <= now) throw new TimonelError('link_invalid', 'This link has expired. Ask for a new one.');
  const [workspaceId, subject] = JSON.parse(Buffer.from(claim, 'base64url').toString()) as [string, string];
  return { workspaceId, subject, expiresAt };
}

/** Bound to the agent and to the first word of the path: a link opens no other thing of the same agent. */
function signatureOf(
  { agent, path, claim, expires }: Record<'agent' | 'path' | 'claim' | 'expires', string>,
  key: Uint8Array,
): Buffer {
  const [, word = ''] = path.split('/');
  return createHmac('sha256', key)
    .update(JSON.stringify([agent, word, claim, expires]))
    .digest()
    .subarray(0, 16);
}
