/** The reservation system that is built in: tables of this database. Every write is one transaction with its key. */
import { sql } from '../../../../src/database.ts';
import { canonicalEmail, type Database, normaliseCode, phoneKey, type WorkspaceAccess } from '../../../../src/index.ts';
import type { House, HouseType } from '../../house.ts';
import { cancellationAt, loadStays, openStays, type StayRecord, todayOf } from '../../stays.ts';
import type { Pms, PmsHold, PmsOffer, PmsStay, RefusedReason, StayRequest, Written } from '../contract.ts';
import { loadAgenda } from './agenda.ts';
import {
  insertBooking,
  insertCharge,
  pmsStay,
  setCancelled,
  setConfirmed,
  setLate,
  storeGuest,
  updateBooking,
} from './bookings.ts';
import { keepRooms } from './late.ts';
import { offersFor } from './offers.ts';
import { endHolds, lockTypes, nowOf, type Operation, once, seat } from './rows.ts';

/** How much longer a hold stands each time, and how often. */
const extensionMinutes = 10;
export const mostExtensions = 2;

/** Where somebody books: a conversation, or the desk. */
export interface EmbeddedPlace {
  access: WorkspaceAccess;
  house: House;
  conversationId: string | undefined;
  source?: 'agent' | 'desk';
  /** Id of the offer of ours that a hold is made from. */
  offerRef?: string | undefined;
}

type Answer<Value> = Promise<Written<Value> & { bookingId?: string }>;

const refused = (reason: RefusedReason): { kind: 'refused'; reason: RefusedReason } => ({ kind: 'refused', reason });

/** Thrown to undo a transaction whose stay turned out not to fit. */
class DoesNotFit extends Error {}

