import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { installationOperator } from '../../identity/installation.ts';
import { wireEvent } from '../../run/events.ts';
import { listConversations } from '../../run/list-conversations.ts';
import { jobStates, listJobs } from '../../run/list-jobs.ts';
import { listRuns } from '../../run/list-runs.ts';
import { readSteps } from '../../run/step-pages.ts';
import { readMessages, wholeMessage } from '../../store/message-pages.ts';
import { conversationNotFound } from '../../store/run-views.ts';
import { handoffReasons, outcomes } from '../../vocabulary.ts';
import { boundedMembers } from '../bounded-values.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { shownMessages } from '../held.ts';
import { fitting, pageCursorOf, pagePlaceOf, pageQuery } from '../pages.ts';
import { askerText, reachOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ id: schemas.identifier });
const next = z.string().nullable().describe('`after` of the next page; null where this is the last');

const listedConversation = schemas.conversation.omit({ messages: true, before: true }).extend({
  unread: z.boolean().describe('Something was said that nobody of the workspace has seen'),
  last: z
    .object({ role: z.enum(['user', 'assistant', 'person']), text: z.string() })
    .nullable()
    .describe('The beginning of what was said last'),
  handoff: z
    .object({
      id: z.string(),
      reason: z.enum(handoffReasons),
      priority: z.enum(['normal', 'urgent']),
      dueAt: z.string(),
      assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
    })
    .nullable()
    .describe('The open one'),
});

const listedRun = z.object({
  id: z.string(),
  conversationId: z.string(),
  turn: z.number().int(),
  agent: z.string(),
  agentVersion: z.string(),
  arm: z.string(),
  status: schemas.runSchema.shape.status,
  outcome: z.enum(outcomes).nullable(),
  degraded: z.boolean(),
  recoveries: z.number().int(),
  cost: z.number().nullable(),
  error: z.string().nullable().describe('Code of the error that it ended with'),
  parentRun: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
});

const listedJob = z.object({
  id: z.string(),
  queue: z.string(),
  state: z.enum(jobStates).describe('`failed`: given up after the last attempt'),
  attempts: z.number().int(),
  createdAt: z.string(),
  startAfter: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  failure: z.string().nullable().describe('The beginning of why the last attempt failed'),
});

const step = z.object({
  index: z.number().int(),
  event: z.string(),
  data: z.record(z.string(), z.unknown()),
  href: z.string().optional().describe('Where the whole of it is, since a value was cut'),
});

