/** The shapes of the HTTP API. OpenAPI is generated from them. */
import { z } from 'zod';
import { outcomes } from '../vocabulary.ts';

export const problem = z
  .object({
    type: z.string().describe('Path at which this server explains the error'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('What happened, and what would have worked'),
    code: z.string(),
    retryable: z.boolean(),
    requestId: z.string(),
  })
  .loose()
  .describe('Error (RFC 9457)');

export const identifier = z.uuid();

export const contactSchema = z.strictObject({
  name: z.string().trim().min(1).max(120).optional(),
  phone: z
    .string()
    .regex(/^\+?\d[\d\s().-]{5,24}$/, 'must be a phone number, e.g. +54 9 11 5555-1234')
    .optional(),
  email: z.email().max(254).optional(),
});

export const newConversation = z.strictObject({
  agent: z.string().min(1).max(100).describe('Name of the agent, e.g. booking'),
  channel: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short lower-case name, e.g. api, terminal, whatsapp')
    .default('api'),
  contact: contactSchema.optional().describe('What is known of the person at the other end'),
});

/** Longest text of a message, in UTF-16 units. */
export const longestMessageText = 16_000;

const mediaPart = (type: 'image' | 'audio' | 'file') => z.strictObject({ type: z.literal(type), artifact: identifier });

export const locationPart = z.strictObject({
  type: z.literal('location'),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().trim().min(1).max(200).optional(),
});

/** A part as it is sent: pictures, sound and files by the id of an artifact. */
export const messagePart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  mediaPart('image'),
  mediaPart('audio'),
  mediaPart('file'),
  locationPart,
]);

export const newMessage = z.union(
  [z.strictObject({ text: z.string() }), z.strictObject({ parts: z.array(messagePart).min(1).max(20) })],
  'must be {"text":"…"} or {"parts":[{"type":"text","text":"…"},{"type":"image","artifact":"<id>"}]}',
);

export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
    .optional(),
});

export const artifact = z.object({
  id: z.string(),
  name: z.string(),
  mediaType: z.string().describe('By the content'),
  bytes: z.number().int(),
  sha256: z.string().describe('Hexadecimal'),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
});

/** A part as it is shown: an artifact with its name, type and size. */
const shownPart = z.union([
  z.object({
    type: z.enum(['image', 'audio', 'file']),
    artifact: z.string(),
    name: z.string(),
    mediaType: z.string(),
    bytes: z.number().int(),
  }),
  locationPart,
]);

export const usage = z.object({
  modelCalls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cachedInputTokens: z.number().int().optional().describe("Those of the input that the provider's prompt cache had"),
  cost: z.number().optional().describe('US dollars, where the price of the model is known'),
});

export const reply = z.object({
  text: z.string(),
  parts: z.array(shownPart).optional().describe('Files, pictures and places that come with it'),
  options: z.array(z.string()).optional().describe('Quick answers'),
});

export const runSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  status: z.enum(['queued', 'running', 'waiting', 'finished']),
  outcome: z.enum(outcomes).nullable().describe('How the turn ended; null while it is under way'),
  awaiting: z.string().optional().describe('What the agent waits for: service, date, time, name, contact, confirmation, …'),
  degraded: z.boolean().describe('The model failed and the flow planner served'),
  degradedReason: z.string().optional(),
  steps: z.number().int().describe('How many steps are stored'),
  agent: z.string(),
  agentVersion: z.string(),
  arm: z.string(),
  recoveries: z.number().int().describe('How often the run was taken over from a dead or frozen process'),
  usage,
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  parentRun: z.string().optional().describe('The run that started it'),
  children: z.number().int().optional().describe('How many runs it started'),
  waitingFor: z
    .array(z.enum(['approval', 'child', 'token', 'timer']))
    .optional()
    .describe('What it waits for: a person, runs that it started, an answer from outside, a time'),
});

export interface RunTreeShape {
  id: string;
  agent: string;
  key: string | null;
  status: string;
  outcome: string | null;
  children: RunTreeShape[];
}

export const runTreeSchema: z.ZodType<RunTreeShape> = z.object({
  id: z.string(),
  agent: z.string(),
  key: z.string().nullable().describe('Names it within the run that started it'),
  status: z.enum(['queued', 'running', 'waiting', 'finished']),
  outcome: z.enum(outcomes).nullable(),
  get children() {
    return z.array(runTreeSchema);
  },
});

