/** What a checked launch changes: the person has an account, is in the course as what they are there, and their link leads to an exercise. */
import { sql } from '../../../src/database.ts';
import type { AgentSession, Database, RouteContext, WorkspaceAccess } from '../../../src/index.ts';
import { instantOf } from '../people.ts';
import { type Launch, LaunchRefused } from './contract.ts';
import { queueScores } from './scores.ts';

/** The course of the tutor that a course of the platform is linked to. */
export interface LinkedCourse {
  /** Id of the link between them. */
  contextId: string;
  courseId: string;
  code: string;
  title: string;
  language: 'es' | 'en';
}

export interface Entered {
  session: AgentSession;
  person: string;
  course: LinkedCourse;
  exercise: { id: string; code: string; title: string } | undefined;
  /** The conversation about the exercise that they were in last. */
  conversationId: string | undefined;
}

/** @throws LaunchRefused @throws TimonelError `forbidden` */
export async function enter(context: RouteContext, launch: Launch): Promise<Entered> {
  const course = await courseOf(context, launch);
  const exercise = await exerciseOf(context, launch, course);
  const who = { issuer: launch.platformId, subject: launch.subject };
  const { userId } = await context.accounts.vouch({ ...who, name: launch.name, role: launch.teacher ? 'instructor' : 'student' });
  const person = `user:${userId}`;
  const conversationId = await context.query(async (database) => {
    await keepPerson(database, context, { ...who, person, name: launch.name, teacher: launch.teacher, courseId: course.courseId });
    if (exercise === undefined || launch.resourceLink === null) return undefined;
    await keepLink(database, context, launch, course, { exerciseId: exercise.id, person });
    // They may have passed before the link was there.
    await queueScores(database, context, { person, exerciseId: exercise.id });
    const { rows } = await database.execute<{ id: string }>(sql`
      SELECT conversation_id AS id FROM tutor_desks WHERE workspace_id = ${context.workspaceId} AND person = ${person}
        AND exercise_id = ${exercise.id}::uuid ORDER BY updated_at DESC LIMIT 1`);
    return rows[0]?.id;
  });
  return { session: await context.accounts.signIn(who), person, course, exercise, conversationId };
}

/** The platform decides what somebody is in its course, at each launch and with each roster. */
export async function keepPerson(
  database: Database,
  context: WorkspaceAccess,
  at: { issuer: string; subject: string; person: string; name: string; teacher: boolean; courseId: string },
): Promise<void> {
  const { workspaceId } = context;
  await database.execute(sql`
    INSERT INTO tutor_lti_people (workspace_id, platform_id, subject, person, seen_at)
    VALUES (${workspaceId}, ${at.issuer}::uuid, ${at.subject}, ${at.person}, ${instantOf(context)})
    ON CONFLICT (workspace_id, platform_id, subject) DO UPDATE SET person = excluded.person, seen_at = excluded.seen_at`);
  await database.execute(sql`
    INSERT INTO tutor_enrolments AS n (workspace_id, id, course_id, person, name, role, created_at)
    VALUES (${workspaceId}, ${context.newId()}, ${at.courseId}, ${at.person}, ${at.name}, ${at.teacher ? 'teacher' : 'student'}, ${instantOf(context)})
    ON CONFLICT (workspace_id, course_id, person) DO UPDATE SET role = excluded.role, version = n.version + 1,
      name = CASE WHEN excluded.name = '' THEN n.name ELSE excluded.name END
    WHERE n.role <> excluded.role OR (excluded.name <> '' AND n.name <> excluded.name)`);
}

