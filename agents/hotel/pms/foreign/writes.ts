/** Carries writes out in a system of somebody else, and finds out what became of those that were not answered. */
import { sql } from '../../../../src/database.ts';
import { type StayRecord, todayOf } from '../../stays.ts';
import { PmsDown, type RefusedReason } from '../contract.ts';
import type { BookingPlace } from '../embedded/bookings.ts';
import { loadSeats, lockTypes } from '../embedded/rows.ts';
import { bestRoom } from '../embedded/seating.ts';
import { type ForeignBooking, type ForeignRecord, type ForeignSystem, type ForeignWritten, InDoubt } from './contract.ts';
import { type Ended, type ForeignOperation, finish, foreignKey, markUnclear, refuse, stayById, tellDesk } from './operations.ts';
import { askQuotes } from './quotes.ts';

/** So long after it was begun a write that is not found is not under way any more: more than a request may take. */
export const settleMs = 150_000;

/** Makes a write that was just begun. */
export async function carryOut(place: BookingPlace, system: ForeignSystem, operation: ForeignOperation): Promise<Ended> {
  const { access } = place;
  const stay = await access.query((database) => stayById(database, access, operation.bookingId));
  let done: Asked;
  try {
    done = await ask(place, system, operation, stay);
  } catch (error) {
    if (error instanceof PmsDown) return refuse(access, operation, { kind: 'down' });
    if (error instanceof PriceChanged) return refuse(access, operation, { kind: 'price-changed', total: error.total });
    if (error instanceof InDoubt) return settle(place, system, operation, error.ended);
    throw error;
  }
  if (done.kind === 'refused') return refuse(access, operation, reasonOf(done));
  const { value } = done;
  return orUnclear(place, operation, () => accept(place, system, operation, value ?? undefined));
}

/** Where the system goes away in the middle, the write is looked up later. */
async function orUnclear(
  { access }: BookingPlace,
  { key }: ForeignOperation,
  work: () => Promise<Ended | undefined>,
): Promise<Ended> {
  try {
    const ended = await work();
    if (ended !== undefined) return ended;
  } catch (error) {
    if (!(error instanceof PmsDown || error instanceof InDoubt)) throw error;
  }
  await access.query((database) => markUnclear(database, access, key));
  return { answer: { kind: 'unclear' }, news: false };
}

/**
 * Looks a write up by its key in the record of the system.
 * @param ended nothing of it is still under way there.
 */
export async function settle(
  place: BookingPlace,
  system: ForeignSystem,
  operation: ForeignOperation,
  ended = place.access.now().getTime() - operation.begun > settleMs,
): Promise<Ended> {
  const { access } = place;
  return orUnclear(place, operation, async () => {
    const stay = await access.query((database) => stayById(database, access, operation.bookingId));
    const found = await happened(place, system, operation, stay);
    if (found !== undefined) return accept(place, system, operation, found.record);
    return ended ? refuse(access, operation, { kind: 'down' }) : undefined;
  });
}

/** It is there. A booking that shares a room with an earlier one is taken back: nobody is told that they have it. */
async function accept(
  place: BookingPlace,
  system: ForeignSystem,
  operation: ForeignOperation,
  record: ForeignRecord | undefined,
): Promise<Ended> {
  const { access } = place;
  if (operation.intent.kind !== 'confirm' || record === undefined || system.conflict === undefined)
    return finish(access, operation, record);
  const conflict = await system.conflict(record);
  if (conflict === 'none') return finish(access, operation, record);
  const tell = (text: string) =>
    access.query(async (database) => tellDesk(database, access, await stayById(database, access, operation.bookingId), text));
  if (conflict === 'won') {
    await tell(`A later booking in the system shares a room and a night with booking ${record.id}. Give it another room.`);
    return finish(access, operation, record);
  }
  try {
    await system.cancel(record, foreignKey(access, `${operation.key}:surplus`));
  } catch (error) {
    if (!(error instanceof PmsDown || error instanceof InDoubt)) throw error;
    await tell(
      `Booking ${record.id} in the system shares a room with an earlier one, and could not be cancelled there. Cancel it.`,
    );
  }
  return refuse(access, operation, { kind: 'taken' });
}

function reasonOf({ reason, why }: Extract<ForeignWritten<unknown>, { kind: 'refused' }>): RefusedReason {
  if (reason === 'taken' || reason === 'not-found') return { kind: reason };
  return { kind: 'not-allowed', why };
}

type Asked = ForeignWritten<ForeignRecord | null>;
const no = (reason: 'taken' | 'not-found' | 'not-allowed', why: string): Asked => ({ kind: 'refused', reason, why });

/** @throws PmsDown, InDoubt */
async function ask(place: BookingPlace, system: ForeignSystem, operation: ForeignOperation, stay: StayRecord): Promise<Asked> {
  const { intent } = operation;
  const key = foreignKey(place.access, operation.key);
  if (intent.kind === 'confirm') {
    const booking = await bookable(place, system, stay);
    return 'kind' in booking ? booking : system.book(booking, key);
  }
  const record = await recordOf(place, system, stay);
  if (record === undefined) return no('not-found', 'The system does not have it.');
  if (intent.kind === 'cancel') return system.cancel(record, key);
  if (intent.kind === 'change') return system.change(record, await changed(place, system, stay, operation), key);
  const item = itemOf(intent);
  return system.charge(record, item, key);
}

