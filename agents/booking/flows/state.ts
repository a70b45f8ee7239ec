/** What the flow remembers between the messages of one conversation, beside what every dialogue does. */
import { z } from 'zod';
import { baseState, createMemory, type Memory, moment } from '../../../src/dialogue.ts';

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

const wish = moment.extend({
  service: z.string().optional(),
  /** Services between which the customer is choosing. */
  choices: z.array(z.string()).default([]),
  /** Further services asked for together with the first; they are booked one after the other. */
  alsoServices: z.array(z.string()).default([]),
  staff: z.string().optional(),
  /** How many people come; each gets an appointment of their own, one after the other. */
  people: z.number().int().min(1).max(10).optional().catch(undefined),
});

const state = baseState.extend({
  awaiting: z.enum(['service', 'date', 'time', 'staff', 'name', 'contact', 'confirmation', 'appointment', 'choice']).optional(),
  task: z.enum(['book', 'reschedule', 'cancel', 'find']).optional(),
  /** What the customer wants of the task at hand. */
  wish: wish.default(() => wish.parse({})),
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
  /** The last appointment that was booked or moved in this conversation, and the last one that was cancelled. */
  latest: appointment.optional(),
  cancelled: appointment.optional(),
  /** Searches for an appointment that found none. */
  fruitless: z.number().int().min(0).default(0),
});

export type ConversationState = z.infer<typeof state>;
export type Wish = ConversationState['wish'];
export type Held = z.infer<typeof held>;

export function freshWish(): Wish {
  return wish.parse({});
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

export const memory: Memory<ConversationState> = createMemory<ConversationState>(state as z.ZodType<ConversationState>, endTask);
