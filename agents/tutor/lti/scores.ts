/**
 * Grades for platforms. A row says which grade a platform should have of a person; a job sends it. The instant of the grade names the score, so that
 * one that is sent again is the same one, and what became of a score whose answer was lost is looked up before anything is sent again.
 */
import { sql } from '../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../src/index.ts';
import { instantOf } from '../people.ts';

/** Queues the best grade of a student for every link to the exercise that they came by. @returns how many grades changed */
export async function queueScores(
  database: Database,
  context: Pick<WorkspaceAccess, 'workspaceId' | 'now'>,
  { person, exerciseId }: { person: string; exerciseId: string },
): Promise<number> {
  const { workspaceId } = context;
  const at = instantOf(context);
  // A later grade has a later instant, whatever the clocks of two processes say.
  const { rowCount } = await database.execute(sql`
    UPDATE tutor_lti_scores s SET points = b.points, highest_points = b.highest_points, state = 'waiting', attempts = 0, next_at = ${at}, fault = '',
      wanted_at = greatest(${at}, s.wanted_at + interval '1 millisecond'), version = s.version + 1
    FROM tutor_lti_links l
      JOIN tutor_lti_contexts x ON x.workspace_id = l.workspace_id AND x.id = l.context_id
      JOIN tutor_enrolments n ON n.workspace_id = x.workspace_id AND n.course_id = x.course_id AND n.person = ${person} AND n.role = 'student'
      CROSS JOIN LATERAL (
        SELECT m.points, m.highest_points FROM tutor_submissions m WHERE m.workspace_id = l.workspace_id AND m.person = n.person
          AND m.exercise_id = l.exercise_id AND m.graded_at IS NOT NULL AND m.highest_points > 0
        ORDER BY m.points / m.highest_points DESC, m.created_at LIMIT 1) b
    WHERE s.workspace_id = ${workspaceId} AND s.person = ${person} AND l.workspace_id = s.workspace_id AND l.id = s.link_id
      AND l.exercise_id = ${exerciseId}::uuid AND (l.lineitem_url IS NOT NULL OR x.lineitems_url IS NOT NULL)
      AND (s.points IS DISTINCT FROM b.points OR s.highest_points IS DISTINCT FROM b.highest_points)`);
  return rowCount ?? 0;
}
