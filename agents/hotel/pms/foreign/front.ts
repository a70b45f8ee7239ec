/**
 * What stands before a system of somebody else: our own holds under the constraint of our tables, a key for each write, and the question whether it
 * happened before anything is told or tried again. Nothing is confirmed from what was known before.
 */
import { sql } from '../../../../src/database.ts';
import type { Database } from '../../../../src/index.ts';
import { cancellationAt, loadStays, openStays, type StayRecord, todayOf } from '../../stays.ts';
import {
  type Pms,
  PmsDown,
  type PmsHold,
  type PmsOffer,
  type PmsStay,
  type RefusedReason,
  type StayRequest,
  type Written,
} from '../contract.ts';
import { type BookingPlace, insertBooking, storeGuest } from '../embedded/bookings.ts';
import { embeddedPms } from '../embedded/embedded.ts';
import { endHolds, insertStay, loadSeats, lockTypes, nowOf, once, seat } from '../embedded/rows.ts';
import { bestRoom } from '../embedded/seating.ts';
import type { ForeignSystem } from './contract.ts';
import { lastKnown, remember } from './last-known.ts';
import { beginOperation, type Intent, operationOf, stayById } from './operations.ts';
import { askQuotes, heldHere, offersFrom, type TypedQuote } from './quotes.ts';
import { carryOut, settle } from './writes.ts';

/** Requests that a hotel's system is asked at once. */
const atOnce = 4;

/** Thrown to undo a transaction whose stay turned out not to fit. */
class DoesNotFit extends Error {}

const refused = (reason: RefusedReason): { kind: 'refused'; reason: RefusedReason } => ({ kind: 'refused', reason });
const isReason = (value: object): value is RefusedReason => 'kind' in value && !('type' in value);

