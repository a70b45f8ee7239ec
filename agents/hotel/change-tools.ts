/** Tools that change stays and cancel them. What it costs is told by one tool, and done by another one. */
import { sql } from '../../src/database.ts';
import { defineTool, normaliseCode, type ToolContext } from '../../src/index.ts';
import {
  type CancelStayOutput,
  type ChangeStayOutput,
  cancelStayInput,
  changeStayInput,
  type QuoteCancellationOutput,
  type QuoteChangeOutput,
  quoteCancellationInput,
  quoteChangeInput,
} from './contract.ts';
import { loadHotelFacts } from './facts.ts';
import { type House, houseById } from './house.ts';
import { storedOffer, tellOffers } from './offers.ts';
import { operationState } from './operations.ts';
import { stayByCode } from './own-stays.ts';
import { down, noRoom, readWish } from './search.ts';
import { refusal, writeTimeoutMs } from './search-tools.ts';
import { amountOf, cancellationAt, hundredthsOf, loadStays, momentOf, type StayRecord, stayView, todayOf } from './stays.ts';
import { type PmsSystems, pmsFor } from './systems.ts';

/** An open stay with its hotel. */
export async function stayAndHouse(context: ToolContext, code: string): Promise<{ stay: StayRecord; house: House } | undefined> {
  return context.query(async (database) => {
    const stay = await stayByCode(database, context, code);
    const house = stay && (await houseById(database, context, stay.hotelId));
    return stay === undefined || house === undefined ? undefined : { stay, house };
  });
}

export function changeTools(systems: PmsSystems) {
  const quoteChange = defineTool({
    name: 'quote_change',
    description:
      'What another date, room type or number of guests would cost for a stay that is booked, and whether it is free. Changes nothing. Tell the new ' +
      'total and the difference, and ask for a yes before change_stay.',
    input: quoteChangeInput,
    effect: 'read',
    timeoutMs: writeTimeoutMs,
    async execute(input, context): Promise<QuoteChangeOutput> {
      const found = await stayAndHouse(context, input.code);
      if (found === undefined) return { kind: 'not-found' };
      const { stay, house } = found;
      const fixed = notChangeable(stay, house, context.now());
      if (fixed !== undefined) return fixed;
      const [room] = stay.rooms;
      const wish = readWish(
        house,
        {
          checkIn: input.checkIn ?? stay.checkIn,
          checkOut: input.checkOut ?? stay.checkOut,
          adults: input.adults ?? stay.adults,
          children: input.children ?? stay.children,
          rooms: 1,
          type: input.type ?? room?.type,
        },
        context.now(),
      );
      if ('kind' in wish) return wish;
      const { request } = wish;
      const same =
        request.checkIn === stay.checkIn &&
        request.checkOut === stay.checkOut &&
        request.typeId === room?.typeId &&
        wish.adults === stay.adults &&
        wish.children.toSorted().join() === stay.children.toSorted().join();
      if (same) return { kind: 'nothing-changes', stay: stayView(stay, house, context.now()) };
      const changing = { ...wish, request: { ...request, changing: stay.code } };
      try {
        const pms = pmsFor(systems, { access: context, house, conversationId: context.conversationId });
        const [answer] = await pms.offers([changing.request]);
        const [offer] = answer?.offers ?? [];
        if (offer === undefined || answer?.asOf !== undefined)
          return answer?.asOf === undefined
            ? await noRoom({ systems, context, house }, changing, answer?.nothing ?? { kind: 'sold-out' })
            : { kind: 'system-down' };
        const [after] = await tellOffers(context, house, [{ request: changing.request, offer }]);
        if (after === undefined) return { kind: 'system-down' };
        const difference = amountOf(offer.total - stay.total);
        return { kind: 'quoted', stay: stayView(stay, house, context.now()), after, difference };
      } catch (error) {
        return down(error);
      }
    },
  });

  const changeStay = defineTool({
    name: 'change_stay',
    description:
      'Changes a stay to what quote_change answered, after the guest agreed to it. It stays as it is where that is no longer free.',
    input: changeStayInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: writeTimeoutMs,
    facts: ({ code, offer }, context) => loadHotelFacts(context, { code, offer }),
    execute: (input, context) => change(systems, context, input),
    async reconcile(key, input, context) {
      const state = await operationState(context, key);
      return state === undefined ? { kind: 'did-not-happen' } : { kind: 'happened', output: await change(systems, context, input) };
    },
  });

  const quoteCancellation = defineTool({
    name: 'quote_cancellation',
    description:
      'What cancelling a stay costs at this moment, and until when it is free. Changes nothing. Tell it, and ask for a yes before cancel_stay.',
    input: quoteCancellationInput,
    effect: 'read',
    async execute({ code }, context): Promise<QuoteCancellationOutput> {
      const found = await stayAndHouse(context, code);
      if (found === undefined) return { kind: 'not-found' };
      const { stay, house } = found;
      const fixed = notCancellable(stay, house, context.now());
      if (fixed !== undefined) return fixed;
      const { fee, refundable, freeUntil } = cancellationAt(stay.cancellation, stay, house, context.now());
      return {
        kind: 'quoted',
        stay: stayView(stay, house, context.now()),
        fee: amountOf(fee),
        refund: amountOf(Math.max(0, stay.paid - fee)),
        currency: stay.currency,
        refundable,
        ...(freeUntil === undefined ? {} : { freeUntil: momentOf(freeUntil, house) }),
      };
    },
  });

  const cancelStay = defineTool({
    name: 'cancel_stay',
    description: 'Cancels a stay, after the guest was told the fee and agreed. Frees its rooms.',
    input: cancelStayInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: writeTimeoutMs,
    facts: ({ code }, context) => loadHotelFacts(context, { code }),
    execute: (input, context) => cancel(systems, context, input),
    async reconcile(key, input, context) {
      const state = await operationState(context, key);
      return state === undefined ? { kind: 'did-not-happen' } : { kind: 'happened', output: await cancel(systems, context, input) };
    },
  });

  return { quoteChange, changeStay, quoteCancellation, cancelStay };
}