/** What goes on the bill there. */
function itemOf(intent: Extract<ForeignOperation['intent'], { kind: 'charge' | 'late-checkout' }>) {
  if (intent.kind === 'charge') return intent.item;
  return { concept: `Late check-out ${intent.until}`, amount: intent.fee };
}

/** The price is asked for once more, and the room that we keep must be free there; otherwise another one is kept. */
async function bookable(place: BookingPlace, system: ForeignSystem, stay: StayRecord): Promise<ForeignBooking | Asked> {
  const { access, house } = place;
  const typeId = stay.rooms[0]?.typeId;
  const { checkIn, checkOut, rooms, total } = stay;
  const [found] = await askQuotes(house, system, { checkIn, checkOut, rooms: rooms.map(({ guests }) => guests), typeId });
  if (found === undefined || found.quote.left < rooms.length) return no('taken', 'It is sold out there.');
  const { type, quote } = found;
  if (quote.total !== total) throw new PriceChanged(quote.total);
  const numbers = await access.query(async (database) => {
    const names: (string | undefined)[] = [];
    if (quote.rooms === undefined) return rooms.map(() => undefined);
    await lockTypes(database, access, [type.id]);
    const seats = await loadSeats(database, access, type.id, todayOf(house, access.now()), checkIn);
    const free = type.rooms.filter(({ external }) => external !== null && quote.rooms?.includes(external));
    for (const room of rooms) {
      let kept = free.find(({ id }) => id === room.roomId);
      if (kept === undefined) {
        const others = free.map(({ id }) => id);
        const best = bestRoom(others, seats, checkIn, checkOut);
        kept = free.find(({ id }) => id === best);
        if (kept === undefined) return undefined;
        await database.execute(sql`
          UPDATE hotel_stays SET room_id = ${kept.id}, version = version + 1 WHERE workspace_id = ${access.workspaceId} AND id = ${room.id}`);
        seats.push({ id: room.id, from: checkIn, to: checkOut, room: kept.id });
      }
      names.push(kept.external ?? undefined);
    }
    return names;
  });
  if (numbers === undefined) return no('taken', 'The rooms that are free there are kept for others.');
  return {
    checkIn,
    checkOut,
    type: quote.type,
    rate: quote.rate,
    rooms: rooms.map(({ guests }, index) => ({ guests, room: numbers[index] })),
    total,
    code: stay.code,
    guest: guestOf(stay),
  };
}

/** The system asks for another price than the one that was told. */
class PriceChanged extends Error {
  readonly total: number;

  constructor(total: number) {
    super('The price is another one by now.');
    this.total = total;
  }
}

const guestOf = ({ guest }: StayRecord) => ({
  name: guest?.name ?? '',
  phone: guest?.phone ?? undefined,
  email: guest?.email ?? undefined,
});

async function changed(
  { access, house }: BookingPlace,
  system: ForeignSystem,
  stay: StayRecord,
  { intent }: ForeignOperation,
): Promise<ForeignBooking> {
  if (intent.kind !== 'change') throw new Error('Only a change is asked for like this.');
  const { offer, request, seats } = intent;
  const type = house.types.find(({ id }) => id === offer.rooms[0]?.typeId);
  const { rows } = await access.query((database) =>
    database.execute<{ external: string | null }>(sql`
      SELECT r.external FROM hotel_stays s JOIN hotel_rooms r ON r.workspace_id = s.workspace_id AND r.id = s.room_id
      WHERE s.workspace_id = ${access.workspaceId} AND s.id = ANY(${sql.param(seats)}::uuid[])`),
  );
  const [found] = await askQuotes(house, system, { ...request, typeId: type?.id });
  return {
    checkIn: request.checkIn,
    checkOut: request.checkOut,
    type: type?.external ?? '',
    rate: found?.quote.rate,
    rooms: request.rooms.map((guests, index) => ({ guests, room: rows[index]?.external ?? undefined })),
    total: offer.total,
    code: stay.code,
    guest: guestOf(stay),
  };
}

/** @throws PmsDown */
async function recordOf({ access }: BookingPlace, system: ForeignSystem, stay: StayRecord): Promise<ForeignRecord | undefined> {
  const { rows } = await access.query((database) =>
    database.execute<{ external: string | null }>(
      sql`SELECT external FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND id = ${stay.id}`,
    ),
  );
  const id = rows[0]?.external;
  return id == null ? undefined : system.get(id);
}

/** @returns the record where it happened. @throws PmsDown, InDoubt */
async function happened(
  place: BookingPlace,
  system: ForeignSystem,
  operation: ForeignOperation,
  stay: StayRecord,
): Promise<{ record: ForeignRecord | undefined } | undefined> {
  const { intent } = operation;
  const key = foreignKey(place.access, operation.key);
  if (intent.kind === 'confirm') {
    const record = await system.lookUp(key, new Date(operation.begun));
    return record === undefined || record.status === 'cancelled' ? undefined : { record };
  }
  const record = await recordOf(place, system, stay);
  if (record === undefined) return undefined;
  switch (intent.kind) {
    case 'cancel':
      return record.status === 'cancelled' ? { record } : undefined;
    case 'change': {
      const type = place.house.types.find(({ id }) => id === intent.offer.rooms[0]?.typeId)?.external;
      const same =
        record.checkIn === intent.request.checkIn &&
        record.checkOut === intent.request.checkOut &&
        record.rooms.every((room) => room.type === type);
      return same ? { record } : undefined;
    }
    default: {
      const item = itemOf(intent);
      return (await system.charged(record, item, key)) ? { record } : undefined;
    }
  }
}