export function embeddedPms({ access, house, conversationId, source = 'agent', offerRef }: EmbeddedPlace): Pms {
  const booking = { access, house, conversationId, source, offerRef };
  const now = () => access.now();
  const today = () => todayOf(house, now());
  const typeById = (id: string) => house.types.find((type) => type.id === id);

  async function write<Value>(
    kind: Operation['kind'],
    key: string,
    work: (database: Database) => Answer<Value>,
  ): Promise<Written<Value>> {
    try {
      return await access.query((database) =>
        once<Value>(database, access, { key, kind, hotelId: house.id }, () => work(database)),
      );
    } catch (error) {
      if (error instanceof DoesNotFit) return refused({ kind: 'taken' });
      throw error;
    }
  }

  async function lockedStay(database: Database, code: string): Promise<StayRecord | undefined> {
    await database.execute(
      sql`SELECT FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND code = ${normaliseCode(code)} FOR UPDATE`,
    );
    const [stay] = await loadStays(
      database,
      access,
      sql`b.code = ${normaliseCode(code)} AND b.hotel_id = ${house.id} AND ${openStays}`,
    );
    return stay;
  }

  /** The offer as it is at this moment: sold out, or of another price, or itself. */
  async function fresh(database: Database, offer: PmsOffer, request: StayRequest): Promise<PmsOffer | RefusedReason> {
    const { checkIn, checkOut, changing } = request;
    const agenda = await loadAgenda(database, access, house, checkIn, checkOut, { conversationId, changing });
    const typeIds = new Set(offer.rooms.map(({ typeId }) => typeId));
    const wanted = typeIds.size === 1 ? { ...request, typeId: [...typeIds][0] } : { ...request, typeId: undefined };
    const { offers } = offersFor(house, agenda, wanted, now());
    const same = offers.find(({ id }) => id === offer.id);
    if (same === undefined) return { kind: 'taken' };
    return same.total === offer.total ? same : { kind: 'price-changed', total: same.total };
  }

  async function seatAll(
    database: Database,
    bookingId: string,
    offer: PmsOffer,
    request: StayRequest,
    status: 'held' | 'confirmed',
  ): Promise<boolean> {
    for (const room of offer.rooms) {
      const type: HouseType | undefined = typeById(room.typeId);
      if (type === undefined) return false;
      const { checkIn, checkOut } = request;
      const stay = { id: access.newId(), bookingId, type, room, checkIn, checkOut, status };
      if ((await seat(database, access, stay, today())) === undefined) return false;
    }
    return true;
  }

  const one = async (database: Database, id: string) => {
    const [stay] = await loadStays(database, access, sql`b.id = ${id}`);
    if (stay === undefined) throw new Error(`The booking ${id} is gone.`);
    return stay;
  };

  return {
    kind: 'embedded',

    rooms: async () =>
      house.types.map(({ id, name, description, sleeps, adults, rooms }) => ({ id, name, description, sleeps, adults, rooms })),

    offers: async (requests) => {
      const from = requests.map(({ checkIn }) => checkIn).sort()[0];
      const to = requests
        .map(({ checkOut }) => checkOut)
        .sort()
        .at(-1);
      if (from === undefined || to === undefined) return [];
      const asking = { conversationId, changing: requests[0]?.changing };
      const agenda = await access.query((database) => loadAgenda(database, access, house, from, to, asking));
      return requests.map((request) => offersFor(house, agenda, request, now()));
    },

    hold: (offer, request, key) =>
      write<PmsHold>('hold', key, async (database) => {
        const typeIds = offer.rooms.map(({ typeId }) => typeId);
        await lockTypes(database, access, typeIds);
        await endHolds(
          database,
          access,
          sql`(b.hold_expires_at <= ${nowOf(access)} AND EXISTS (SELECT FROM hotel_stays s WHERE s.workspace_id = b.workspace_id
              AND s.booking_id = b.id AND s.type_id = ANY(${sql.param(typeIds)}::uuid[])))
            OR b.conversation_id IS NOT DISTINCT FROM ${conversationId ?? null}::uuid AND b.conversation_id IS NOT NULL`,
        );
        const current = await fresh(database, offer, request);
        if ('kind' in current) return refused(current);
        const id = access.newId();
        const expires = now().getTime() + house.holdMinutes * 60_000;
        await insertBooking(database, booking, { id, offer: current, request, expires });
        if (!(await seatAll(database, id, current, request, 'held'))) throw new DoesNotFit();
        return { kind: 'done', value: { id, expires, extended: 0, total: current.total }, bookingId: id };
      }),

    extend: (holdId, key) =>
      write<PmsHold>('extend', key, async (database) => {
        const { rows } = await database.execute<{ expires: number; extended: number; total: number; until: string }>(sql`
          SELECT (extract(epoch FROM hold_expires_at) * 1000)::float8 AS expires, extended, round(total * 100)::float8 AS total
          FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND id = ${holdId} AND status = 'held' FOR UPDATE`);
        const [hold] = rows;
        if (hold === undefined) return refused({ kind: 'expired' });
        if (hold.extended >= mostExtensions) return refused({ kind: 'not-extended', expires: hold.expires });
        const expires = Math.max(hold.expires, now().getTime()) + extensionMinutes * 60_000;
        await database.execute(sql`
          UPDATE hotel_bookings SET hold_expires_at = ${new Date(expires).toISOString()}::timestamptz, extended = extended + 1
          WHERE workspace_id = ${access.workspaceId} AND id = ${holdId}`);
        return { kind: 'done', value: { id: holdId, expires, extended: hold.extended + 1, total: hold.total } };
      }),

    confirm: (holdId, guest, told, key) =>
      write<PmsStay>('confirm', key, async (database) => {
        await database.execute(
          sql`SELECT FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND id = ${holdId} FOR UPDATE`,
        );
        // Also when its time is up: as long as nobody ended it the rooms are still kept.
        const [held] = await loadStays(database, access, sql`b.id = ${holdId} AND b.status IN ('held', 'pending')`);
        if (held === undefined) return refused({ kind: 'expired' });
        if (held.total !== told.total) return refused({ kind: 'price-changed', total: held.total });
        const guestId = await storeGuest(database, access, guest);
        await setConfirmed(database, access, holdId, guestId);
        return { kind: 'done', value: pmsStay(await one(database, holdId)), bookingId: holdId };
      }),

    release: (holdId, key) =>
      write<null>('release', key, async (database) => {
        await endHolds(database, access, sql`b.id = ${holdId}`);
        return { kind: 'done', value: null };
      }),

    find: (by) =>
      access.query(async (database) => {
        const which =
          'code' in by
            ? sql`b.code = ${normaliseCode(by.code)}`
            : sql`(g.phone_key = ${by.phone === undefined ? null : phoneKey(by.phone)}
                OR g.email_key = ${by.email === undefined ? null : canonicalEmail(by.email)})`;
        return (await loadStays(database, access, sql`b.hotel_id = ${house.id} AND ${openStays} AND ${which}`)).map(pmsStay);
      }),

    change: (code, offer, request, key) =>
      write<PmsStay>('change', key, async (database) => {
        const before = await lockedStay(database, code);
        if (before === undefined) return refused({ kind: 'not-found' });
        await lockTypes(
          database,
          access,
          [...before.rooms, ...offer.rooms].map(({ typeId }) => typeId),
        );
        await endHolds(database, access, sql`b.hold_expires_at <= ${nowOf(access)}`);
        const current = await fresh(database, offer, { ...request, changing: before.code });
        if ('kind' in current) return refused(current);
        await database.execute(
          sql`DELETE FROM hotel_stays WHERE workspace_id = ${access.workspaceId} AND booking_id = ${before.id}`,
        );
        if (!(await seatAll(database, before.id, current, request, 'confirmed'))) throw new DoesNotFit();
        await updateBooking(database, access, before.id, current, request);
        return { kind: 'done', value: pmsStay(await one(database, before.id)), bookingId: before.id };
      }),

    cancel: (code, fee, key) =>
      write<PmsStay>('cancel', key, async (database) => {
        const stay = await lockedStay(database, code);
        if (stay === undefined) return refused({ kind: 'not-found' });
        if (stay.status === 'in_house') return refused({ kind: 'not-allowed', why: 'started' });
        const due = source === 'desk' ? fee : cancellationAt(stay.cancellation, stay, house, now()).fee;
        if (due !== fee) return refused({ kind: 'price-changed', total: due });
        await setCancelled(database, access, stay.id, fee);
        return { kind: 'done', value: pmsStay(await one(database, stay.id)), bookingId: stay.id };
      }),

    charge: (code, item, key) =>
      write<PmsStay>('charge', key, async (database) => {
        const stay = await lockedStay(database, code);
        if (stay === undefined) return refused({ kind: 'not-found' });
        await insertCharge(database, access, stay.id, item);
        return { kind: 'done', value: pmsStay(await one(database, stay.id)), bookingId: stay.id };
      }),

    lateCheckout: (code, until, fee, key) =>
      write<PmsStay>('late-checkout', key, async (database) => {
        const stay = await lockedStay(database, code);
        if (stay === undefined) return refused({ kind: 'not-found' });
        await lockTypes(
          database,
          access,
          stay.rooms.map(({ typeId }) => typeId),
        );
        if (!(await keepRooms(database, access, house, stay))) throw new DoesNotFit();
        await setLate(database, access, stay.id, until, fee);
        return { kind: 'done', value: pmsStay(await one(database, stay.id)), bookingId: stay.id };
      }),

    reconcile: (key) =>
      access.query(async (database) => {
        const { rows } = await database.execute<{ state: string; booking: string | null }>(
          sql`SELECT state, booking_id AS booking FROM hotel_operations WHERE workspace_id = ${access.workspaceId} AND key = ${key}`,
        );
        const [operation] = rows;
        if (operation?.state !== 'done' || operation.booking === null) return { kind: 'did-not-happen' };
        return { kind: 'happened', stay: pmsStay(await one(database, operation.booking)) };
      }),
  };
}
