/**
 * Cloudbeds, by its published description of the API v1.3. Requests are forms, refusals are answers of 200 with `success: false`. Our key is the
 * `thirdPartyIdentifier` of a reservation and the `referenceID` of an item on the bill, which the system takes once.
 */
import type { RoomGuests } from '../contract.ts';
import type {
  ForeignBooking,
  ForeignGuestStay,
  ForeignPlace,
  ForeignQuote,
  ForeignRecord,
  ForeignSystem,
  ForeignWritten,
} from './contract.ts';
import { hundredths, jsonOf, listOf, objectOf, pagedStays, pageSize } from './wire.ts';

const statuses: Record<string, ForeignRecord['status']> = {
  canceled: 'cancelled',
  checked_in: 'in_house',
  checked_out: 'checked_out',
  no_show: 'no_show',
};

export function cloudbeds(place: ForeignPlace): ForeignSystem {
  const { property, settings, secret, wire } = place;
  const headers = { 'x-api-key': secret };
  /** Percent that comes on top of its prices. */
  const taxPercent = Number(settings['taxPercent'] ?? 0);

  async function read(operation: string, query: Record<string, string | number | boolean>): Promise<Record<string, unknown>> {
    const values = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
    return objectOf(jsonOf(await wire.read({ path: `/api/v1.3/${operation}?${values}`, headers })));
  }

  async function write(method: 'POST' | 'PUT', operation: string, fields: Form): Promise<ForeignWritten<Record<string, unknown>>> {
    const answer = await wire.write({
      method,
      path: `/api/v1.3/${operation}`,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: formOf({ propertyID: property, ...fields }).toString(),
    });
    const body = objectOf(parsed(answer.text));
    if (body['success'] === true) return { kind: 'done', value: body };
    const why = String(body['message'] ?? answer.status).slice(0, 300);
    if (/not available|no availability|sold out/i.test(why)) return { kind: 'refused', reason: 'taken', why };
    return { kind: 'refused', reason: /not found/i.test(why) ? 'not-found' : 'not-allowed', why };
  }

  /** Of rooms with the same guests. */
  async function priced(
    checkIn: string,
    checkOut: string,
    { adults, children }: RoomGuests,
    rooms: number,
  ): Promise<ForeignQuote[]> {
    const answer = await read('getAvailableRoomTypes', {
      propertyIDs: property,
      startDate: checkIn,
      endDate: checkOut,
      rooms,
      adults,
      children: children.length,
      detailedRates: true,
      pageSize,
    });
    const found = listOf(answer['data']).flatMap((hotel) => listOf(hotel['propertyRooms']));
    return found.map((room) => quoteOf(room, adults, children.length, rooms, taxPercent));
  }

  const get = async (id: string): Promise<ForeignRecord | undefined> => {
    const raw = objectOf((await read('getReservation', { propertyID: property, reservationID: id }))['data']);
    return raw['reservationID'] === undefined ? undefined : recordOf(raw);
  };

  return {
    kind: 'cloudbeds',

    types: async () =>
      listOf((await read('getRoomTypes', { propertyIDs: property, pageSize }))['data']).map((type) => ({
        id: String(type['roomTypeID']),
        name: String(type['roomTypeName'] ?? ''),
      })),

    async quote({ checkIn, checkOut, rooms, types }) {
      const alike = new Map<string, { guests: RoomGuests; count: number }>();
      for (const guests of rooms) {
        const key = `${guests.adults} ${guests.children.length}`;
        alike.set(key, { guests, count: (alike.get(key)?.count ?? 0) + 1 });
      }
      const parts = await Promise.all([...alike.values()].map(({ guests, count }) => priced(checkIn, checkOut, guests, count)));
      const [first = [], ...others] = parts;
      return first.flatMap((quote) => {
        if (!types.includes(quote.type)) return [];
        const same = others.map((list) => list.find(({ type }) => type === quote.type));
        if (same.some((each) => each === undefined)) return [];
        const all = [quote, ...same.flatMap((each) => each ?? [])];
        const total = all.reduce((sum, each) => sum + each.total, 0);
        return [{ ...quote, total, left: Math.min(...all.map(({ left }) => left)) }];
      });
    },

    async book(booking, key) {
      const written = await write('POST', 'postReservation', {
        ...(settings['sourceID'] === undefined ? {} : { sourceID: settings['sourceID'] }),
        thirdPartyIdentifier: key,
        startDate: booking.checkIn,
        endDate: booking.checkOut,
        ...guestOf(booking, settings['country'] ?? 'AR'),
        rooms: [
          {
            roomTypeID: booking.type,
            quantity: booking.rooms.length,
            ...(booking.rate === undefined ? {} : { roomRateID: booking.rate }),
          },
        ],
        adults: [{ roomTypeID: booking.type, quantity: booking.rooms.reduce((sum, { guests }) => sum + guests.adults, 0) }],
        children: [
          { roomTypeID: booking.type, quantity: booking.rooms.reduce((sum, { guests }) => sum + guests.children.length, 0) },
        ],
        paymentMethod: settings['paymentMethod'] ?? 'cash',
        sendEmailConfirmation: false,
      });
      if (written.kind !== 'done') return written;
      const { reservationID, startDate, endDate, grandTotal } = written.value;
      const record: ForeignRecord = {
        id: String(reservationID),
        status: 'confirmed',
        checkIn: String(startDate),
        checkOut: String(endDate),
        rooms: booking.rooms.map(() => ({ type: booking.type })),
        total: totalOf(grandTotal),
        keys: [key],
      };
      return { kind: 'done', value: record };
    },

    async lookUp(key, since) {
      // Its clock and ours may differ.
      const from = new Date(since.getTime() - 86_400_000).toISOString();
      for (let pageNumber = 1; ; pageNumber += 1) {
        const answer = await read('getReservations', { propertyID: property, resultsFrom: from, pageNumber, pageSize });
        const page = listOf(answer['data']);
        const found = page.find(({ thirdPartyIdentifier }) => thirdPartyIdentifier === key);
        if (found !== undefined) return await get(String(found['reservationID']));
        if (page.length < pageSize) return undefined;
      }
    },

    get,

    async staysOn(day) {
      const window = { checkInTo: day, checkOutFrom: day, includeAllRooms: true };
      return pagedStays(guestStayOf, async (page) =>
        listOf((await read('getReservations', { propertyID: property, ...window, ...page }))['data']),
      );
    },

    async change(record, booking) {
      const raw = objectOf((await read('getReservation', { propertyID: property, reservationID: record.id }))['data']);
      const parts = [...listOf(raw['assigned']), ...listOf(raw['unassigned'])];
      const written = await write('PUT', 'putReservation', {
        reservationID: record.id,
        rooms: booking.rooms.map(({ guests }, index) => ({
          ...(parts[index] === undefined ? {} : { subReservationID: String(parts[index]?.['subReservationID']) }),
          roomTypeID: booking.type,
          checkinDate: booking.checkIn,
          checkoutDate: booking.checkOut,
          adults: guests.adults,
          children: guests.children.length,
          ...(booking.rate === undefined ? {} : { rateID: booking.rate }),
        })),
      });
      return written.kind === 'done' ? { kind: 'done', value: null } : written;
    },

    async cancel(record) {
      const written = await write('PUT', 'putReservation', { reservationID: record.id, status: 'canceled' });
      return written.kind === 'done' ? { kind: 'done', value: null } : written;
    },

    charge,
    // It adds an item with a reference once.
    charged: async (record, item, key) => (await charge(record, item, key)).kind === 'done',
  };

  async function charge(
    record: ForeignRecord,
    { concept, amount }: { concept: string; amount: number },
    key: string,
  ): Promise<ForeignWritten<null>> {
    const written = await write('POST', 'postCustomItem', {
      reservationID: record.id,
      referenceID: key,
      items: [{ appItemID: key, itemQuantity: 1, itemPrice: amount / 100, itemName: concept }],
      itemPaid: false,
    });
    return written.kind === 'done' ? { kind: 'done', value: null } : written;
  }
}