export const turn = z.object({ run: runSchema, reply: reply.nullable() });

export const message = z.object({
  turn: z.number().int(),
  role: z.enum(['user', 'assistant', 'person']).describe('`person`: somebody of the workspace, who had the conversation then'),
  runId: z
    .string()
    .nullable()
    .describe('Null for what a person said; a message that came meanwhile has the id of the run that a hand-back starts'),
  text: z.string(),
  cut: z.number().int().optional().describe('Bytes of the whole text, where this is its beginning'),
  href: z.string().optional().describe('Where the whole of it is'),
  options: z.array(z.string()).nullable(),
  parts: z
    .array(z.union([z.object({ type: z.literal('text'), text: z.string() }), shownPart]))
    .nullable()
    .describe('Where it is more than text'),
  author: z.string().nullable().describe('The name of the person, for people of the workspace'),
  at: z.string(),
});

/** A message that a person of the workspace will answer. */
export const held = z.object({
  run: z.null(),
  reply: z.null(),
  handler: z.literal('person').describe('A person has the conversation: the message is stored, and no run was started for it'),
});

export const conversation = z.object({
  id: z.string(),
  agent: z.string(),
  agentVersion: z.string(),
  release: z.string().nullable(),
  arm: z.string(),
  channel: z.string(),
  contact: z.record(z.string(), z.unknown()).nullable(),
  status: z.enum(['open', 'closed']),
  handler: z.enum(['agent', 'person']).describe('Who answers: while a person does, messages start no run'),
  createdAt: z.string(),
  updatedAt: z.string(),
  messages: z.array(message).describe('The latest ones, oldest first'),
  before: z.number().int().nullable().describe('There are more before this turn: GET /api/v1/conversations/:id/messages?before='),
});

const remember = z.enum(['run', 'conversation']);

export const approval = z.object({
  callId: z.string(),
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  rule: z.string(),
  reason: z.object({ es: z.string(), en: z.string() }),
  status: z.enum(['pending', 'approved', 'rejected', 'cancelled']),
  pattern: z.record(z.string(), z.unknown()).optional().describe('What an approval may be remembered for, where the rule says so'),
  remember: remember.optional().describe('How far the approval holds beyond its call'),
  decidedBy: z.string().optional(),
  decisionReason: z.string().optional(),
});

export const decision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().min(1).max(500).optional(),
  remember: remember
    .optional()
    .describe(
      'With "approve": further calls with the pattern that the rule gives need no decision, in this run or in its conversation',
    ),
});

export const agent = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  model: z.string().nullable().describe('The model that plans; null where the flow planner does'),
  tools: z.array(z.object({ name: z.string(), description: z.string(), effect: z.enum(['read', 'write']) })),
  rules: z.array(z.object({ id: z.string(), description: z.string() })),
});

/** An agent as it answers in a workspace: the version in force, with all that makes it up. */
export const agentInForce = z.object({
  name: z.string(),
  version: z.string().describe('The version in force in this workspace'),
  codeVersion: z.string(),
  description: z.string(),
  route: z.string().nullable().describe('Model or route that it asks for; null for the default of the configuration'),
  model: z.string().nullable().describe('The model that plans; null where the flow planner does'),
  prompt: z.string().nullable().describe('Instructions for the model; null where they are made for each turn'),
  limits: z.object({ steps: z.number(), toolCalls: z.number(), wallTimeMs: z.number(), money: z.number().describe('US dollars') }),
  tools: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      effect: z.enum(['read', 'write']),
      target: z.enum(['database', 'outside']).nullable(),
      permission: z.string().nullable().describe('What who asks has to be allowed'),
      input: z.record(z.string(), z.unknown()).describe('JSON schema of its arguments'),
    }),
  ),
  rules: z.array(z.object({ id: z.string(), description: z.string(), tools: z.array(z.string()), safety: z.boolean() })),
  flows: z.boolean().describe('It answers without a model, too'),
  guard: z.boolean().describe('Its replies are looked at before they are sent'),
  offers: z.boolean().describe('Which tools the model is offered is decided for each turn'),
  parts: z.array(z.string()).describe('Parts of messages that it takes beside text'),
  jobs: z.array(z.object({ name: z.string(), cron: z.string().nullable() })),
  permissions: z.array(z.object({ name: z.string(), description: z.string() })),
});
