/**
 * QloApps 1.6, by its web service as it is. Availability is asked with XML and answered in JSON; bookings are JSON both ways. It has no keys and no
 * constraint, answers 500 although it booked, and lists bookings by id only: our key is in a remark of the booking, each booking names the rooms that
 * it wants, and after a booking those that came meanwhile are looked at.
 */
import { addDays, datesOf, nightsBetween } from '../../calendar-dates.ts';
import type { RoomGuests } from '../contract.ts';
import {
  type ForeignAnswer,
  type ForeignBooking,
  type ForeignGuestStay,
  type ForeignPlace,
  type ForeignQuote,
  type ForeignRecord,
  type ForeignRequest,
  type ForeignSystem,
  type ForeignWritten,
  InDoubt,
} from './contract.ts';
import { hundredths, jsonOf, listOf, objectOf } from './wire.ts';

/** How far back bookings are looked through for a key: it lists nothing but ids. */
const mostLookedThrough = 200;
/** Bookings made around the same time that may share a room. */
const mostNeighbours = 12;
const newBooking = 1;
const cancelledBooking = 3;
/** Bookings that are read at once. */
const atOnce = 8;
const awaitingPayment = 3;

export function qloApps(place: ForeignPlace): ForeignSystem {
  const { property, settings, secret, currency, wire } = place;
  /** Id of the order state "cancelled": 6 as it is installed. */
  const cancelledState = settings['cancelledState'] ?? '6';
  const authorization = `Basic ${Buffer.from(`${secret}:`).toString('base64')}`;

  function requestOf(path: string, more: Partial<ForeignRequest> = {}): ForeignRequest {
    const headers = { authorization, ...more.headers };
    return { ...more, path: `/api${path}${path.includes('?') ? '&' : '?'}output_format=JSON`, headers };
  }
  const read = (path: string) => wire.read(requestOf(path));

  async function bookingIds(): Promise<number[]> {
    const { bookings } = objectOf(jsonOf(await read('/bookings')));
    return listOf(bookings)
      .map(({ id }) => Number(id))
      .filter(Number.isInteger)
      .sort((one, other) => other - one);
  }

  async function rawBooking(id: string): Promise<Record<string, unknown> | undefined> {
    const answer = await read(`/bookings/${encodeURIComponent(id)}`);
    return answer.status === 404 ? undefined : objectOf(objectOf(jsonOf(answer))['booking']);
  }

  async function get(id: string): Promise<ForeignRecord | undefined> {
    const raw = await rawBooking(id);
    if (raw === undefined) return undefined;
    // A booking does not say that it was cancelled: its order does.
    const order = objectOf(objectOf(jsonOf(await read(`/orders/${encodeURIComponent(id)}`)))['order']);
    return recordOf(raw, String(order['current_state']) === cancelledState);
  }

  async function write(method: 'POST' | 'PUT', path: string, booking: object): Promise<ForeignWritten<ForeignAnswer>> {
    const answer = await wire.write(
      requestOf(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ booking }) }),
    );
    if (answer.status < 300) return { kind: 'done', value: answer };
    const why = faultOf(answer);
    if (/not available/i.test(why)) return { kind: 'refused', reason: 'taken', why };
    return { kind: 'refused', reason: /not found/i.test(why) || answer.status === 404 ? 'not-found' : 'not-allowed', why };
  }

  /** The whole booking as a PUT takes it, with something else in it: fields that are left out are an error there. */
  async function put(record: ForeignRecord, changed: object, remark: string): Promise<ForeignWritten<null>> {
    const raw = await rawBooking(record.id);
    if (raw === undefined) return { kind: 'refused', reason: 'not-found', why: 'The booking is gone.' };
    const { customer_detail, room_types, price_details } = objectOf(raw['associations']);
    const { total_paid } = objectOf(price_details);
    const written = await write('PUT', `/bookings/${record.id}`, {
      id: Number(record.id),
      id_property: Number(property),
      currency,
      remark,
      associations: { customer_detail, price_details: { total_paid }, room_types: listOf(room_types).map(asAsked), ...changed },
    });
    return written.kind === 'done' ? { kind: 'done', value: null } : written;
  }

  return {
    kind: 'qloapps',

    async types() {
      const [types, rooms] = [
        listOf(objectOf(jsonOf(await read('/room_types?display=full')))['room_types']),
        listOf(objectOf(jsonOf(await read('/hotel_rooms?display=full')))['hotel_rooms']),
      ];
      return types
        .filter((type) => type['id_hotel'] === undefined || String(type['id_hotel']) === property)
        .map((type) => ({
          id: String(type['id']),
          name: textOf(type['name']),
          rooms: rooms
            .filter((room) => String(room['id_product'] ?? room['id_room_type']) === String(type['id']))
            .map((room) => ({ id: String(room['id']), number: textOf(room['room_num'] ?? room['room_number']) })),
        }));
    },

    async quote({ checkIn, checkOut, rooms, types }) {
      const answer = await wire.read(
        requestOf('/hotel_ari', {
          method: 'POST',
          headers: { 'content-type': 'text/xml' },
          body: ariRequest(property, checkIn, checkOut, rooms),
        }),
      );
      if (answer.status >= 400) return [];
      const root = objectOf(jsonOf(answer));
      const ari = objectOf(root['hotel_ari'] ?? root);
      return listOf(ari['room_types'])
        .filter((type) => types.includes(String(type['id_room_type'] ?? type['id'])))
        .map((type) => quoteOf(type, checkIn, checkOut, rooms.length));
    },

    async book(booking, key) {
      const written = await write('POST', '/bookings', {
        id_property: Number(property),
        currency,
        booking_status: newBooking,
        payment_status: awaitingPayment,
        source: 'Timonel',
        remark: remarkOf(key, booking.code),
        associations: {
          customer_detail: customerOf(booking),
          price_details: { total_paid: 0, total_price_with_tax: booking.total / 100 },
          payment_detail: { payment_type: 'pay at hotel', payment_method: 'Timonel', transaction_id: key },
          room_types: [roomTypeOf(booking)],
        },
      });
      if (written.kind !== 'done') return written;
      const raw = objectOf(objectOf(parsed(written.value))['booking']);
      // Booked, and not said as what: it is looked up.
      if (raw['id'] === undefined) throw new InDoubt('It answered without a booking.', true);
      return { kind: 'done', value: recordOf(raw, false) };
    },

    async lookUp(key, since) {
      // Their clock and ours may differ, and their zone is not ours.
      const earliest = addDays(since.toISOString().slice(0, 10), -2);
      for (const id of (await bookingIds()).slice(0, mostLookedThrough)) {
        const raw = await rawBooking(String(id));
        if (raw === undefined) continue;
        if (recordOf(raw, false).keys.includes(key)) return await get(String(id));
        if (String(raw['booking_date'] ?? '9').slice(0, 10) < earliest) return undefined;
      }
      return undefined;
    },

    get,

    async staysOn(day) {
      const ids = await bookingIds();
      const stays: ForeignGuestStay[] = [];
      const latest = ids.slice(0, mostLookedThrough);
      for (let first = 0; first < latest.length; first += atOnce) {
        const raws = await Promise.all(latest.slice(first, first + atOnce).map((id) => rawBooking(String(id))));
        for (const raw of raws) {
          const stay = raw === undefined ? undefined : guestStayOf(raw);
          if (stay === undefined || stay.checkIn > day || stay.checkOut < day) continue;
          // A booking does not say that it was cancelled.
          if ((await get(stay.id))?.status !== 'cancelled') stays.push(stay);
        }
      }
      return { stays, complete: ids.length <= mostLookedThrough };
    },

    async conflict(record) {
      const own = Number(record.id);
      const ids = (await bookingIds()).filter((id) => id !== own && Math.abs(id - own) <= mostNeighbours);
      let found: 'none' | 'won' = 'none';
      for (const id of ids) {
        const raw = await rawBooking(String(id));
        if (raw === undefined || !overlaps(record, recordOf(raw, false))) continue;
        if ((await get(String(id)))?.status === 'cancelled') continue;
        if (id < own) return 'lost';
        found = 'won';
      }
      return found;
    },

    change: (record, booking, key) =>
      put(
        record,
        { room_types: [roomTypeOf(booking)], price_details: { total_paid: 0, total_price_with_tax: booking.total / 100 } },
        remarkOf(key, `${booking.code}: ${booking.checkIn} - ${booking.checkOut}`),
      ),

    async cancel(record, key) {
      const raw = await rawBooking(record.id);
      if (raw === undefined) return { kind: 'refused', reason: 'not-found', why: 'The booking is gone.' };
      const { customer_detail, room_types } = objectOf(raw['associations']);
      const written = await write('PUT', `/bookings/${record.id}`, {
        id: Number(record.id),
        id_property: Number(property),
        currency,
        booking_status: cancelledBooking,
        remark: remarkOf(key, 'cancelled'),
        associations: { customer_detail, room_types: listOf(room_types).map(asAsked) },
      });
      return written.kind === 'done' ? { kind: 'done', value: null } : written;
    },

    // Its web service takes no free charges: its people find a note.
    charge: (record, { concept, amount }, key) =>
      put(record, {}, remarkOf(key, `${concept}: ${(amount / 100).toFixed(2)} ${currency}`)),

    async charged(record, _item, key) {
      const raw = await rawBooking(record.id);
      return raw !== undefined && recordOf(raw, false).keys.includes(key);
    },
  };
}

