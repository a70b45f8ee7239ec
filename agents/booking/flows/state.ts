/**
 * What the flow remembers between the messages of one conversation. It is stored as JSON and comes back from a store that may hold
 * the state of an older version of the agent: whatever does not parse is dropped and the conversation starts afresh.
 */
import { z } from 'zod';
import type { JsonObject } from '../../../src/index.ts';

const slot = z.object({ date: z.string(), time: z.string(), staff: z.string() });

const held = z.object({
  slot,
  service: z.string(),
  durationMinutes: z.number(),
  price: z.number(),
  currency: z.string(),
  promotion: z.string().optional(),
  /** ISO 8601 instant. */
  expiresAt: z.string(),
});

export const heldAnswer = held.extend({ kind: z.literal('held') });

const appointment = z.object({
  code: z.string(),
  service: z.string(),
  date: z.string(),
  time: z.string(),
  durationMinutes: z.number(),
  staff: z.string(),
  name: z.string(),
  price: z.number(),
  currency: z.string(),
  status: z.enum(['confirmed', 'cancelled']),
});

export const bookedAnswer = z.object({ appointment: z.object({ date: z.string(), time: z.string() }) });

const range = z.object({ from: z.string().optional(), to: z.string().optional() });

const wish = z.object({
  service: z.string().optional(),
  /** Services between which the customer is choosing. */
  choices: z.array(z.string()).default([]),
  /** Further services asked for together with the first; they are booked one after the other. */
  alsoServices: z.array(z.string()).default([]),
  staff: z.string().optional(),
  /** How many people come; each gets an appointment of their own, one after the other. */
  people: z.number().int().min(1).max(10).optional().catch(undefined),
  date: z.string().optional(),
  /** Days between which the customer chooses, when more than one was named ("mañana o el martes"). */
  dates: z.array(z.string()).default([]),
  dateRange: range.optional(),
  time: z.string().optional(),
  /** Both readings of "a las 5", until one is settled. */
  timeReadings: z.array(z.string()).default([]),
  timeRange: range.optional(),
  /** "Una hora más tarde" than the slot or appointment at hand, in minutes. */
  shift: z.number().optional(),
  /** Days that the customer cannot come. */
  except: z.array(z.string()).default([]),
  anyDate: z.boolean().default(false),
  anyTime: z.boolean().default(false),
});

const state = z.object({
  version: z.literal(1),
  language: z.enum(['es', 'en']).optional(),
  awaiting: z.enum(['service', 'date', 'time', 'staff', 'name', 'contact', 'confirmation', 'appointment', 'choice']).optional(),
  task: z.enum(['book', 'reschedule', 'cancel', 'find']).optional(),
  /** What the customer wants of the task at hand. */
  wish: wish.default(() => wish.parse({})),
  customer: z
    .object({
      name: z.string().optional(),
      phone: z.string().optional(),
      email: z.string().optional(),
      code: z.string().optional(),
    })
    .default({}),
  /** Free slots that the last reply named, in its order: what "el primero" points at. */
  offered: z.array(slot).default([]),
  /** How often the same slots were asked about again. */
  reasked: z.number().int().min(0).default(0),
  /** The one of them that the last reply asked a yes for. */
  proposed: slot.optional(),
  held: held.optional(),
  /** When the last hold that this planner knows of ends: another one was made by the model planner. */
  knownHold: z.string().optional(),
  /** Appointments found for this customer. */
  appointments: z.array(appointment).default([]),
  /** How the customer named the appointment to move or cancel. */
  origin: z.object({ date: z.string().optional(), time: z.string().optional(), service: z.string().optional() }).default({}),
  /** Code of the appointment at hand, once it is settled. */
  chosen: z.string().optional(),
  /** Where the appointment would move to; waits for the confirmation. */
  target: slot.optional(),
  /** The last reply suggested a booking without asking for anything: a bare "sí" takes it up. */
  suggested: z.boolean().default(false),
  /** The last reply suggested to pass to a person: a yes takes it up. */
  personOffered: z.boolean().default(false),
  /** The last appointment that was booked or moved in this conversation, and the last one that was cancelled. */
  latest: appointment.optional(),
  cancelled: appointment.optional(),
  /** Thanks were answered already. */
  thanked: z.boolean().default(false),
  /** What the last reply said. */
  lastText: z.string().optional(),
  /** Searches for an appointment that found none. */
  fruitless: z.number().int().min(0).default(0),
  /** Messages in a row that brought nothing. */
  misunderstandings: z.number().int().min(0).default(0),
});

export type ConversationState = z.infer<typeof state>;
export type Wish = ConversationState['wish'];
export type Held = z.infer<typeof held>;

export function freshState(): ConversationState {
  return state.parse({ version: 1 });
}

export function freshWish(): Wish {
  return wish.parse({});
}

/** Never throws: a state that is not understood is a conversation that starts. */
export function parseState(json: JsonObject): ConversationState {
  const parsed = state.safeParse(json);
  return parsed.success ? parsed.data : freshState();
}

/** The state as JSON, without absent members. */
export function writeState(current: ConversationState): JsonObject {
  return JSON.parse(JSON.stringify(current)) as JsonObject;
}

/** Forgets the task at hand; who the customer is stays known. */
export function endTask(current: ConversationState): void {
  current.task = undefined;
  current.wish = freshWish();
  current.offered = [];
  current.reasked = 0;
  current.proposed = undefined;
  current.held = undefined;
  current.appointments = [];
  current.origin = {};
  current.chosen = undefined;
  current.target = undefined;
  current.fruitless = 0;
  current.suggested = false;
}
