/** Tools that book stays and find them. */
import { type SQL, sql } from '../../src/database.ts';
import { type Database, defineTool, type ToolContext } from '../../src/index.ts';
import { failedClaimsToStays } from './claims.ts';
import { type BookStayOutput, bookStayInput, type FindStayOutput, findStayInput, type StayView } from './contract.ts';
import { loadHotelFacts } from './facts.ts';
import { heldStay } from './held.ts';
import { type House, houseById, loadHouses } from './house.ts';
import { storedOffer } from './offers.ts';
import { operationState } from './operations.ts';
import { ownStays } from './own-stays.ts';
import { staysHere } from './place.ts';
import type { PmsStay, Written } from './pms/contract.ts';
import { storeRequest } from './requests.ts';
import { down } from './search.ts';
import { refusal, writeTimeoutMs } from './search-tools.ts';
import { loadStays, type StayRecord, stayView } from './stays.ts';
import { type PmsSystems, pmsFor } from './systems.ts';

export function stayTools(systems: PmsSystems) {
  const bookStay = defineTool({
    name: 'book_stay',
    description:
      'Books the rooms of an offer, after the guest agreed to dates, rooms and total. Needs a name, and a phone number or an e-mail address where the ' +
      'channel brings none. Takes the rooms that hold_room keeps, if it does. Groups are one booking with several rooms.',
    input: bookStayInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: writeTimeoutMs,
    facts: ({ offer, phone, email }, context) => loadHotelFacts(context, { offer, contact: { phone, email } }),
    execute: (input, context) => book(systems, context, input),
    async reconcile(key, input, context) {
      const state = await operationState(context, key);
      return state === undefined ? { kind: 'did-not-happen' } : { kind: 'happened', output: await book(systems, context, input) };
    },
    describe: (_input, output) =>
      output.kind === 'booked'
        ? { es: `reserva ${output.stay.code}`, en: `booking ${output.stay.code}` }
        : { es: 'reserva', en: 'booking' },
  });

  const findStay = defineTool({
    name: 'find_stay',
    description:
      'Coming and present stays of this guest: those booked in this conversation, those of a contact that the channel vouches for, and the one ' +
      'whose code they give. Phone or e-mail together with the name give dates only (code-needed): ask for the code. Call it before one is changed.',
    input: findStayInput,
    effect: 'read',
    async execute(input, context) {
      const here = await staysHere(context);
      return context.query((database) => find(database, context, input, here));
    },
  });

  return { bookStay, findStay };
}

type BookInput = {
  offer: string;
  name: string;
  phone?: string | undefined;
  email?: string | undefined;
  companions?: string[] | undefined;
  arrivalTime?: string | undefined;
  request?: string | undefined;
};

async function book(systems: PmsSystems, context: ToolContext, input: BookInput): Promise<BookStayOutput> {
  const stored = await storedOffer(context, input.offer);
  const house = stored && (await context.query((database) => houseById(database, context, stored.hotelId)));
  if (stored === undefined || house === undefined || stored.changing !== null) return { kind: 'unknown-offer' };
  const phone = input.phone ?? context.contact?.phone;
  const email = input.email ?? context.contact?.email;
  if (phone === undefined && email === undefined) return { kind: 'contact-needed' };
  const { conversationId, idempotencyKey: key } = context;
  let written: Written<PmsStay>;
  try {
    const pms = pmsFor(systems, { access: context, house, conversationId, offerRef: stored.id });
    const begun = await operationState(context, key);
    const held = begun === undefined ? await heldStay(context, stored.id) : undefined;
    let holdId = held?.id ?? '';
    if (begun === undefined && held === undefined) {
      const hold = await pms.hold(stored.offer, stored.request, `${key}:hold`);
      if (hold.kind === 'unclear') return { kind: 'system-down' };
      if (hold.kind === 'refused') return await refusal(systems, context, house, stored, hold.reason.kind);
      holdId = hold.value.id;
    }
    const guest = { name: input.name, phone, email, companions: input.companions };
    written = await pms.confirm(holdId, guest, { total: stored.offer.total }, key);
  } catch (error) {
    return down(error);
  }
  if (written.kind === 'unclear') return { kind: 'unclear', reference: await referenceOf(context, key) };
  if (written.kind === 'refused') {
    const { reason } = written;
    return refusal(systems, context, house, stored, reason.kind);
  }
  const stay = await context.query((database) => finish(database, context, written.value.code, input));
  return { kind: 'booked', stay: stayView(stay, house, context.now()) };
}

/** What comes with a booking beside its rooms: once, however often it is made again. */
async function finish(database: Database, context: ToolContext, code: string, input: BookInput): Promise<StayRecord> {
  const { workspaceId, conversationId } = context;
  if (input.arrivalTime !== undefined) {
    await database.execute(sql`
      UPDATE hotel_bookings SET arrival_time = ${input.arrivalTime}::time WHERE workspace_id = ${workspaceId} AND code = ${code}`);
  }
  const [stay] = await loadStays(database, context, sql`b.code = ${code}`);
  if (stay === undefined) throw new Error(`The booking ${code} is gone.`);
  if (input.request !== undefined) {
    const request = { kind: 'special', text: input.request, bookingId: stay.id, conversationId } as const;
    await storeRequest(database, context, request, `${stay.id}`);
  }
  return stay;
}

/** What an unclear booking is spoken of by: the code that it has with us. */
async function referenceOf(context: ToolContext, key: string): Promise<string> {
  const { rows } = await context.query((database) =>
    database.execute<{ code: string }>(sql`
      SELECT b.code FROM hotel_operations o JOIN hotel_bookings b ON b.workspace_id = o.workspace_id AND b.id = o.booking_id
      WHERE o.workspace_id = ${context.workspaceId} AND o.key = ${key}`),
  );
  return rows[0]?.code ?? '';
}

async function find(
  database: Database,
  context: ToolContext,
  input: { code?: string | undefined; name?: string | undefined; phone?: string | undefined; email?: string | undefined },
  here: SQL,
): Promise<FindStayOutput> {
  const { stays, likely, complete, full } = await ownStays(database, context, input, here);
  const known = context.contact?.verified === true || full.code !== undefined;
  // What the channel or the code vouches for is not slowed down by those who guess.
  if (stays.length === 0 && complete && !known) {
    if (await failedClaimsToStays.areTooMany(database, context, full)) return { kind: 'not-enough', missing: ['code'] };
    if (likely.length > 0) {
      return { kind: 'code-needed', stays: likely.map(({ checkIn, checkOut }) => ({ checkIn, checkOut })) };
    }
    await failedClaimsToStays.record(database, context, context.conversationId, full);
  }
  if (stays.length > 0 || complete) return { kind: 'found', stays: await viewsOf(database, context, stays) };
  const missing: Extract<FindStayOutput, { kind: 'not-enough' }>['missing'] = [];
  if (full.phone === undefined && full.email === undefined) missing.push('contact');
  if (full.name === undefined) missing.push('name-or-code');
  return { kind: 'not-enough', missing };
}

async function viewsOf(database: Database, context: ToolContext, stays: readonly StayRecord[]): Promise<StayView[]> {
  const houses = new Map<string, House>((await loadHouses(database, context)).map((house) => [house.id, house]));
  return stays.flatMap((stay) => {
    const house = houses.get(stay.hotelId);
    return house === undefined ? [] : [stayView(stay, house, context.now())];
  });
}
