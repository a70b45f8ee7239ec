/** What only people do: wishes, payments, complaints. */
import { sql } from '../../src/database.ts';
import { defineTool, type ToolContext } from '../../src/index.ts';
import {
  type CallFrontDeskOutput,
  callFrontDeskInput,
  type DeskCalled,
  type PaymentProofOutput,
  paymentProofInput,
  type SpecialRequestOutput,
  specialRequestInput,
} from './contract.ts';
import { deskAt } from './desk-hours.ts';
import { loadHotelFacts } from './facts.ts';
import { type House, houseById, loadHouses } from './house.ts';
import { stayByCode } from './own-stays.ts';
import { houseOf, staysHere } from './place.ts';
import { type NewRequest, storeRequest } from './requests.ts';

export const specialRequest = defineTool({
  name: 'special_request',
  description:
    'Passes a wish on to the people of the house (a cot, a quiet room, an allergy). It is no promise: say that they will see to it.',
  input: specialRequestInput,
  effect: 'write',
  target: 'database',
  facts: ({ code }, context) => loadHotelFacts(context, { code }),
  async execute({ code, text }, context): Promise<SpecialRequestOutput> {
    const here = await staysHere(context);
    return context.query(async (database) => {
      const stay = code === undefined ? undefined : await stayByCode(database, context, code, here);
      if (code !== undefined && stay === undefined) return { kind: 'not-found' };
      const { conversationId } = context;
      await storeRequest(database, context, { kind: 'special', text, bookingId: stay?.id, conversationId });
      return { kind: 'passed-on', text, ...(stay === undefined ? {} : { code: stay.code }) };
    });
  },
});

export const paymentProof = defineTool({
  name: 'payment_proof',
  description:
    'Hands a proof of payment (a picture or file, or what the guest says about a transfer) over to a person, who looks at it. Nothing counts as paid ' +
    'before that: never say that a payment arrived.',
  input: paymentProofInput,
  effect: 'write',
  target: 'database',
  endsRunAs: 'escalated',
  facts: ({ code }, context) => loadHotelFacts(context, { code }),
  async execute({ code, artifact, note }, context): Promise<PaymentProofOutput> {
    const here = await staysHere(context);
    const stay = code === undefined ? undefined : await context.query((database) => stayByCode(database, context, code, here));
    const house = stay && (await context.query((database) => houseById(database, context, stay.hotelId)));
    const text = [stay?.code ?? code ?? '', note ?? ''].filter((each) => each !== '').join(': ') || 'Payment proof';
    const request = { kind: 'payment-proof', text, artifact, bookingId: stay?.id } as const;
    return callDesk(context, request, house);
  },
});

export const callFrontDesk = defineTool({
  name: 'call_front_desk',
  description:
    'Hands the conversation over to a person of the house. Call it when the guest asks for a person, complains, is in danger, or needs what the other ' +
    'tools cannot do. Say when people are back where nobody is there now.',
  input: callFrontDeskInput,
  effect: 'write',
  target: 'database',
  endsRunAs: 'escalated',
  execute: ({ reason, urgent = false }, context): Promise<CallFrontDeskOutput> =>
    callDesk(context, { kind: 'front-desk', text: reason, urgent }, undefined),
});

async function callDesk(
  context: ToolContext,
  request: Omit<NewRequest, 'conversationId'>,
  known: House | undefined,
): Promise<DeskCalled> {
  const { conversationId } = context;
  await context.query((database) => storeRequest(database, context, { ...request, conversationId }));
  const place = known ?? (await houseOf(context));
  // Where nobody knows which of several hotels it is, any desk will do.
  const house = 'kind' in place ? (await context.query((database) => loadHouses(database, context, sql`true`)))[0] : place;
  const urgent = request.urgent ?? false;
  if (house === undefined) return { kind: 'called', deskOpen: true, urgent };
  const { open, opensAt } = deskAt(house, context.now());
  const { emergencyPhone } = house;
  return {
    kind: 'called',
    deskOpen: open,
    ...(opensAt === undefined ? {} : { opensAt }),
    urgent,
    ...(emergencyPhone === null ? {} : { emergencyPhone }),
  };
}
