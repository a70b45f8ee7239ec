/** What a page for teachers reads. Of the courses that its reader teaches, and of no other. */
import { z } from 'zod';
import { defineRoute, TimonelError } from '../../src/index.ts';
import { classBoardRoutes } from './class-board.ts';
import { report, reportPage } from './class-report.ts';
import { classOf, taughtCourse } from './class-view.ts';
import { ltiRoutes } from './lti/routes.ts';

const line = z.object({
  person: z.string(),
  name: z.string(),
  group: z.string(),
  course: z.string(),
  exercise: z.string().nullable(),
  title: z.string().nullable(),
  state: z.enum(['not-begun', 'working', 'stuck', 'passed']),
  failing: z.string().nullable(),
  failingSince: z.string().nullable(),
  stuckMinutes: z.number().nullable(),
  hints: z.number(),
  attempts: z.number(),
  triesSince: z.number(),
  passed: z.number(),
  exercises: z.number(),
  lastSeen: z.string().nullable(),
  helpLevel: z.string().nullable(),
  helpByLevel: z.record(z.string(), z.number()),
  refused: z.record(z.string(), z.number()),
});

const classRoute = defineRoute({
  method: 'GET',
  path: '/class',
  summary: 'The students of the courses that one teaches: those who are stuck first, the longest first',
  permission: 'tutor:teach',
  query: z.object({ course: z.string().max(60).optional(), group: z.string().max(100).optional() }),
  answer: z.object({ students: z.array(line) }),
  async handle({ query }, context) {
    const { principal } = context;
    if (principal === undefined) return { students: [] };
    return { students: await context.query((database) => classOf(database, context, principal, query)) };
  },
});

const reportRoute = defineRoute({
  method: 'GET',
  path: '/reports/:course',
  summary: 'A line for each student and exercise of a course, as CSV, or as a page to print',
  permission: 'tutor:teach',
  params: z.object({ course: z.string().min(1).max(60) }),
  query: z.object({ format: z.enum(['csv', 'html']).default('csv') }),
  answer: z.union([z.object({ csv: z.string() }), z.object({ html: z.string() })]),
  async handle({ params: { course }, query: { format } }, context) {
    const { principal } = context;
    const found = await context.query(async (database) => {
      const id = principal && (await taughtCourse(database, context, principal, course));
      if (id === undefined) return undefined;
      return format === 'csv' ? { csv: await report(database, context, id) } : { html: await reportPage(database, context, id) };
    });
    if (found === undefined) throw new TimonelError('not_found', `There is no course ${course} that you teach.`);
    return found;
  },
});

export const routes = [classRoute, reportRoute, ...classBoardRoutes, ...ltiRoutes];