/** @throws LaunchRefused where nobody linked the platform's course to one here */
export async function courseOf(context: RouteContext, launch: Launch): Promise<LinkedCourse> {
  const { workspaceId } = context;
  const at = launch.context;
  if (at === null)
    throw new LaunchRefused('El enlace no está en ningún curso de la plataforma.', 'The link is in no course of the platform.');
  const found = await context.query(async (database) => {
    const { rows } = await database.execute<{ id: string; course_id: string | null }>(sql`
      INSERT INTO tutor_lti_contexts AS x (workspace_id, id, deployment_id, context, title, course_id, memberships_url, lineitems_url, scopes,
        roster_due_at)
      SELECT d.workspace_id, ${context.newId()}, d.id, ${at.id}, ${at.title}, d.course_id, ${launch.membershipsUrl}, ${launch.grades?.lineItems ?? null},
        ${sql.param(launch.grades?.scopes ?? [])}::text[], CASE WHEN ${launch.membershipsUrl}::text IS NULL THEN NULL ELSE ${instantOf(context)} END
      FROM tutor_lti_deployments d WHERE d.workspace_id = ${workspaceId} AND d.id = ${launch.deploymentId}::uuid
      ON CONFLICT (workspace_id, deployment_id, context) DO UPDATE SET
        title = CASE WHEN excluded.title = '' THEN x.title ELSE excluded.title END,
        memberships_url = coalesce(excluded.memberships_url, x.memberships_url),
        roster_due_at = coalesce(x.roster_due_at, excluded.roster_due_at),
        lineitems_url = coalesce(excluded.lineitems_url, x.lineitems_url),
        scopes = CASE WHEN excluded.scopes = '{}' THEN x.scopes ELSE excluded.scopes END
      RETURNING id, course_id`);
    const [row] = rows;
    if (row?.course_id == null) return undefined;
    const { rows: courses } = await database.execute<Omit<LinkedCourse, 'contextId'> & Record<string, unknown>>(sql`
      SELECT id AS "courseId", code, title, language FROM tutor_courses WHERE workspace_id = ${workspaceId} AND id = ${row.course_id}::uuid AND active`);
    const [course] = courses;
    return course && { ...course, contextId: row.id };
  });
  if (found === undefined)
    throw new LaunchRefused(
      `El curso «${at.title || at.id}» todavía no está unido a un curso del tutor. Quien lo administra lo une con «timonel tutor lti-link».`,
      `The course "${at.title || at.id}" is not linked to a course of the tutor yet. Whoever manages it links it with "timonel tutor lti-link".`,
    );
  return found;
}

/** The exercise that the link names, or was linked to before. @throws LaunchRefused where the course has none of that code */
async function exerciseOf(
  context: RouteContext,
  launch: Launch,
  { courseId, contextId }: LinkedCourse,
): Promise<Entered['exercise']> {
  const { exercise: code, resourceLink } = launch;
  if (resourceLink === null) return undefined;
  const { rows } = await context.query((database) =>
    database.execute<{ id: string; code: string; title: string }>(sql`
      SELECT e.id, e.code, e.title FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
      WHERE e.workspace_id = ${context.workspaceId} AND a.course_id = ${courseId}::uuid AND e.active AND a.status = 'active'
        AND CASE WHEN ${code}::text IS NULL THEN e.id = (SELECT l.exercise_id FROM tutor_lti_links l WHERE l.workspace_id = e.workspace_id
          AND l.context_id = ${contextId}::uuid AND l.resource_link = ${resourceLink.id}) ELSE e.code = ${code} END`),
  );
  const [found] = rows;
  if (found === undefined && code !== null)
    throw new LaunchRefused(`El curso no tiene un ejercicio «${code}».`, `The course has no exercise "${code}".`);
  return found;
}

async function keepLink(
  database: Database,
  context: WorkspaceAccess,
  { resourceLink, grades, subject, teacher }: Launch,
  { contextId }: LinkedCourse,
  { exerciseId, person }: { exerciseId: string; person: string },
): Promise<void> {
  const { workspaceId } = context;
  const { rows } = await database.execute<{ id: string }>(sql`
    INSERT INTO tutor_lti_links AS l (workspace_id, id, context_id, resource_link, exercise_id, lineitem_url, scopes)
    VALUES (${workspaceId}, ${context.newId()}, ${contextId}::uuid, ${resourceLink?.id ?? ''}, ${exerciseId}::uuid, ${grades?.lineItem ?? null},
      ${sql.param(grades?.scopes ?? [])}::text[])
    ON CONFLICT (workspace_id, context_id, resource_link) DO UPDATE SET exercise_id = excluded.exercise_id,
      lineitem_url = coalesce(excluded.lineitem_url, l.lineitem_url), scopes = excluded.scopes
    RETURNING id`);
  if (teacher) return;
  const at = instantOf(context);
  await database.execute(sql`
    INSERT INTO tutor_lti_scores (workspace_id, id, link_id, person, subject, wanted_at, next_at)
    VALUES (${workspaceId}, ${context.newId()}, ${rows[0]?.id ?? null}::uuid, ${person}, ${subject}, ${at}, ${at})
    ON CONFLICT (workspace_id, link_id, person) DO UPDATE SET subject = excluded.subject`);
}
