/** Who a student is, and which courses are theirs. */
import { type SQL, sql } from '../../src/database.ts';
import type { Database, Principal, WorkspaceAccess } from '../../src/index.ts';

/** "user:" and the id of the user; the conversation where nobody with an account asks, e.g. in a terminal or on a page with a shared key. */
export function personOf(principal: Principal | undefined, conversationId: string): string {
  const user = principal?.kind === 'user' ? principal.id : principal?.ownerId;
  return user === undefined ? `conversation:${conversationId}` : `user:${user}`;
}

/** Courses that somebody may work in: those that are open to all, and those that they are enrolled in. `c` is the course. */
export function coursesOf(person: string): SQL {
  return sql`c.active AND (c.open OR EXISTS (SELECT FROM tutor_enrolments n WHERE n.workspace_id = c.workspace_id AND n.course_id = c.id
    AND n.person = ${person}))`;
}

/** Whether somebody may manage every course, whoever teaches it. */
export function managesAll({ permissions }: Pick<Principal, 'permissions'>): boolean {
  return permissions.has('tutor:manage');
}

/** Who teaches: the person in enrolments. An API key teaches where its owner does. */
export function teacherOf(principal: Principal): string {
  return `user:${principal.kind === 'user' ? principal.id : (principal.ownerId ?? '00000000-0000-0000-0000-000000000000')}`;
}

/** Courses that somebody teaches; all for those who manage all. `c` is the course. */
export function taughtBy(principal: Principal): SQL {
  if (managesAll(principal)) return sql`true`;
  return sql`EXISTS (SELECT FROM tutor_enrolments n WHERE n.workspace_id = c.workspace_id AND n.course_id = c.id AND n.role = 'teacher'
    AND n.person = ${teacherOf(principal)})`;
}

/** Enrols a student in an open course with their first exercise. */
export async function enrol(
  database: Database,
  access: WorkspaceAccess,
  { courseId, person, name }: { courseId: string; person: string; name: string },
): Promise<void> {
  await database.execute(sql`
    INSERT INTO tutor_enrolments (workspace_id, id, course_id, person, name, created_at)
    VALUES (${access.workspaceId}, ${access.newId()}, ${courseId}, ${person}, ${name}, ${instantOf(access)})
    ON CONFLICT (workspace_id, course_id, person) DO NOTHING`);
}

export function instantOf(access: Pick<WorkspaceAccess, 'now'>): SQL {
  return sql`${access.now().toISOString()}::timestamptz`;
}
