/** Leaving late and arriving early. */
import { sql } from '../../src/database.ts';
import { defineTool, type ToolContext } from '../../src/index.ts';
import { stayAndHouse } from './change-tools.ts';
import {
  type EarlyArrivalOutput,
  earlyArrivalInput,
  type LateCheckoutOutput,
  type LateCheckoutRefused,
  lateCheckoutInput,
  type QuoteLateCheckoutOutput,
  quoteLateCheckoutInput,
} from './contract.ts';
import { loadHotelFacts } from './facts.ts';
import { type House, houseById } from './house.ts';
import { operationState } from './operations.ts';
import { stayByCode } from './own-stays.ts';
import { keepRooms } from './pms/embedded/late.ts';
import { storeRequest } from './requests.ts';
import { down } from './search.ts';
import { writeTimeoutMs } from './search-tools.ts';
import { amountOf, hundredthsOf, type StayRecord, stayView } from './stays.ts';
import { type PmsSystems, pmsFor } from './systems.ts';

export function lateTools(systems: PmsSystems) {
  const quoteLateCheckout = defineTool({
    name: 'quote_late_checkout',
    description:
      'Whether a guest can keep the room for longer on the day of departure, and what it costs: nothing, a fee, or not at all where the room is sold. ' +
      'Changes nothing. Tell it, and ask for a yes before late_checkout.',
    input: quoteLateCheckoutInput,
    effect: 'read',
    async execute({ code, until }, context): Promise<QuoteLateCheckoutOutput> {
      const found = await stayAndHouse(context, code);
      if (found === undefined) return { kind: 'not-found' };
      const { stay, house } = found;
      const fee = feeFor(stay, house, until);
      if (typeof fee !== 'number') return fee;
      const free = await context.query((database) => keepRooms(database, context, house, stay, true));
      if (!free) return refused(house, 'sold');
      const { currency } = stay;
      return { kind: 'offered', code: stay.code, date: stay.checkOut, until, fee: amountOf(fee), currency, free: fee === 0 };
    },
  });

  const lateCheckout = defineTool({
    name: 'late_checkout',
    description:
      'Lets a guest keep the room until an hour on the day of departure, for the fee that they agreed to; it goes on their bill.',
    input: lateCheckoutInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: writeTimeoutMs,
    facts: ({ code }, context) => loadHotelFacts(context, { code }),
    execute: (input, context) => leaveLate(systems, context, input),
    async reconcile(key, input, context) {
      const state = await operationState(context, key);
      return state === undefined
        ? { kind: 'did-not-happen' }
        : { kind: 'happened', output: await leaveLate(systems, context, input) };
    },
  });

  const earlyArrival = defineTool({
    name: 'early_arrival',
    description:
      'Notes when a guest arrives, early or late. Before the hour of check-in it is a wish that the desk is told of: never promise the room for then.',
    input: earlyArrivalInput,
    effect: 'write',
    target: 'database',
    facts: ({ code }, context) => loadHotelFacts(context, { code }),
    execute: ({ code, at }, context): Promise<EarlyArrivalOutput> =>
      context.query(async (database) => {
        const stay = await stayByCode(database, context, code);
        const house = stay && (await houseById(database, context, stay.hotelId));
        if (stay === undefined || house === undefined) return { kind: 'not-found' };
        const { workspaceId, conversationId } = context;
        await database.execute(
          sql`UPDATE hotel_bookings SET arrival_time = ${at}::time WHERE workspace_id = ${workspaceId} AND id = ${stay.id}`,
        );
        const room = at >= house.checkInFrom ? 'ready' : at >= house.earlyFrom ? 'asked' : 'too-early';
        const { rows } = await database.execute<{ taken: boolean }>(sql`
          SELECT EXISTS (SELECT FROM hotel_stays WHERE workspace_id = ${workspaceId}
            AND room_id = ANY(${sql.param(stay.rooms.map(({ roomId }) => roomId))}::uuid[])
            AND status IN ('held', 'confirmed', 'in_house', 'blocked') AND nights @> (${stay.checkIn}::date - 1)) AS taken`);
        if (room !== 'ready') {
          const text = `${stay.code}: ${at}`;
          await storeRequest(database, context, { kind: 'early-arrival', text, bookingId: stay.id, conversationId });
        }
        const { checkInFrom, luggage } = house;
        return { kind: 'noted', at, checkInFrom, room, likely: room !== 'too-early' && rows[0]?.taken === false, luggage };
      }),
  });

  return { quoteLateCheckout, lateCheckout, earlyArrival };
}

/** In whole hundredths; or why it is not to be had at that hour. */
function feeFor(stay: StayRecord, house: House, until: string): number | LateCheckoutRefused {
  const { lateUntil, lateFreeUntil, lateFeePercent, checkOutUntil } = house;
  if (until <= (stay.lateUntil ?? checkOutUntil)) return refused(house, 'not-needed');
  const latest = [lateUntil, lateFreeUntil]
    .filter((time) => time !== null)
    .sort()
    .at(-1);
  if (latest === undefined) return refused(house, 'not-offered');
  if (until > latest) return refused(house, 'too-late');
  if (lateFreeUntil !== null && until <= lateFreeUntil) return 0;
  const lastNight = stay.rooms.reduce((sum, { nightly }) => sum + (nightly.at(-1)?.price ?? 0), 0);
  return Math.round((lastNight * lateFeePercent) / 100);
}

function refused(house: House, reason: LateCheckoutRefused['reason']): LateCheckoutRefused {
  const latest = [house.lateUntil, house.lateFreeUntil]
    .filter((time) => time !== null)
    .sort()
    .at(-1);
  const { checkOutUntil, luggage } = house;
  return { kind: 'refused', reason, ...(latest === undefined ? {} : { latest }), checkOutUntil, luggage };
}

async function leaveLate(
  systems: PmsSystems,
  context: ToolContext,
  { code, until, fee }: { code: string; until: string; fee: number },
): Promise<LateCheckoutOutput> {
  const found = await stayAndHouse(context, code);
  if (found === undefined) return { kind: 'not-found' };
  const { stay, house } = found;
  const { idempotencyKey: key, conversationId } = context;
  const { currency } = stay;
  if ((await operationState(context, key)) === undefined) {
    const due = feeFor(stay, house, until);
    if (typeof due !== 'number') return due;
    if (due !== hundredthsOf(fee)) return { kind: 'fee-changed', fee: amountOf(due), currency };
  }
  try {
    const pms = pmsFor(systems, { access: context, house, conversationId });
    const written = await pms.lateCheckout(stay.code, until, hundredthsOf(fee), key);
    if (written.kind === 'unclear') return { kind: 'unclear', reference: stay.code };
    if (written.kind === 'refused') {
      if (written.reason.kind === 'taken') return refused(house, 'sold');
      return written.reason.kind === 'down' ? { kind: 'system-down' } : { kind: 'not-found' };
    }
  } catch (error) {
    return down(error);
  }
  const after = (await stayAndHouse(context, code))?.stay ?? stay;
  return { kind: 'granted', stay: stayView(after, house, context.now()), until, fee, currency };
}
