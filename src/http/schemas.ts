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

export const contact = z.strictObject({
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
  contact: contact.optional().describe('What is known of the person at the other end'),
});

/** Longest text of a message, in UTF-16 units. */
export const longestText = 16_000;

export const newMessage = z.strictObject({ text: z.string() });

export const usage = z.object({
  modelCalls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cachedInputTokens: z.number().int().optional().describe("Those of the input that the provider's prompt cache had"),
  cost: z.number().optional().describe('US dollars, where the price of the model is known'),
});

export const reply = z.object({ text: z.string(), options: z.array(z.string()).optional().describe('Quick answers') });

export const run = z.object({
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
});

export const turn = z.object({ run, reply: reply.nullable() });

export const conversation = z.object({
  id: z.string(),
  agent: z.string(),
  agentVersion: z.string(),
  release: z.string().nullable(),
  arm: z.string(),
  channel: z.string(),
  contact: z.record(z.string(), z.unknown()).nullable(),
  status: z.enum(['open', 'closed']),
  createdAt: z.string(),
  updatedAt: z.string(),
  messages: z.array(
    z.object({
      turn: z.number().int(),
      role: z.enum(['user', 'assistant']),
      runId: z.string(),
      text: z.string(),
      options: z.array(z.string()).nullable(),
      at: z.string(),
    }),
  ),
});

export const approval = z.object({
  callId: z.string(),
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  rule: z.string(),
  reason: z.object({ es: z.string(), en: z.string() }),
  status: z.enum(['pending', 'approved', 'rejected']),
  decidedBy: z.string().optional(),
  decisionReason: z.string().optional(),
});

export const decision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().min(1).max(500).optional(),
});

export const agent = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  model: z.string().nullable().describe('The model that plans; null where the flow planner does'),
  tools: z.array(z.object({ name: z.string(), description: z.string(), effect: z.enum(['read', 'write']) })),
  rules: z.array(z.object({ id: z.string(), description: z.string() })),
});