export function frontedPms(place: BookingPlace, system: ForeignSystem): Pms {
  const { access, house, conversationId } = place;
  const own = embeddedPms(place);
  const now = () => access.now();

  async function offersOf(request: StayRequest) {
    try {
      const quotes = await askQuotes(house, system, request);
      const held = await access.query((database) => heldHere(database, place, request));
      const answer = offersFrom(house, request, quotes, held, now());
      remember(access.workspaceId, house, request, answer, now());
      return answer;
    } catch (error) {
      const known = error instanceof PmsDown ? lastKnown(access.workspaceId, house, request, now()) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  /** What an offer costs there now, or why it cannot be had any more. */
  async function fresh(offer: PmsOffer, request: StayRequest): Promise<TypedQuote | RefusedReason> {
    const typeId = offer.rooms[0]?.typeId;
    if (typeId === undefined || offer.rooms.some((room) => room.typeId !== typeId)) return { kind: 'taken' };
    let found: TypedQuote | undefined;
    try {
      found = (await askQuotes(house, system, { ...request, typeId }))[0];
    } catch (error) {
      if (error instanceof PmsDown) return { kind: 'down' };
      throw error;
    }
    if (found === undefined || found.quote.left < offer.rooms.length) return { kind: 'taken' };
    return found.quote.total === offer.total ? found : { kind: 'price-changed', total: found.quote.total };
  }

  /** Seats of our own for the rooms of an offer: in rooms that are free there, where it tells which. */
  async function keep(
    database: Database,
    bookingId: string,
    { type, quote }: TypedQuote,
    offer: PmsOffer,
    { checkIn, checkOut }: StayRequest,
  ): Promise<string[] | undefined> {
    const free = quote.rooms && new Set(quote.rooms);
    const ids: string[] = [];
    for (const room of offer.rooms) {
      const stay = { id: access.newId(), bookingId, type, room, checkIn, checkOut, status: 'held' as const };
      if (free === undefined) {
        if ((await seat(database, access, stay, todayOf(house, now()))) === undefined) return undefined;
      } else {
        const rooms = type.rooms.filter(({ external }) => external !== null && free.has(external)).map(({ id }) => id);
        const best = bestRoom(rooms, await loadSeats(database, access, type.id, todayOf(house, now()), checkIn), checkIn, checkOut);
        if (best === undefined) return undefined;
        await insertStay(database, access, stay, best);
      }
      ids.push(stay.id);
    }
    return ids;
  }

  /** Begins a write on a booking, and carries it out there. Made again with its key it is looked up first. */
  async function write(
    key: string,
    prepare: (database: Database) => Promise<{ bookingId: string; intent: Intent } | RefusedReason>,
  ): Promise<Written<PmsStay>> {
    const before = await access.query((database) => operationOf(database, access, key));
    if (before !== undefined)
      return before.state === 'done' || before.state === 'refused' ? before.detail : (await settle(place, system, before)).answer;
    let prepared: { bookingId: string; intent: Intent } | RefusedReason;
    try {
      prepared = await access.query(async (database) => {
        const ready = await prepare(database);
        if (!('bookingId' in ready)) return ready;
        await beginOperation(database, access, { key, hotelId: house.id, ...ready });
        return ready;
      });
    } catch (error) {
      if (error instanceof DoesNotFit) return refused({ kind: 'taken' });
      throw error;
    }
    if (!('bookingId' in prepared)) return refused(prepared);
    const operation = await access.query((database) => operationOf(database, access, key));
    if (operation === undefined) throw new Error(`The operation ${key} is gone.`);
    return (await carryOut(place, system, operation)).answer;
  }

  async function lockedStay(database: Database, code: string): Promise<StayRecord | undefined> {
    const [found] = await loadStays(database, access, sql`b.code = ${code} AND b.hotel_id = ${house.id} AND ${openStays}`);
    if (found === undefined) return undefined;
    await database.execute(
      sql`SELECT FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND id = ${found.id} FOR UPDATE`,
    );
    return stayById(database, access, found.id);
  }

  /** A write on a stay that is booked there. While another one is unclear nothing else is begun. */
  const onStay = (
    key: string,
    code: string,
    intentOf: (stay: StayRecord, database: Database) => Promise<Intent | RefusedReason> | Intent | RefusedReason,
  ) =>
    write(key, async (database) => {
      const stay = await lockedStay(database, code);
      if (stay === undefined) return { kind: 'not-found' };
      const { rows } = await database.execute(sql`
        SELECT FROM hotel_operations WHERE workspace_id = ${access.workspaceId} AND booking_id = ${stay.id} AND state IN ('begun', 'unclear')
          AND intent <> '{}' AND key <> ${key}`);
      if (rows.length > 0 || stay.status === 'pending') return { kind: 'down' };
      const intent = await intentOf(stay, database);
      return isIntent(intent) ? { bookingId: stay.id, intent } : intent;
    });

  return {
    kind: system.kind,
    rooms: () => own.rooms(),
    extend: (holdId, key) => own.extend(holdId, key),
    release: (holdId, key) => own.release(holdId, key),
    find: (by) => own.find(by),

    async offers(requests) {
      const answers = [];
      for (let first = 0; first < requests.length; first += atOnce)
        answers.push(...(await Promise.all(requests.slice(first, first + atOnce).map(offersOf))));
      return answers;
    },

    async hold(offer, request, key) {
      const known = await access.query((database) => operationOf(database, access, key));
      const current = known === undefined ? await fresh(offer, request) : undefined;
      if (current !== undefined && isReason(current)) return refused(current);
      try {
        return await access.query((database) =>
          once<PmsHold>(database, access, { key, kind: 'hold', hotelId: house.id }, async () => {
            if (current === undefined) return refused({ kind: 'taken' });
            await lockTypes(database, access, [current.type.id]);
            await endHolds(
              database,
              access,
              sql`(b.hold_expires_at <= ${nowOf(access)} AND b.hotel_id = ${house.id})
                OR b.conversation_id IS NOT DISTINCT FROM ${conversationId ?? null}::uuid AND b.conversation_id IS NOT NULL`,
            );
            const held = await heldHere(database, place, request);
            if (current.quote.left - held(current.type.id) < offer.rooms.length) return refused({ kind: 'taken' });
            const id = access.newId();
            const expires = now().getTime() + house.holdMinutes * 60_000;
            await insertBooking(database, place, { id, offer, request, expires });
            if ((await keep(database, id, current, offer, request)) === undefined) throw new DoesNotFit();
            return { kind: 'done', value: { id, expires, extended: 0, total: offer.total } };
          }),
        );
      } catch (error) {
        if (error instanceof DoesNotFit) return refused({ kind: 'taken' });
        throw error;
      }
    },

    confirm: (holdId, guest, told, key) =>
      write(key, async (database) => {
        await database.execute(
          sql`SELECT FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND id = ${holdId} FOR UPDATE`,
        );
        const [held] = await loadStays(database, access, sql`b.id = ${holdId} AND b.status = 'held'`);
        if (held === undefined) return { kind: 'expired' };
        if (held.total !== told.total) return { kind: 'price-changed', total: held.total };
        const guestId = await storeGuest(database, access, guest);
        await database.execute(sql`
          UPDATE hotel_bookings SET status = 'pending', guest_id = ${guestId}, updated_at = ${nowOf(access)}, version = version + 1
          WHERE workspace_id = ${access.workspaceId} AND id = ${holdId}`);
        return { bookingId: holdId, intent: { kind: 'confirm', guestId, total: told.total } };
      }),

    async change(code, offer, request, key) {
      const known = await access.query((database) => operationOf(database, access, key));
      const current = known === undefined ? await fresh(offer, request) : undefined;
      if (current !== undefined && isReason(current)) return refused(current);
      return onStay(key, code, async (stay, database) => {
        if (current === undefined) return { kind: 'taken' };
        await lockTypes(database, access, [current.type.id]);
        const held = await heldHere(database, place, request);
        if (current.quote.left - held(current.type.id) < offer.rooms.length) return { kind: 'taken' };
        const seats = await keep(database, stay.id, current, offer, request);
        if (seats === undefined && current.quote.rooms !== undefined) throw new DoesNotFit();
        return { kind: 'change', offer, request, seats: seats ?? [] };
      });
    },

    cancel: (code, fee, key) =>
      onStay(key, code, (stay) => {
        if (stay.status === 'in_house') return { kind: 'not-allowed', why: 'started' };
        // The desk decides itself what it costs.
        const due = place.source === 'desk' ? fee : cancellationAt(stay.cancellation, stay, house, now()).fee;
        return due === fee ? { kind: 'cancel', fee } : { kind: 'price-changed', total: due };
      }),

    charge: (code, item, key) => onStay(key, code, () => ({ kind: 'charge', item })),

    async lateCheckout(code, until, fee, key) {
      const known = await access.query((database) => operationOf(database, access, key));
      const [stay] = await access.query((database) => loadStays(database, access, sql`b.code = ${code} AND ${openStays}`));
      if (known === undefined && stay !== undefined) {
        const sold = await soldAfter(place, system, stay);
        if (sold !== false) return refused(sold);
      }
      return onStay(key, code, () => ({ kind: 'late-checkout', until, fee }));
    },

    async reconcile(key) {
      const operation = await access.query((database) => operationOf(database, access, key));
      if (operation === undefined) return { kind: 'did-not-happen' };
      const { answer } =
        operation.state === 'done' || operation.state === 'refused'
          ? { answer: operation.detail }
          : await settle(place, system, operation);
      if (answer.kind === 'unclear') return { kind: 'unknown' };
      return answer.kind === 'done' ? { kind: 'happened', stay: answer.value } : { kind: 'did-not-happen' };
    },
  };
}

const intents: ReadonlySet<string> = new Set(['confirm', 'change', 'cancel', 'charge', 'late-checkout']);
const isIntent = (value: Intent | RefusedReason): value is Intent => intents.has(value.kind);

/** Whether the type is full in the night of the departure: somebody may arrive in the room. */
async function soldAfter({ house }: BookingPlace, system: ForeignSystem, stay: StayRecord): Promise<RefusedReason | false> {
  const [room] = stay.rooms;
  const next = new Date(Date.parse(stay.checkOut) + 86_400_000).toISOString().slice(0, 10);
  try {
    const request = { checkIn: stay.checkOut, checkOut: next, rooms: stay.rooms.map(({ guests }) => guests), typeId: room?.typeId };
    const [found] = await askQuotes(house, system, request);
    if (found === undefined || found.quote.left < stay.rooms.length) return { kind: 'taken' };
    const theirs = stay.rooms.map(({ roomId }) => found.type.rooms.find(({ id }) => id === roomId)?.external);
    return found.quote.rooms !== undefined && theirs.some((each) => each != null && !found.quote.rooms?.includes(each))
      ? { kind: 'taken' }
      : false;
  } catch (error) {
    if (error instanceof PmsDown) return { kind: 'down' };
    throw error;
  }
}