const mark = /\[([\w-]{8,64})\]/g;
const remarkOf = (key: string, text: string) => `Timonel [${key}] ${text.replaceAll(/[[\]<>]/g, ' ')}`;

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  // Of several languages the first.
  return textOf(listOf(value)[0]?.['value'] ?? '');
}

/** Only numbers and dates are in it. */
function ariRequest(property: string, checkIn: string, checkOut: string, rooms: readonly RoomGuests[]): string {
  const occupancies = rooms
    .map(
      ({ adults, children }) =>
        `<room_occupancy><adults>${adults}</adults><children>${children.length}</children></room_occupancy>`,
    )
    .join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?><qloapps><hotel_ari><id_hotel>${Number(property)}</id_hotel>` +
    `<date_from>${checkIn}</date_from><date_to>${checkOut}</date_to><get_available_rooms>1</get_available_rooms>` +
    `<associations><room_occupancies>${occupancies}</room_occupancies></associations></hotel_ari></qloapps>`
  );
}

function quoteOf(type: Record<string, unknown>, checkIn: string, checkOut: string, rooms: number): ForeignQuote {
  const free = listOf(objectOf(type['rooms'])['available']).map((room) => String(room['id_room'] ?? room['id']));
  const total = hundredths(type['total_price_with_tax']);
  const nights = nightsBetween(checkIn, checkOut);
  const each = Math.floor(total / nights / rooms);
  const nightly = datesOf(checkIn, checkOut).map((date) => ({ date, price: each }));
  const tax = total - hundredths(type['total_price']);
  return {
    type: String(type['id_room_type'] ?? type['id']),
    left: free.length,
    rooms: free,
    total,
    nightly,
    ...(tax > 0 ? { taxes: [{ name: 'Tax', amount: tax, included: true }] } : {}),
  };
}

function customerOf({ guest, code }: ForeignBooking): object {
  const [firstname = guest.name, ...rest] = guest.name.trim().split(/\s+/);
  return {
    firstname,
    lastname: rest.join(' ') || firstname,
    // It knows customers by their address and takes none without.
    email: guest.email ?? `${code.toLowerCase()}@guests.invalid`,
    phone: guest.phone ?? '0000000',
  };
}

/** `adult` is what it reads, `adults` what it answers. A tax is named, since it answers 500 without. */
function roomTypeOf({ type, checkIn, checkOut, rooms }: ForeignBooking): object {
  return {
    id_room_type: Number(type),
    checkin_date: checkIn,
    checkout_date: checkOut,
    number_of_rooms: rooms.length,
    rooms: rooms.map(({ guests, room }) => ({
      ...(room === undefined ? {} : { id_room: Number(room) }),
      adult: guests.adults,
      adults: guests.adults,
      child: guests.children.length,
      child_ages: guests.children,
      total_tax: 0,
    })),
  };
}

/** A room type of an answer as a request names it. */
function asAsked(type: Record<string, unknown>): object {
  return {
    id_room_type: type['id_room_type'],
    checkin_date: dayOf(type['checkin_date']),
    checkout_date: dayOf(type['checkout_date']),
    number_of_rooms: type['number_of_rooms'],
    rooms: listOf(type['rooms']).map(({ id_room, adults, child, child_ages, total_tax }) => ({
      id_room,
      adult: adults,
      adults,
      child,
      ...(child_ages === undefined ? {} : { child_ages }),
      total_tax,
    })),
  };
}

const dayOf = (value: unknown) => String(value ?? '').slice(0, 10);

function recordOf(raw: Record<string, unknown>, cancelled: boolean): ForeignRecord {
  const { room_types, price_details, remarks } = objectOf(raw['associations']);
  const types = listOf(room_types);
  const prices = objectOf(price_details);
  const texts = Array.isArray(remarks) ? remarks : Object.values(objectOf(remarks));
  const total = hundredths(Number(prices['total_price_without_tax']) + Number(prices['total_tax']));
  return {
    id: String(raw['id']),
    status: cancelled ? 'cancelled' : 'confirmed',
    checkIn: types.map((type) => dayOf(type['checkin_date'])).sort()[0] ?? '',
    checkOut:
      types
        .map((type) => dayOf(type['checkout_date']))
        .sort()
        .at(-1) ?? '',
    rooms: types.flatMap((type) =>
      listOf(type['rooms']).map(({ id_room }) => ({ type: String(type['id_room_type']), room: String(id_room) })),
    ),
    total: Number.isFinite(total) ? total : undefined,
    keys: texts.flatMap((text) => [...String(text).matchAll(mark)].map(([, key]) => key ?? '')),
  };
}

function guestStayOf(raw: Record<string, unknown>): ForeignGuestStay {
  const { id, status, checkIn, checkOut, rooms } = recordOf(raw, false);
  const { customer_detail: customer, room_types } = objectOf(raw['associations']);
  const { firstname, lastname } = objectOf(customer);
  const guests = listOf(room_types).flatMap((type) => listOf(type['rooms']));
  const sum = (field: string) => guests.reduce((all, room) => all + Number(room[field] ?? 0), 0);
  return {
    id,
    status,
    checkIn,
    checkOut,
    guest: [firstname, lastname].filter((part) => typeof part === 'string').join(' '),
    adults: sum('adults'),
    children: sum('child'),
    rooms: rooms.flatMap(({ room }) => room ?? []),
  };
}

function overlaps(one: ForeignRecord, other: ForeignRecord): boolean {
  const shared = one.rooms.some(({ room }) => room !== undefined && other.rooms.some((each) => each.room === room));
  return shared && one.checkIn < other.checkOut && other.checkIn < one.checkOut;
}

function parsed({ text }: ForeignAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOf(answer: ForeignAnswer): string {
  const [first] = listOf(objectOf(parsed(answer))['errors']);
  return String(first?.['message'] ?? answer.text).slice(0, 300);
}