/** Lists for people who look after conversations and runs: pages by place, the newest first. */
export function inboxRoutes(app: TypedFastify, { pool, views }: HttpDependencies): void {
  app.get(
    '/api/v1/conversations',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'Conversations, the newest first: all of the workspace, or one’s own',
        querystring: pageQuery.extend({
          handler: z.enum(['agent', 'person']).optional(),
          waiting: z.stringbool().optional().describe('Whether a hand-off is open'),
          assignee: z.string().max(100).optional().describe('Of the open hand-off: `me`, `none`, or who ("user:<id>")'),
          status: z.enum(['open', 'closed']).optional(),
          agent: z.string().max(100).optional(),
          arm: z.string().max(40).optional(),
          channel: z.string().max(40).optional(),
          unread: z.stringbool().optional(),
          contactOf: schemas.identifier
            .optional()
            .describe('Those of the same contact on a channel as this conversation, which is among them'),
          text: z.string().trim().min(3).max(200).optional().describe('Part of the first 2,000 characters of a message'),
        }),
        response: { 200: z.object({ conversations: z.array(listedConversation), next }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { after, assignee, ...filter } = request.query;
      const rows = await listConversations(pool, principal.workspaceId, reachOf(principal, 'conversations:read-all'), {
        ...filter,
        assignee: assignee === 'me' ? askerText(principal) : assignee,
        after: pagePlaceOf(after),
      });
      const fit = fitting(rows);
      return {
        conversations: fit.map(({ place: _place, createdAt, updatedAt, contact, ...row }) => ({
          ...row,
          contact: contact === null ? null : { ...contact },
          createdAt: createdAt.toISOString(),
          updatedAt: updatedAt.toISOString(),
        })),
        next: pageCursorOf(fit, fit.length < rows.length ? fit.length : filter.limit),
      };
    },
  );

  app.get(
    '/api/v1/conversations/:id/messages',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'Messages of a conversation, page by page from its end',
        params: parameters,
        querystring: z.object({
          before: z.coerce.number().int().min(1).optional().describe('`before` of the page after'),
          limit: z.coerce.number().int().min(1).max(100).default(50),
        }),
        response: { 200: z.object({ messages: z.array(schemas.message), before: z.number().int().nullable() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      const reach = reachOf(principal, 'conversations:read-all');
      const { before, limit } = request.query;
      const page = await readMessages(pool, principal.workspaceId, id, reach, { before, limit });
      if (page === undefined) throw conversationNotFound(id);
      return { messages: shownMessages(page.messages, id, principal), before: page.before };
    },
  );

  app.get(
    '/api/v1/conversations/:id/messages/:turn/:role',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'The whole text of a message',
        params: parameters.extend({ turn: z.coerce.number().int().min(1), role: z.enum(['user', 'assistant', 'person']) }),
        response: { 200: z.object({ text: z.string() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { id, turn, role } = request.params;
      await views.agentOf(principal.workspaceId, id, reachOf(principal, 'conversations:read-all'));
      const text = await wholeMessage(pool, principal.workspaceId, id, turn, role);
      if (text === undefined) throw new TimonelError('not_found', `The turn ${turn} has no message of the role "${role}".`);
      return { text };
    },
  );

  app.get(
    '/api/v1/runs',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'Runs, the newest first: all of the workspace, or those of one’s own conversations',
        querystring: pageQuery.extend({
          status: schemas.runSchema.shape.status.optional(),
          outcome: z.enum(outcomes).optional(),
          agent: z.string().max(100).optional(),
          conversation: schemas.identifier.optional().describe('Of this conversation'),
          version: z.string().max(100).optional(),
          degraded: z.stringbool().optional(),
          since: z.iso.datetime({ offset: true }).optional().describe('Began then or later'),
          minCost: z.coerce.number().min(0).optional().describe('US dollars'),
        }),
        response: { 200: z.object({ runs: z.array(listedRun), next }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { after, since, ...filter } = request.query;
      const rows = await listRuns(pool, principal.workspaceId, reachOf(principal, 'conversations:read-all'), {
        ...filter,
        since: since === undefined ? undefined : new Date(since),
        after: pagePlaceOf(after),
      });
      const runs = rows.map(({ place: _place, createdAt, finishedAt, ...row }) => ({
        ...row,
        createdAt: createdAt.toISOString(),
        finishedAt: finishedAt?.toISOString() ?? null,
      }));
      return { runs, next: pageCursorOf(rows, filter.limit) };
    },
  );

  app.get(
    '/api/v1/runs/:id/steps',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'Steps of a run, page by page from its end; large values are cut',
        params: parameters,
        querystring: z.object({
          before: z.coerce.number().int().min(0).optional().describe('`before` of the page after'),
          notable: z
            .stringbool()
            .optional()
            .describe('Only those that did not go the plain way: refused, asked about, failed, recovered, held back, degraded'),
          limit: z.coerce.number().int().min(1).max(100).default(50),
        }),
        response: { 200: z.object({ steps: z.array(step), before: z.number().int().nullable() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      const { before, limit, notable } = request.query;
      await views.run(principal.workspaceId, id, reachOf(principal, 'conversations:read-all'));
      const rows = await readSteps(pool, principal.workspaceId, id, before, limit, notable);
      const shown = rows.map(({ index, step: stored }) => {
        const { event, data } = wireEvent({ kind: 'step', index, step: stored });
        const bound = boundedMembers(data as object);
        return { index, event, data: bound.data, ...(bound.cut ? { href: `/api/v1/runs/${id}/steps/${index}` } : {}) };
      });
      const fit = fitting(shown);
      const first = fit.at(-1)?.index ?? 0;
      return { steps: fit.reverse(), before: first > 0 ? first : null };
    },
  );

  app.get(
    '/api/v1/runs/:id/steps/:index',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'One step of a run, whole',
        params: parameters.extend({ index: z.coerce.number().int().min(0) }),
        response: { 200: step },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { id, index } = request.params;
      await views.run(principal.workspaceId, id, reachOf(principal, 'conversations:read-all'));
      const [row] = await readSteps(pool, principal.workspaceId, id, index + 1, 1);
      if (row?.index !== index) throw new TimonelError('not_found', `The run has no step ${index}.`);
      const { event, data } = wireEvent({ kind: 'step', index, step: row.step });
      return { index, event, data: { ...(data as object) } };
    },
  );

  app.get(
    '/api/v1/jobs',
    {
      config: { permission: 'operations:read' },
      schema: {
        summary: 'Jobs of the queue, the newest first; `state=failed` are the dead letters',
        querystring: pageQuery.extend({ state: z.enum(jobStates).optional(), queue: z.string().max(200).optional() }),
        response: { 200: z.object({ jobs: z.array(listedJob), next }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { after, ...filter } = request.query;
      const rows = await listJobs(pool, principal.workspaceId, installationOperator(principal), {
        ...filter,
        after: pagePlaceOf(after),
      });
      const jobs = rows.map(({ place: _place, createdAt, startAfter, startedAt, completedAt, ...row }) => ({
        ...row,
        createdAt: createdAt.toISOString(),
        startAfter: startAfter.toISOString(),
        startedAt: startedAt?.toISOString() ?? null,
        completedAt: completedAt?.toISOString() ?? null,
      }));
      return { jobs, next: pageCursorOf(rows, filter.limit) };
    },
  );
}