type NotChangeable = Extract<ChangeStayOutput, { kind: 'not-changeable' }>;

function notChangeable(stay: StayRecord, house: House, now: Date): NotChangeable | undefined {
  if (stay.status !== 'confirmed' || stay.checkIn < todayOf(house, now)) return { kind: 'not-changeable', reason: 'started' };
  if (stay.rooms.length !== 1) return { kind: 'not-changeable', reason: 'several-rooms' };
  return stay.cancellation.refundable ? undefined : { kind: 'not-changeable', reason: 'rate' };
}

async function change(
  systems: PmsSystems,
  context: ToolContext,
  { code, offer }: { code: string; offer: string },
): Promise<ChangeStayOutput> {
  const stored = await storedOffer(context, offer);
  if (stored === undefined || stored.changing !== normaliseCode(code)) return { kind: 'unknown-offer' };
  const { idempotencyKey: key, conversationId } = context;
  const found = await stayAndHouse(context, code);
  if (found === undefined) return { kind: 'not-found' };
  const { stay, house } = found;
  const begun = await operationState(context, key);
  const fixed = begun === undefined ? notChangeable(stay, house, context.now()) : undefined;
  if (fixed !== undefined) return fixed;
  try {
    const pms = pmsFor(systems, { access: context, house, conversationId, offerRef: stored.id });
    const written = await pms.change(stay.code, stored.offer, stored.request, key);
    if (written.kind === 'unclear') return { kind: 'unclear', reference: stay.code };
    if (written.kind === 'refused') {
      if (written.reason.kind === 'not-found') return { kind: 'not-found' };
      return await refusal(systems, context, house, stored, written.reason.kind);
    }
  } catch (error) {
    return down(error);
  }
  const after = (await stayAndHouse(context, code))?.stay ?? stay;
  const from = {
    checkIn: stay.checkIn,
    checkOut: stay.checkOut,
    type: stayView(stay, house, context.now()).type,
    total: amountOf(stay.total),
  };
  return { kind: 'changed', stay: stayView(after, house, context.now()), from };
}

type NotCancellable = Extract<CancelStayOutput, { kind: 'not-cancellable' }>;

function notCancellable(stay: StayRecord, house: House, now: Date): NotCancellable | undefined {
  if (stay.status === 'in_house' || stay.checkIn < todayOf(house, now)) return { kind: 'not-cancellable', reason: 'started' };
  return stay.cancellation.refundable ? undefined : { kind: 'not-cancellable', reason: 'non-refundable' };
}

async function cancel(
  systems: PmsSystems,
  context: ToolContext,
  { code, fee, reason }: { code: string; fee: number; reason?: string | undefined },
): Promise<CancelStayOutput> {
  const { idempotencyKey: key, conversationId } = context;
  const begun = await operationState(context, key);
  const found =
    begun === undefined
      ? await stayAndHouse(context, code)
      : await context.query(async (database) => {
          const [stay] = await loadStays(database, context, sql`b.code = ${normaliseCode(code)}`);
          const house = stay && (await houseById(database, context, stay.hotelId));
          return stay === undefined || house === undefined ? undefined : { stay, house };
        });
  if (found === undefined) return { kind: 'not-found' };
  const { stay, house } = found;
  if (begun === undefined) {
    const fixed = notCancellable(stay, house, context.now());
    if (fixed !== undefined) return fixed;
  }
  try {
    const pms = pmsFor(systems, { access: context, house, conversationId });
    const written = await pms.cancel(stay.code, hundredthsOf(fee), key);
    if (written.kind === 'unclear') return { kind: 'unclear', reference: stay.code };
    if (written.kind === 'refused') {
      const refused = written.reason;
      if (refused.kind === 'price-changed') return { kind: 'fee-changed', fee: amountOf(refused.total), currency: stay.currency };
      if (refused.kind === 'not-allowed') return { kind: 'not-cancellable', reason: 'started' };
      return refused.kind === 'down' ? { kind: 'system-down' } : { kind: 'not-found' };
    }
  } catch (error) {
    return down(error);
  }
  const cancelled = await context.query(async (database) => {
    await database.execute(sql`
      UPDATE hotel_bookings SET cancel_reason = ${reason ?? null} WHERE workspace_id = ${context.workspaceId} AND id = ${stay.id}`);
    return (await loadStays(database, context, sql`b.id = ${stay.id}`))[0] ?? stay;
  });
  const refund = amountOf(Math.max(0, cancelled.paid - hundredthsOf(fee)));
  return { kind: 'cancelled', stay: stayView(cancelled, house, context.now()), fee, refund, currency: stay.currency };
}
