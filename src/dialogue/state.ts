/**
 * What a dialogue remembers between the messages of one conversation. It is stored as JSON and comes back from a store that may hold the
 * state of an older version of the agent: what does not parse is dropped and the conversation starts afresh.
 */
import { z } from 'zod';
import type { JsonObject } from '../vocabulary.ts';

/** What every dialogue remembers. */
export const baseState = z.object({
  version: z.literal(1),
  language: z.enum(['es', 'en']).optional(),
  /** What the last reply waits for. */
  awaiting: z.string().optional(),
  task: z.string().optional(),
  /** Who the customer is; outlives tasks. */
  customer: z
    .object({
      name: z.string().optional(),
      phone: z.string().optional(),
      email: z.string().optional(),
      code: z.string().optional(),
    })
    .default({}),
  /** The last reply suggested to pass to a person: a yes takes it up. */
  personOffered: z.boolean().default(false),
  /** Thanks were answered already. */
  thanked: z.boolean().default(false),
  /** What the last reply said. */
  lastText: z.string().optional(),
  /** Messages in a row that brought nothing. */
  misunderstandings: z.number().int().min(0).default(0),
});

export type BaseState = z.infer<typeof baseState>;

/** The state of a dialogue that is written as slots and tasks. */
export const slotState = baseState.extend({
  /** Values by slot, as far as they are known. */
  slots: z.record(z.string(), z.json()).default({}),
  /** Readings between which the customer is asked, by slot. */
  choices: z.record(z.string(), z.array(z.string())).default({}),
  /** Slots that the last message filled: what an "undo" takes back. */
  filled: z.array(z.string()).default([]),
  /** Tasks that were asked for together with the one at hand; each follows when the one before it is done. */
  further: z.array(z.string()).default([]),
  /** What a dialogue keeps for itself beyond the task at hand. */
  notes: z.record(z.string(), z.json()).default({}),
});

export type SlotState = z.infer<typeof slotState>;

/** How a dialogue reads its state and forgets the task at hand. */
export interface Memory<State extends BaseState> {
  /** Never throws: a state that is not understood is a conversation that starts. */
  parse(json: JsonObject): State;
  /** Forgets the task at hand; who the customer is stays known. */
  endTask(state: State): void;
}

/** @param schema of the state; `{ version: 1 }` must parse */
export function createMemory<State extends BaseState>(schema: z.ZodType<State>, endTask: (state: State) => void): Memory<State> {
  return {
    parse(json) {
      const parsed = schema.safeParse(json);
      return parsed.success ? parsed.data : schema.parse({ version: 1 });
    },
    endTask,
  };
}

export const slotMemory: Memory<SlotState> = createMemory<SlotState>(slotState as unknown as z.ZodType<SlotState>, (state) => {
  state.task = undefined;
  state.slots = {};
  state.choices = {};
  state.filled = [];
});

/** The state as JSON, without absent members. */
export function writeState(current: BaseState): JsonObject {
  return JSON.parse(JSON.stringify(current)) as JsonObject;
}
