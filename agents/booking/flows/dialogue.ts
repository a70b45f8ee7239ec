/**
 * The conversation is written as straight code that asks a tool where it needs one. A run stops at every tool call and may go on
 * in another process, so a dialogue is never kept: it is run again from the start of the turn, and the calls that were already
 * made answer at once. The same text and state ask for the same calls, hence the same place is reached again.
 *
 * That is also why a turn begun by another planner goes on here: what it found out is among the calls.
 */
import type { z } from 'zod';
import type { CallRecord, JsonObject, JsonValue, PlannedCall } from '../../../src/index.ts';
import type {
  BookAppointmentOutput,
  bookAppointmentInput,
  CancelAppointmentOutput,
  cancelAppointmentInput,
  EscalateToHumanOutput,
  escalateToHumanInput,
  FindAppointmentsOutput,
  findAppointmentsInput,
  GetAvailabilityOutput,
  GetBusinessHoursOutput,
  GetPromotionsOutput,
  GetServicesOutput,
  getAvailabilityInput,
  getBusinessHoursInput,
  getPromotionsInput,
  getServicesInput,
  HoldSlotOutput,
  holdSlotInput,
  RescheduleAppointmentOutput,
  rescheduleAppointmentInput,
} from '../contract.ts';

/** What each tool takes and answers. */
export interface Tools {
  get_services: { input: z.infer<typeof getServicesInput>; output: GetServicesOutput };
  get_business_hours: { input: z.infer<typeof getBusinessHoursInput>; output: GetBusinessHoursOutput };
  get_promotions: { input: z.infer<typeof getPromotionsInput>; output: GetPromotionsOutput };
  get_availability: { input: z.infer<typeof getAvailabilityInput>; output: GetAvailabilityOutput };
  hold_slot: { input: z.infer<typeof holdSlotInput>; output: HoldSlotOutput };
  book_appointment: { input: z.infer<typeof bookAppointmentInput>; output: BookAppointmentOutput };
  find_appointments: { input: z.infer<typeof findAppointmentsInput>; output: FindAppointmentsOutput };
  reschedule_appointment: { input: z.infer<typeof rescheduleAppointmentInput>; output: RescheduleAppointmentOutput };
  cancel_appointment: { input: z.infer<typeof cancelAppointmentInput>; output: CancelAppointmentOutput };
  escalate_to_human: { input: z.infer<typeof escalateToHumanInput>; output: EscalateToHumanOutput };
}
export type ToolName = keyof Tools;

/** A piece of conversation that may ask tools on its way to a result. */
export type Dialogue<Result> = Generator<PlannedCall, Result, JsonValue>;

/** Asks one tool. Whatever is not an answer (refused, failed) ends the dialogue and is dealt with in one place. */
export function* ask<Name extends ToolName>(tool: Name, input: Tools[Name]['input']): Dialogue<Tools[Name]['output']> {
  const args = JSON.parse(JSON.stringify(input)) as JsonObject;
  const output = yield { tool, args };
  // The tools are this agent's own, and what they answer was recorded as they gave it.
  return output as unknown as Tools[Name]['output'];
}

export type Advance<Result> =
  | { kind: 'done'; result: Result }
  | { kind: 'call'; call: PlannedCall }
  /** A call that the dialogue needs was made and did not answer. */
  | { kind: 'refused'; record: CallRecord };

/** Runs a dialogue over the calls made so far: to its end, or to the first call that is missing. */
export function advance<Result>(dialogue: Dialogue<Result>, calls: readonly CallRecord[]): Advance<Result> {
  let step = dialogue.next();
  while (step.done !== true) {
    const planned = step.value;
    const record = calls.findLast((made) => answers(made, planned));
    if (record === undefined) return { kind: 'call', call: planned };
    if (record.status !== 'completed' || record.output === undefined) return { kind: 'refused', record };
    step = dialogue.next(record.output);
  }
  return { kind: 'done', result: step.value };
}

/** True where a call that was made is the planned one. All arguments of these tools are plain values. */
function answers(made: CallRecord, planned: PlannedCall): boolean {
  const names = Object.keys(planned.args);
  return (
    made.tool === planned.tool &&
    names.length === Object.keys(made.args).length &&
    names.every((name) => made.args[name] === planned.args[name])
  );
}

/** The last change that this run already made, with what the tool answered. */
export type Change = {
  [Name in ToolName]: { tool: Name; output: Tools[Name]['output'] };
}['book_appointment' | 'reschedule_appointment' | 'cancel_appointment' | 'escalate_to_human'];

const changeKinds: Readonly<Record<Change['tool'], string>> = {
  book_appointment: 'booked',
  reschedule_appointment: 'moved',
  cancel_appointment: 'cancelled',
  escalate_to_human: 'escalated',
};

/** Finds the change that this run has completed, so that it is described and never made a second time. */
export function changeMade(calls: readonly CallRecord[]): Change | undefined {
  for (const record of calls.toReversed()) {
    if (record.status !== 'completed' || !Object.hasOwn(changeKinds, record.tool)) continue;
    const tool = record.tool as Change['tool'];
    const output = record.output;
    if (typeof output === 'object' && output !== null && !Array.isArray(output) && output['kind'] === changeKinds[tool]) {
      return { tool, output: output as unknown } as Change;
    }
  }
  return undefined;
}
