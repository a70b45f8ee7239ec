import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type HandoffView, handoffEndings } from '../../handoff/contract.ts';
import { handoffQueue, handoffsOf, notesOf } from '../../handoff/lists.ts';
import { handoffReasons } from '../../vocabulary.ts';
import { templateUse } from '../channel-schemas.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { personParts } from '../message-parts.ts';
import { fitting, pageCursorOf, pagePlaceOf, pageQuery } from '../pages.ts';
import { actorOf, askerText, reachOf } from '../requests.ts';
import * as schemas from '../schemas.ts';
import { checkedText } from '../turns.ts';

const parameters = z.object({ id: schemas.identifier });

const role = z.enum(['user', 'assistant', 'person']);
const priority = z.enum(['normal', 'urgent']);
const who = z.object({ id: z.string(), name: z.string() });

const handoff = z.object({
  id: z.string(),
  conversationId: z.string(),
  agent: z.string(),
  runId: z.string().nullable().describe('The run that opened it'),
  reason: z.enum(handoffReasons),
  priority,
  language: z.enum(['es', 'en']),
  summary: z.object({
    who: z.record(z.string(), z.unknown()).nullable(),
    wanted: z.string(),
    tried: z.array(z.string()),
    last: z.array(z.object({ role, text: z.string() })),
  }),
  waitingSince: z.string(),
  dueAt: z.string().describe('Until when somebody should have taken it'),
  assignee: who.nullable(),
  takenAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  closedHow: z.enum(handoffEndings).nullable(),
  closedBy: z.string().nullable(),
});

const note = z.object({
  id: z.string(),
  author: z.string(),
  text: z.string(),
  handedOn: z.boolean().describe('The agent was told it with a hand-back'),
  at: z.string(),
});

const settings = z.strictObject({
  dueMinutes: z.number().int().min(1).max(10_080),
  urgentMinutes: z.number().int().min(1).max(10_080),
  silenceMinutes: z.number().int().min(0).max(10_080).describe('0: the agent never has a conversation back by itself'),
  quietHours: z
    .strictObject({ from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/), until: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) })
    .nullable()
    .describe('On the clock of the workspace: nobody is told meanwhile, and of what waits afterwards'),
  emails: z.array(z.email().max(254)).max(20),
  language: z.enum(['es', 'en']).default('es'),
});
const shownSettings = settings.extend({
  version: z.number().int(),
});

const newReply = z.union(
  [...schemas.newMessage.options, z.strictObject({ template: templateUse })],
  'must be {"text":"…"}, {"parts":[{"type":"text","text":"…"},{"type":"image","artifact":"<id>"}]} or {"template":{"name":"…"}}',
);

