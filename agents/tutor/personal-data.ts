/** Where this agent has data of people: the work of students, by who they are. */
import { sql } from '../../src/database.ts';
import type { AgentDefinition } from '../../src/index.ts';

const course = 'What teachers wrote: courses, exercises and their tests.';
const platform = 'Which platforms are trusted, and which of their courses and links are which here.';
/** Rows of a user, and those of conversations that are known to be theirs. */
const whose = `person = :asker OR person IN (SELECT 'conversation:' || each::text FROM unnest(:conversations) AS each)`;

export const personalData: NonNullable<AgentDefinition['personalData']> = {
  tables: [
    {
      table: 'tutor_enrolments',
      personal: true,
      columns: ['person', 'name'],
      whose,
      erase: 'delete',
      // Somebody without an account is their conversation.
      ages: { kind: 'conversations', at: 'created_at', when: `person LIKE 'conversation:%'` },
    },
    {
      table: 'tutor_desks',
      personal: true,
      columns: ['person'],
      whose,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'updated_at' },
    },
    {
      table: 'tutor_work',
      personal: true,
      columns: ['person', 'code', 'result', 'plan'],
      whose,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'updated_at' },
    },
    {
      table: 'tutor_submissions',
      personal: true,
      columns: ['person', 'code'],
      whose,
      // Their outcomes go with them.
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at' },
    },
    {
      table: 'tutor_events',
      personal: true,
      columns: ['person', 'data'],
      whose,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'at' },
    },
    {
      table: 'tutor_lti_people',
      personal: true,
      columns: ['subject', 'person'],
      whose,
      erase: 'delete',
      // Where they come from again they are known again.
      ages: { kind: 'conversations', at: 'seen_at' },
    },
    {
      table: 'tutor_lti_scores',
      personal: true,
      columns: ['person', 'subject', 'points', 'highest_points'],
      whose,
      // Grades that a platform has are the platform's.
      erase: 'delete',
      ages: { kind: 'conversations', at: 'wanted_at' },
    },
    {
      table: 'tutor_xapi_statements',
      personal: true,
      columns: ['person', 'event_id'],
      whose,
      // Statements that a store has are under a pseudonym.
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at' },
    },
    {
      table: 'tutor_lti_launches',
      personal: false,
      because: 'Launches under way: what a platform says of a person is sealed, good for ten minutes and deleted within a day.',
    },
    { table: 'tutor_lti_platforms', personal: false, because: platform },
    { table: 'tutor_lti_deployments', personal: false, because: platform },
    { table: 'tutor_lti_contexts', personal: false, because: platform },
    { table: 'tutor_lti_links', personal: false, because: platform },
    { table: 'tutor_lti_registrations', personal: false, because: platform },
    { table: 'tutor_lti_keys', personal: false, because: 'Keys of this tool, sealed.', sealed: ['private_key'] },
    {
      table: 'tutor_xapi_stores',
      personal: false,
      because: 'Learning record stores, with sealed passwords.',
      sealed: ['secret', 'pseudonym_key'],
    },
    { table: 'tutor_outcomes', personal: false, because: 'Verdicts of tests; they go with the submission that they are of.' },
    { table: 'tutor_terms', personal: false, because: 'Under which terms students are helped.' },
    { table: 'tutor_regrades', personal: false, because: 'How far a grading of all submissions is.' },
    { table: 'tutor_courses', personal: false, because: course },
    { table: 'tutor_activities', personal: false, because: course },
    { table: 'tutor_exercises', personal: false, because: course },
    { table: 'tutor_tests', personal: false, because: course },
  ],
  async find({ userId }, _conversationIds, access) {
    if (userId === undefined) return { ids: [], conversationIds: [] };
    const { rows } = await access.query((database) =>
      database.execute<{ conversation_id: string }>(sql`
        SELECT conversation_id FROM tutor_desks WHERE workspace_id = ${access.workspaceId} AND person = ${`user:${userId}`}`),
    );
    return { ids: [], conversationIds: rows.map(({ conversation_id }) => conversation_id) };
  },
};
