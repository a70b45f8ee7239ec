/** What the desk books, changes and cancels in a hotel that is kept in a system of somebody else: through the port, as conversations do. */
import { z } from 'zod';
import { defineCommand, type JsonObject, type ResourceContext, rejectRow } from '../../src/index.ts';
import { type House, houseById } from './house.ts';
import { operationState } from './operations.ts';
import { stayByCode } from './own-stays.ts';
import { type Pms, PmsDown, type PmsStay, type Written } from './pms/contract.ts';
import { houseNamed, offerOf, reasonOf, stayFields } from './stay-offers.ts';
import { amountOf } from './stays.ts';
import { type PmsSystems, pmsFor } from './systems.ts';

const code = z.string().trim().min(4).max(16).describe('Code of the stay');
const reference = z
  .string()
  .regex(/^[\w-]{4,60}$/, 'must be letters, digits and hyphens')
  .optional()
  .describe('Names the request: made again with the same one it is the same');

const bookInput = stayFields.omit({ paid: true, arrivalTime: true }).extend({ reference });
const changeInput = stayFields
  .pick({ checkIn: true, checkOut: true, type: true, adults: true })
  .partial()
  .extend({ code, children: z.array(z.int().min(0).max(17)).optional(), reference });
const cancelInput = z.object({
  code,
  fee: z.number().min(0).max(9_999_999_999).default(0).describe('What is charged for it'),
  reference,
});

export function deskCommands(systems: PmsSystems) {
  const pmsOf = (context: ResourceContext, house: House): Pms =>
    pmsFor(systems, { access: context, house, conversationId: undefined });
  const keyOf = (context: ResourceContext, input: { reference?: string | undefined }) =>
    input.reference === undefined ? context.newId() : `desk:${input.reference}`;

  async function stayAndHouse(context: ResourceContext, wanted: string) {
    return context.query(async (database) => {
      const stay = await stayByCode(database, context, wanted);
      const house = stay && (await houseById(database, context, stay.hotelId));
      if (stay === undefined || house === undefined) throw rejectRow(`No stay that is still to come has the code ${wanted}.`, true);
      return { stay, house };
    });
  }

  const book = defineCommand({
    name: 'book-stay',
    description: 'Book a stay, also in a hotel that is kept in a system of somebody else: at the price of there',
    permission: 'hotel:stays',
    input: bookInput,
    asksOutside: true,
    run: (values, context) =>
      asked(async () => {
        const input = bookInput.parse(values);
        const { name, phone, email } = input;
        if (phone === null && email === null) throw rejectRow('A stay needs a phone number or an e-mail address.');
        const house = await houseNamed(context, input.hotel);
        const pms = pmsOf(context, house);
        const key = keyOf(context, input);
        const before = input.reference === undefined ? undefined : await again(context, pms, key);
        if (before !== undefined) return before;
        const { offer, request } = await offerOf(context, house, pms, input);
        const hold = await pms.hold(offer, request, `${key}:hold`);
        if (hold.kind !== 'done') throw reasonOf(hold);
        const guest = { name, phone: phone ?? undefined, email: email ?? undefined };
        return answerOf(await pms.confirm(hold.value.id, guest, { total: hold.value.total }, key));
      }),
  });

  const change = defineCommand({
    name: 'change-stay',
    description: 'Change the nights, the room type or the guests of a stay, wherever its hotel is kept',
    permission: 'hotel:stays',
    input: changeInput,
    asksOutside: true,
    run: (values, context) =>
      asked(async () => {
        const input = changeInput.parse(values);
        const { stay, house } = await stayAndHouse(context, input.code);
        if (stay.rooms.length !== 1) throw rejectRow('A stay of several rooms is changed room by room in the system itself.', true);
        const next = {
          checkIn: input.checkIn ?? stay.checkIn,
          checkOut: input.checkOut ?? stay.checkOut,
          type: input.type ?? stay.rooms[0]?.type ?? '',
          adults: input.adults ?? stay.adults,
          children: input.children ?? stay.children,
        };
        const pms = pmsOf(context, house);
        const { offer, request } = await offerOf(context, house, pms, next, stay.code);
        return answerOf(await pms.change(stay.code, offer, request, keyOf(context, input)));
      }),
  });

  const cancel = defineCommand({
    name: 'cancel-stay',
    description: 'Cancel a stay, wherever its hotel is kept; for nothing unless a fee is named',
    permission: 'hotel:stays',
    input: cancelInput,
    asksOutside: true,
    run: (values, context) =>
      asked(async () => {
        const input = cancelInput.parse(values);
        const { stay, house } = await stayAndHouse(context, input.code);
        return answerOf(await pmsOf(context, house).cancel(stay.code, Math.round(input.fee * 100), keyOf(context, input)));
      }),
  });

  return [book, change, cancel] as const;
}

/** What became of a request that was made before under the same name. */
async function again(context: ResourceContext, pms: Pms, key: string): Promise<JsonObject | undefined> {
  if ((await operationState(context, key)) === undefined) return undefined;
  const found = await pms.reconcile(key);
  if (found.kind === 'happened') return answerOf({ kind: 'done', value: found.stay });
  if (found.kind === 'unknown') return answerOf({ kind: 'unclear' });
  throw rejectRow('It was refused under this reference. Make it again under another one.', true);
}

async function asked(work: () => Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PmsDown) throw rejectRow(`The reservation system cannot be asked now: ${error.message}`, true);
    throw error;
  }
}

function answerOf(written: Written<PmsStay>): JsonObject {
  // It is looked up every minute, and the desk is told by a request where it stays so.
  if (written.kind === 'unclear')
    return { state: 'unclear', why: 'It is not known yet whether it happened. It is looked up; do not make it again.' };
  if (written.kind === 'refused') throw reasonOf(written);
  const { code: known, status, checkIn, checkOut, total, currency } = written.value;
  return { state: 'done', code: known, status, checkIn, checkOut, total: amountOf(total), currency };
}
