/** Choosing an exercise for a link: the platform asks, a teacher chooses, and the answer goes back by the browser, signed. */
import { sql } from '../../../src/database.ts';
import type { Database, RouteContext } from '../../../src/index.ts';
import { claim, type Launch, routeAddress } from './contract.ts';
import { sign } from './own-keys.ts';
import { deploymentNameOf, platformById } from './platforms.ts';

export interface Choice {
  code: string;
  title: string;
  activity: string;
  points: number;
}

/** The exercises of a course, in its order. */
export async function choicesOf(database: Database, { workspaceId }: RouteContext, courseId: string): Promise<Choice[]> {
  const { rows } = await database.execute<Choice & Record<string, unknown>>(sql`
    SELECT e.code, e.title, a.title AS activity, coalesce((SELECT sum(t.points)::float8 FROM tutor_tests t
      WHERE t.workspace_id = e.workspace_id AND t.exercise_id = e.id), 0) AS points
    FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
    WHERE e.workspace_id = ${workspaceId} AND a.course_id = ${courseId}::uuid AND e.active AND a.status = 'active'
    ORDER BY a.position, a.code, e.position, e.code LIMIT 500`);
  return rows;
}

/** The answer to the platform; without a choice it was called off. */
export async function answerOf(
  context: RouteContext,
  { platformId, deploymentId, deepLinking }: Launch,
  chosen: Choice | undefined,
): Promise<string> {
  const { platform, deployment } = await context.query(async (database) => ({
    platform: await platformById(database, context, platformId),
    deployment: await deploymentNameOf(database, context, deploymentId),
  }));
  if (platform === undefined || deployment === undefined) throw new Error('The platform was taken out meanwhile.');
  const item = chosen && {
    type: 'ltiResourceLink',
    title: chosen.title,
    url: routeAddress(context, 'launch'),
    custom: { exercise: chosen.code },
    lineItem: { label: chosen.title, scoreMaximum: chosen.points > 0 ? chosen.points : 1, resourceId: chosen.code },
  };
  return sign(
    context,
    {
      iss: platform.clientId,
      aud: platform.issuer,
      nonce: context.newId(),
      [claim.deployment]: deployment,
      [claim.messageType]: 'LtiDeepLinkingResponse',
      [claim.version]: '1.3.0',
      [claim.contentItems]: item === undefined ? [] : [item],
      // Sent back as it came, where it came.
      ...(deepLinking?.data == null ? {} : { [claim.deepLinkingData]: deepLinking.data }),
    },
    { seconds: 300 },
  );
}