type Form = { [name: string]: string | number | boolean | Form[] };

/** Lists as PHP reads them: `rooms[0][roomTypeID]`. */
function formOf(fields: Form, prefix = '', form = new URLSearchParams()): URLSearchParams {
  for (const [name, value] of Object.entries(fields)) {
    const path = prefix === '' ? name : `${prefix}[${name}]`;
    if (Array.isArray(value)) for (const [index, each] of value.entries()) formOf(each, `${path}[${index}]`, form);
    else form.append(path, String(value));
  }
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function quoteOf(room: Record<string, unknown>, adults: number, children: number, rooms: number, taxPercent: number): ForeignQuote {
  const nights = listOf(room['roomRateDetailed']);
  const extra = extraOf(room['adultsExtraCharge'], adults) + extraOf(room['childrenExtraCharge'], children);
  const net = nights.length > 0 ? nights.reduce((sum, { rate }) => sum + hundredths(rate), 0) : hundredths(room['roomRate']);
  const each = net + extra;
  const tax = Math.round((each * taxPercent) / 100);
  return {
    type: String(room['roomTypeID']),
    left: Number(room['roomsAvailable'] ?? 0),
    total: (each + tax) * rooms,
    ...(nights.length > 0
      ? { nightly: nights.map(({ date, rate }) => ({ date: String(date).slice(0, 10), price: hundredths(rate) })) }
      : {}),
    ...(tax > 0 ? { taxes: [{ name: 'Tax', amount: tax * rooms, included: false }] } : {}),
    ...(room['roomRateID'] == null ? {} : { rate: String(room['roomRateID']) }),
  };
}

/** `{"3": 20}`, or a list of such: what that many guests cost more. */
function extraOf(charges: unknown, guests: number): number {
  for (const each of Array.isArray(charges) ? charges : [charges]) {
    const value = objectOf(each)[String(guests)];
    if (value !== undefined) return hundredths(value);
  }
  return 0;
}

function guestOf({ guest, code }: ForeignBooking, country: string) {
  const [guestFirstName = guest.name, ...rest] = guest.name.trim().split(/\s+/);
  return {
    guestFirstName,
    guestLastName: rest.join(' ') || guestFirstName,
    guestCountry: country,
    guestEmail: guest.email ?? `${code.toLowerCase()}@guests.invalid`,
    ...(guest.phone === undefined ? {} : { guestPhone: guest.phone }),
  };
}

const totalOf = (value: unknown) => (value === undefined || value === null ? undefined : hundredths(value));

function recordOf(raw: Record<string, unknown>): ForeignRecord {
  const parts = [...listOf(raw['assigned']), ...listOf(raw['unassigned'])];
  const days = (name: string) =>
    parts
      .map((part) => String(part[name] ?? ''))
      .filter((day) => day !== '')
      .sort();
  return {
    id: String(raw['reservationID']),
    status: statuses[String(raw['status'])] ?? 'confirmed',
    checkIn: days('startDate')[0] ?? String(raw['startDate'] ?? ''),
    checkOut: days('endDate').at(-1) ?? String(raw['endDate'] ?? ''),
    rooms: parts.map(({ roomTypeID }) => ({ type: String(roomTypeID) })),
    total: totalOf(raw['total']),
    keys: [String(raw['thirdPartyIdentifier'] ?? '')],
  };
}

function guestStayOf(raw: Record<string, unknown>): ForeignGuestStay[] {
  const status = statuses[String(raw['status'])] ?? 'confirmed';
  if (status === 'cancelled') return [];
  return [
    {
      id: String(raw['reservationID']),
      status,
      checkIn: String(raw['startDate'] ?? '').slice(0, 10),
      checkOut: String(raw['endDate'] ?? '').slice(0, 10),
      guest: String(raw['guestName'] ?? ''),
      adults: Number(raw['adults'] ?? 0),
      children: Number(raw['children'] ?? 0),
      rooms: listOf(raw['rooms']).flatMap(({ roomID }) => (roomID == null || roomID === '' ? [] : [String(roomID)])),
      balance: totalOf(raw['balance']),
    },
  ];
}
