/** Names and roles of the simulated platform, two on a page. */
import type { IncomingMessage } from 'node:http';
import type { SimulatedPlatform } from './platform.ts';

export interface Member {
  user_id: string;
  name?: string;
  status?: string;
  roles: string[];
}

const scopeNeeded = 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly';
const mediaType = 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json';

export function answerMemberRequest(
  { members, url }: SimulatedPlatform,
  at: {
    asked: URL;
    scope: string;
    request: IncomingMessage;
    send(status: number, value: unknown, headers?: Record<string, string>): void;
  },
): unknown {
  if (!at.scope.split(' ').includes(scopeNeeded)) return at.send(401, {});
  if (at.request.headers.accept !== mediaType) return at.send(406, {});
  const page = Number(at.asked.searchParams.get('page') ?? '0');
  const shown = members.slice(page * 2, page * 2 + 2);
  const more = members.length > page * 2 + 2;
  const first = `<${url}/members?course=1>; rel="first"`;
  const link = more ? `${first}, <${url}/members?course=1&page=${page + 1}>; rel="next"` : first;
  return at.send(200, { id: at.asked.href, context: { id: 'course-1' }, members: shown }, { 'content-type': mediaType, link });
}
