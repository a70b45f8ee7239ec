/** What those who manage the tutor have done about platforms. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { defineCommand, rejectRow } from '../../../src/index.ts';
import { instantOf } from '../people.ts';
import { routeAddress } from './contract.ts';
import { digest, newSecret } from './login.ts';
import { newKey } from './own-keys.ts';

const invitationDays = 7;

const setup = defineCommand({
  name: 'lti-setup',
  description: 'The addresses that a learning platform asks for',
  permission: 'tutor:manage',
  run: async (_input, context) => ({
    launch: routeAddress(context, 'launch'),
    login: routeAddress(context, 'login'),
    keys: routeAddress(context, 'keys'),
    redirects: [routeAddress(context, 'launch')],
    canvas: routeAddress(context, 'canvas'),
    custom: 'exercise=<code>',
  }),
});

const invite = defineCommand({
  name: 'lti-invite',
  description: 'An address that a learning platform registers itself with (dynamic registration); good once, for seven days',
  permission: 'tutor:manage',
  async run(_input, context) {
    const key = newSecret();
    const expires = new Date(context.now().getTime() + invitationDays * 86_400_000).toISOString();
    await context.query((database) =>
      database.execute(sql`
        INSERT INTO tutor_lti_registrations (workspace_id, id, token_hash, expires_at)
        VALUES (${context.workspaceId}, ${context.newId()}, ${digest(key)}, ${expires}::timestamptz)`),
    );
    const url = new URL(routeAddress(context, 'register'));
    url.searchParams.set('key', key);
    return { url: url.href, expires };
  },
});

const link = defineCommand({
  name: 'lti-link',
  description: 'Links a course of a platform, by its id in `lti-contexts`, to a course here',
  permission: 'tutor:manage',
  input: z.object({ context: z.uuid(), course: z.string().trim().min(1).max(60) }),
  async run(input, context) {
    const { context: id, course } = input as { context: string; course: string };
    const { rowCount } = await context.query((database) =>
      database.execute(sql`
        UPDATE tutor_lti_contexts x SET course_id = c.id, version = x.version + 1 FROM tutor_courses c
        WHERE x.workspace_id = ${context.workspaceId} AND x.id = ${id} AND c.workspace_id = x.workspace_id AND c.code = ${course}`),
    );
    if ((rowCount ?? 0) === 0) throw rejectRow(`There is no such course of a platform, or no course ${course} here.`, true);
    return { linked: course };
  },
});

const anotherKey = defineCommand({
  name: 'lti-new-key',
  description:
    'Makes the next key of this tool: platforms see it at once, and it signs after a day. Compromised: it signs now, and the others are gone',
  permission: 'tutor:manage',
  input: z.object({ compromised: z.boolean().default(false) }),
  async run(input, context) {
    await newKey(context, input as { compromised: boolean });
    const { rows } = await context.query((database) =>
      database.execute<{ count: number }>(
        sql`SELECT count(*)::int AS count FROM tutor_lti_keys WHERE workspace_id = ${context.workspaceId}`,
      ),
    );
    return { keys: rows[0]?.count ?? 0 };
  },
});

const sendAgain = defineCommand({
  name: 'lti-send-again',
  description: 'Sends grades again that a platform refused, or whose end is not known',
  permission: 'tutor:manage',
  async run(_input, context) {
    const { rowCount } = await context.query((database) =>
      database.execute(sql`
        UPDATE tutor_lti_scores SET state = CASE WHEN state = 'refused' THEN 'waiting' ELSE state END, attempts = 0, next_at = ${instantOf(context)},
          version = version + 1
        WHERE workspace_id = ${context.workspaceId} AND state IN ('refused', 'unknown', 'waiting')`),
    );
    return { grades: rowCount ?? 0 };
  },
});

const readRoster = defineCommand({
  name: 'lti-roster',
  description: 'Reads who is in the linked courses anew, within two minutes; by itself it happens once a day',
  permission: 'tutor:manage',
  async run(_input, context) {
    const { rowCount } = await context.query((database) =>
      database.execute(sql`
        UPDATE tutor_lti_contexts SET roster_due_at = ${instantOf(context)} WHERE workspace_id = ${context.workspaceId}
          AND course_id IS NOT NULL AND memberships_url IS NOT NULL`),
    );
    return { courses: rowCount ?? 0 };
  },
});

export const ltiCommands = [setup, invite, link, anotherKey, sendAgain, readRoster];
