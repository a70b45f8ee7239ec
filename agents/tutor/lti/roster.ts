/** Who is in a course, as its platform says: names and roles, page by page. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { type JobContext, OutsideFault, TimonelError } from '../../../src/index.ts';
import { instantOf } from '../people.ts';
import { isTeacher, scope } from './contract.ts';
import { keepPerson } from './enter.ts';
import { json } from './platform-keys.ts';
import { askService, NoToken, nextPage, platformOfContext } from './services.ts';

/** A course that is read again by itself, in milliseconds. */
const everyMs = 86_400_000;
const mostPages = 200;

const container = z.object({
  members: z.array(
    z.object({
      user_id: z.string().min(1).max(255),
      status: z.string().nullish(),
      name: z.string().nullish(),
      given_name: z.string().nullish(),
      family_name: z.string().nullish(),
      roles: z.array(z.string()).default([]),
    }),
  ),
});
type Member = z.infer<typeof container>['members'][number];

interface DueContext extends Record<string, unknown> {
  id: string;
  course_id: string;
  memberships_url: string;
}

/** Reads the rosters that are due. */
export async function readRosters(context: JobContext): Promise<void> {
  const { workspaceId, now } = context;
  for (let time = 0; time < 20 && !context.signal.aborted; time += 1) {
    const next = new Date(now().getTime() + everyMs).toISOString();
    const { rows } = await context.query((database) =>
      database.execute<DueContext>(sql`
        UPDATE tutor_lti_contexts SET roster_due_at = ${next}::timestamptz WHERE workspace_id = ${workspaceId} AND id = (
          SELECT id FROM tutor_lti_contexts WHERE workspace_id = ${workspaceId} AND roster_due_at <= ${instantOf(context)}
            AND course_id IS NOT NULL AND memberships_url IS NOT NULL ORDER BY roster_due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, course_id, memberships_url`),
    );
    const [due] = rows;
    if (due === undefined) return;
    let fault = '';
    try {
      await readRoster(context, due);
    } catch (error) {
      if (!(error instanceof OutsideFault || error instanceof NoToken || error instanceof UnreadableRoster)) throw error;
      fault = error.message;
    }
    await context.query((database) =>
      database.execute(sql`
        UPDATE tutor_lti_contexts SET roster_fault = ${fault}, version = version + 1,
          roster_at = CASE WHEN ${fault} = '' THEN ${instantOf(context)} ELSE roster_at END
        WHERE workspace_id = ${workspaceId} AND id = ${due.id}`),
    );
  }
}

class UnreadableRoster extends Error {
  override readonly name = 'UnreadableRoster';
}

async function readRoster(context: JobContext, { id, course_id: courseId, memberships_url: first }: DueContext): Promise<void> {
  const platform = await platformOfContext(context, id);
  if (platform === undefined) return;
  const there = new Set<string>();
  // Read whole before anybody is taken out.
  let page: string | undefined = first;
  const members: Member[] = [];
  for (let count = 0; page !== undefined; count += 1) {
    if (count >= mostPages) throw new UnreadableRoster(`The roster has more than ${mostPages} pages.`);
    const url: string = page;
    const answer = await askService(context, platform, scope.memberships, {
      url,
      headers: { accept: 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json' },
      maxBytes: 8 * 1_048_576,
    });
    const parsed = answer.status === 200 ? container.safeParse(json(answer.body)) : undefined;
    if (parsed?.success !== true) throw new UnreadableRoster(`${platform.name} answered ${answer.status} for the roster.`);
    members.push(...parsed.data.members);
    page = nextPage(answer, url);
  }
  for (const member of members) {
    if (context.signal.aborted) return;
    if (member.status != null && member.status !== 'Active') continue;
    const subject = member.user_id;
    const name = (member.name ?? [member.given_name, member.family_name].filter((each) => each != null).join(' ')).slice(0, 200);
    const teacher = isTeacher(member.roles);
    const who = { issuer: platform.id, subject };
    try {
      const { userId } = await context.accounts.vouch({ ...who, name, role: teacher ? 'instructor' : 'student' });
      const person = `user:${userId}`;
      await context.query((database) => keepPerson(database, context, { ...who, person, name, teacher, courseId }));
      there.add(subject);
    } catch (error) {
      // The workspace disabled them: they stay so.
      if (!(error instanceof TimonelError && error.code === 'forbidden')) throw error;
    }
  }
  if (there.size > 0) await takeOut(context, { platformId: platform.id, courseId, there: [...there] });
}

/** Those who came from this platform and are in the course no more. What they did stays. */
async function takeOut(
  context: JobContext,
  { platformId, courseId, there }: { platformId: string; courseId: string; there: string[] },
): Promise<void> {
  await context.query((database) =>
    database.execute(sql`
      DELETE FROM tutor_enrolments n USING tutor_lti_people p
      WHERE n.workspace_id = ${context.workspaceId} AND n.course_id = ${courseId}::uuid AND p.workspace_id = n.workspace_id
        AND p.person = n.person AND p.platform_id = ${platformId}::uuid AND NOT p.subject = ANY(${sql.param(there)}::text[])
        AND 1 = (SELECT count(*) FROM tutor_lti_contexts x WHERE x.workspace_id = n.workspace_id AND x.course_id = n.course_id)`),
  );
}
