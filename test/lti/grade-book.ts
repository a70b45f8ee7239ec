/** Assignment and grade services of the simulated platform. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatedPlatform } from './platform.ts';

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope';

interface Score {
  userId: string;
  scoreGiven: number;
  scoreMaximum: number;
  timestamp: string;
  activityProgress: string;
  gradingProgress: string;
}

/** How the next score is answered: `cut` stores it and closes the connection, `lose` closes it before. */
export type GradeFault = 'cut' | 'lose' | 'error-after' | 'error-before' | 'busy' | 'no-token' | 'hang';

export interface GradeBook {
  items: { id: string; resourceLinkId: string; label: string; scoreMaximum: number }[];
  /** By line item and user. */
  scores: Map<string, Score>;
  /** Scores that were stored, as they came: one twice is a grade twice. */
  posts: Score[];
  faults: GradeFault[];
}

interface GradeRequest {
  asked: URL;
  scope: string;
  request: IncomingMessage;
  response: ServerResponse;
  body: string;
  send(status: number, value: unknown, headers?: Record<string, string>): void;
}

export function answerGradeRequest(
  { grades, url }: SimulatedPlatform,
  { asked, scope, request, response, body, send }: GradeRequest,
): unknown {
  const { method = '' } = request;
  const type = request.headers['content-type'] ?? '';
  const may = (needed: string) => scope.split(' ').includes(`${ags}/${needed}`);
  // As Moodle does: what kind of line item it is stands in the query, and nothing works without it.
  const [, id, what] = /^\/lineitems\/([\w-]+)\/lineitem(\/scores|\/results)?$/.exec(asked.pathname) ?? [];
  if (asked.pathname === '/lineitems') {
    if (!may('lineitem')) return send(401, {});
    const link = asked.searchParams.get('resource_link_id');
    if (method === 'GET')
      return send(
        200,
        grades.items.filter(({ resourceLinkId }) => link === null || resourceLinkId === link),
      );
    if (type !== 'application/vnd.ims.lis.v2.lineitem+json') return send(415, {});
    const item = { ...JSON.parse(body), id: `${url}/lineitems/made-${grades.items.length}/lineitem?type_id=1` };
    grades.items.push(item);
    return send(201, item);
  }
  if (id === undefined || asked.searchParams.get('type_id') !== '1') return send(404, {});
  if (what === '/results') {
    const user = asked.searchParams.get('user_id');
    if (!may('result.readonly')) return send(401, {});
    const found = grades.scores.get(`${id} ${user}`);
    return send(
      200,
      found === undefined ? [] : [{ userId: user, resultScore: found.scoreGiven, resultMaximum: found.scoreMaximum }],
    );
  }
  if (what !== '/scores' || method !== 'POST') return send(405, {});
  const fault = grades.faults.shift();
  if (fault === 'lose') return response.socket?.destroy();
  if (fault === 'error-before') return send(500, {});
  if (fault === 'busy') return send(429, {}, { 'retry-after': '1' });
  if (fault === 'no-token' || !may('score')) return send(401, {});
  if (type !== 'application/vnd.ims.lis.v1.score+json') return send(415, {});
  const score = JSON.parse(body) as Score;
  const before = grades.scores.get(`${id} ${score.userId}`);
  if (before !== undefined && new Date(before.timestamp) >= new Date(score.timestamp)) return send(409, {});
  grades.scores.set(`${id} ${score.userId}`, score);
  grades.posts.push(score);
  if (fault === 'hang') return undefined;
  if (fault === 'cut') return response.socket?.destroy();
  return send(fault === 'error-after' ? 503 : 200, {});
}
