/** What the tools of this agent take and answer, for the code that asks them. */
import type { z } from 'zod';
import { ask as askTool, type Dialogue } from '../../../src/dialogue.ts';
import type { CallRecord } from '../../../src/index.ts';
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

/** Asks one tool. Whatever is not an answer (refused, failed) ends the dialogue and is dealt with in one place. */
export function ask<Name extends ToolName>(tool: Name, input: Tools[Name]['input']): Dialogue<Tools[Name]['output']> {
  return askTool<Tools[Name]['output']>(tool, input);
}

export type { Dialogue } from '../../../src/dialogue.ts';

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