/** Conversations in people's hands. */
export function handoffRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { desk, handoffSettings, pool } = dependencies;

  app.get(
    '/api/v1/handoffs',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'Conversations that wait for a person or are with one, those that are due first',
        querystring: pageQuery.extend({
          assignee: z.string().max(100).optional().describe('`me`, `none`, or who ("user:<id>")'),
          taken: z.stringbool().optional(),
          priority: priority.optional(),
          reason: z.enum(handoffReasons).optional(),
          agent: z.string().max(100).optional(),
        }),
        response: { 200: z.object({ handoffs: z.array(handoff), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { after, limit, assignee, ...filter } = request.query;
      const wanted = assignee === 'me' ? askerText(principal) : assignee;
      const rows = await handoffQueue(pool, principal.workspaceId, reachOf(principal, 'conversations:read-all'), {
        ...filter,
        assignee: wanted,
        after: pagePlaceOf(after),
        limit,
      });
      const fit = fitting(rows);
      const next = pageCursorOf(fit, fit.length < rows.length ? fit.length : limit);
      return { handoffs: fit.map(({ place: _place, ...row }) => shown(row)), next };
    },
  );

  app.get(
    '/api/v1/conversations/:id/handoffs',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'The hand-offs of a conversation, the latest first',
        params: parameters,
        response: { 200: z.object({ handoffs: z.array(handoff) }) },
      },
    },
    async (request) => {
      const rows = await handoffsOf(pool, actorOf(request, 'conversations:read-all'), request.params.id);
      return { handoffs: rows.map(shown) };
    },
  );

  app.post(
    '/api/v1/conversations/:id/take',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'Take a conversation from its agent',
        description:
          'What is under way in it ends, before its reply. Until it is handed back, messages are stored and start no run. 409 where somebody else has it, with `assignee`.',
        params: parameters,
        response: { 200: handoff },
      },
    },
    async (request) => shown(await desk.take(actorOf(request, 'conversations:read-all'), request.params.id)),
  );

  app.post(
    '/api/v1/conversations/:id/replies',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'Say something to the customer, as the person who has the conversation',
        description:
          'With an Idempotency-Key the same reply is stored once. Files are named by the id of an artifact; on a channel they are sent as files. A template is sent where only templates reach the customer; where free text does, its text is.',
        params: parameters,
        headers: schemas.idempotencyHeader,
        body: newReply,
        response: { 201: z.object({ turn: z.number().int(), at: z.string(), repeated: z.boolean() }) },
      },
    },
    async (request, reply) => {
      const { body, params, headers } = request;
      const said =
        'text' in body
          ? { text: checkedText(body.text) }
          : 'template' in body
            ? await templateReply(dependencies, request, params.id, body.template)
            : await personParts(dependencies, requestPrincipalOf(request), params.id, body.parts);
      const message = { ...said, idempotencyKey: headers['idempotency-key'] };
      const stored = await desk.reply(actorOf(request, 'conversations:read-all'), params.id, message);
      return reply.code(201).send({ ...stored, at: stored.at.toISOString() });
    },
  );

  app.post(
    '/api/v1/conversations/:id/hand-back',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'Give a conversation back to its agent, which answers what was said last',
        description: 'One that waits and that nobody has taken is let go. `note` is told to the agent, for its next turn.',
        params: parameters,
        body: z.strictObject({ note: z.string().trim().min(1).max(2_000).optional() }).nullish(),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await desk.handBack(actorOf(request, 'conversations:read-all'), request.params.id, request.body?.note);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/conversations/:id/assign',
    {
      config: { permission: 'conversations:assign' },
      schema: {
        summary: 'Give a conversation to a member who may answer, or to nobody; set its priority',
        params: parameters,
        body: z
          .strictObject({
            assignee: schemas.identifier.nullable().optional().describe('Id of a member'),
            priority: priority.optional(),
          })
          .refine((body) => Object.keys(body).length > 0, 'Send "assignee", "priority" or both.'),
        response: { 200: handoff },
      },
    },
    async (request) => shown(await desk.assign(actorOf(request, 'conversations:read-all'), request.params.id, request.body)),
  );

  app.post(
    '/api/v1/conversations/:id/read',
    {
      config: { permission: 'conversations:reply' },
      schema: { summary: 'Mark what was said so far as seen', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await desk.markSeen(actorOf(request, 'conversations:read-all'), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/conversations/:id/notes',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'Write a note for the people of the workspace: neither the customer nor the agent sees it',
        params: parameters,
        body: z.strictObject({ text: z.string().trim().min(1).max(4_000) }),
        response: { 201: note },
      },
    },
    async (request, reply) => {
      const stored = await desk.note(actorOf(request, 'conversations:read-all'), request.params.id, request.body.text);
      return reply.code(201).send({ ...stored, at: stored.at.toISOString() });
    },
  );

  app.get(
    '/api/v1/conversations/:id/notes',
    {
      config: { permission: 'conversations:reply' },
      schema: {
        summary: 'The latest hundred notes of a conversation, oldest first',
        params: parameters,
        response: { 200: z.object({ notes: z.array(note) }) },
      },
    },
    async (request) => {
      const notes = await notesOf(pool, actorOf(request, 'conversations:read-all'), request.params.id);
      return { notes: notes.map((each) => ({ ...each, at: each.at.toISOString() })) };
    },
  );

  app.get(
    '/api/v1/handoff-settings',
    {
      config: { permission: 'conversations:assign' },
      schema: { summary: 'How the workspace wants its hand-offs', response: { 200: shownSettings } },
    },
    async (request, reply) => {
      const found = await handoffSettings.of(requestPrincipalOf(request).workspaceId);
      return reply.header('etag', `"${found.version}"`).send(found);
    },
  );

  app.put(
    '/api/v1/handoff-settings',
    {
      config: { permission: 'conversations:assign' },
      schema: {
        summary: 'Set how the workspace wants its hand-offs',
        headers: ifMatch,
        body: settings,
        response: { 200: shownSettings },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request, 'conversations:read-all');
      const changed = await handoffSettings.change(actor, request.body, expectedVersion(request.headers['if-match']));
      return reply.header('etag', `"${changed.version}"`).send(changed);
    },
  );
}

function shown(view: HandoffView): z.infer<typeof handoff> {
  const { waitingSince, dueAt, takenAt, closedAt, summary, ...rest } = view;
  return {
    ...rest,
    summary: { ...summary, who: summary.who === null ? null : { ...summary.who } },
    waitingSince: waitingSince.toISOString(),
    dueAt: dueAt.toISOString(),
    takenAt: takenAt?.toISOString() ?? null,
    closedAt: closedAt?.toISOString() ?? null,
  };
}

/** @throws TimonelError `conversation_not_found`, `template_unknown` */
async function templateReply(
  { views, channels }: HttpDependencies,
  request: FastifyRequest,
  conversationId: string,
  use: z.infer<typeof templateUse>,
) {
  const principal = requestPrincipalOf(request);
  await views.agentOf(principal.workspaceId, conversationId, reachOf(principal, 'conversations:read-all'));
  return channels.replyTemplate(principal.workspaceId, conversationId, use);
}
