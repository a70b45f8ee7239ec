/** What the booking agent can do. */
import { type AnyTool, defineTool } from '../../src/index.ts';
import { bookAppointment, cancelAppointment, findAppointments, holdSlot, rescheduleAppointment } from './appointment-tools.ts';
import { getAvailability, getBusinessHours, getPromotions, getServices } from './catalogue-tools.ts';
import { type EscalateToHumanOutput, escalateToHumanInput } from './contract.ts';
import { bookingHandoffs } from './schema.ts';

export const escalateToHuman = defineTool({
  name: 'escalate_to_human',
  description:
    'Hands the conversation over to a person of the house. Call it when the customer asks for a person, complains, or needs what the ' +
    'other tools cannot do.',
  input: escalateToHumanInput,
  effect: 'write',
  target: 'database',
  endsRunAs: 'escalated',
  async execute({ reason }, context): Promise<EscalateToHumanOutput> {
    const { workspaceId, conversationId, runId, channel, contact } = context;
    await context.query((database) =>
      database.insert(bookingHandoffs).values({
        workspaceId,
        id: context.newId(),
        conversationId,
        runId,
        channel,
        contact: contact ?? null,
        reason,
        createdAt: context.now(),
      }),
    );
    return { kind: 'escalated', message: 'A person of the team was told and will go on with this conversation.' };
  },
});

export const tools: readonly AnyTool[] = [
  getServices,
  getBusinessHours,
  getPromotions,
  getAvailability,
  holdSlot,
  bookAppointment,
  findAppointments,
  rescheduleAppointment,
  cancelAppointment,
  escalateToHuman,
];
