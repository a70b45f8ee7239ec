/**
 * Apaleo, by the public table of its operations (paths, parameters, which take a key); shapes of bodies are those of its documentation. Writes that make
 * something take our key as `Idempotency-Key`, and reservations have it as `externalCode`. A booking of several rooms is several reservations there:
 * their ids, with commas between them, are its id here.
 */
import { LRUCache } from 'lru-cache';
import { PmsDown, type RoomGuests } from '../contract.ts';
import type {
  ForeignBooking,
  ForeignGuestStay,
  ForeignPlace,
  ForeignQuote,
  ForeignRecord,
  ForeignSystem,
  ForeignWritten,
} from './contract.ts';
import { hundredths, jsonOf, listOf, objectOf, pagedStays } from './wire.ts';

const identityUrl = 'https://identity.apaleo.com';
const statuses: Record<string, ForeignRecord['status']> = {
  Canceled: 'cancelled',
  InHouse: 'in_house',
  CheckedOut: 'checked_out',
  NoShow: 'no_show',
};
/** Access tokens by client, for as long as they are good. */
const tokens = new LRUCache<string, string>({ max: 1_000 });

export function apaleo(place: ForeignPlace): ForeignSystem {
  const { url, property, settings, secret, currency, wire } = place;

  async function authorization(): Promise<string> {
    const known = tokens.get(`${url} ${secret}`);
    if (known !== undefined) return known;
    const answer = await wire.read({
      method: 'POST',
      path: `${settings['identityUrl'] ?? identityUrl}/connect/token`,
      headers: {
        authorization: `Basic ${Buffer.from(secret).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const { access_token: token, expires_in: seconds } = objectOf(jsonOf(answer));
    if (typeof token !== 'string') throw new PmsDown(`It gave no token (${answer.status}).`);
    const value = `Bearer ${token}`;
    tokens.set(`${url} ${secret}`, value, { ttl: Math.max(1, Number(seconds) - 60) * 1_000 });
    return value;
  }

  async function read(
    path: string,
    query: Record<string, string | number> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const values = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
    const headers = { authorization: await authorization() };
    const answer = await wire.read({ path: values.size === 0 ? path : `${path}?${values}`, headers });
    // No content: a list without anything in it.
    return { status: answer.status, body: answer.status === 204 ? {} : objectOf(jsonOf(answer)) };
  }

  async function write(
    method: 'POST' | 'PUT',
    path: string,
    body: object | undefined,
    key?: string,
  ): Promise<ForeignWritten<Record<string, unknown>>> {
    const answer = await wire.write({
      method,
      path,
      headers: {
        authorization: await authorization(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = objectOf(parsed(answer.text));
    if (answer.status < 300) return { kind: 'done', value };
    const messages = Array.isArray(value['messages']) ? value['messages'].map(String).join('; ') : '';
    const why = (messages || String(answer.status)).slice(0, 300);
    if (answer.status === 404) return { kind: 'refused', reason: 'not-found', why };
    return { kind: 'refused', reason: /not available|no .*available|sold out/i.test(why) ? 'taken' : 'not-allowed', why };
  }

  async function offersOf(checkIn: string, checkOut: string, { adults, children }: RoomGuests): Promise<ForeignQuote[]> {
    const { body } = await read('/booking/v1/offers', {
      propertyId: property,
      arrival: checkIn,
      departure: checkOut,
      adults,
      ...(children.length === 0 ? {} : { childrenAges: children.join(',') }),
    });
    const cheapest = new Map<string, ForeignQuote>();
    for (const quote of listOf(body['offers']).map(quoteOf)) {
      const known = cheapest.get(quote.type);
      if (known === undefined || quote.total < known.total) cheapest.set(quote.type, quote);
    }
    return [...cheapest.values()];
  }

  async function reservation(id: string): Promise<Record<string, unknown> | undefined> {
    const { status, body } = await read(`/booking/v1/reservations/${encodeURIComponent(id)}`);
    return status === 404 ? undefined : body;
  }

  async function get(id: string): Promise<ForeignRecord | undefined> {
    const parts: Record<string, unknown>[] = [];
    for (const each of id.split(',')) {
      const found = await reservation(each);
      if (found === undefined) return undefined;
      parts.push(found);
    }
    return recordOf(parts);
  }

  /** All of its reservations, one after the other: made again, those that are done already refuse, which is no fault. */
  async function each(
    record: ForeignRecord,
    work: (id: string, index: number) => Promise<ForeignWritten<unknown>>,
  ): Promise<ForeignWritten<null>> {
    for (const [index, id] of record.id.split(',').entries()) {
      const written = await work(id, index);
      if (written.kind !== 'done') return written;
    }
    return { kind: 'done', value: null };
  }

  return {
    kind: 'apaleo',

    async types() {
      const { body } = await read('/inventory/v1/unit-groups', { propertyId: property });
      const units = listOf((await read('/inventory/v1/units', { propertyId: property })).body['units']);
      return listOf(body['unitGroups']).map(({ id, name }) => ({
        id: String(id),
        name: String(name ?? ''),
        rooms: units
          .filter((unit) => objectOf(unit['unitGroup'])['id'] === id)
          .map((unit) => ({ id: String(unit['id']), number: String(unit['name']) })),
      }));
    },

    async quote({ checkIn, checkOut, rooms, types }) {
      const parts = await Promise.all(rooms.map((guests) => offersOf(checkIn, checkOut, guests)));
      const [first = []] = parts;
      return first.flatMap((quote) => {
        if (!types.includes(quote.type)) return [];
        const all = parts.map((list) => list.find(({ type }) => type === quote.type));
        if (all.some((one) => one === undefined)) return [];
        return [
          {
            ...quote,
            total: all.reduce((sum, one) => sum + (one?.total ?? 0), 0),
            left: Math.min(...all.map((one) => one?.left ?? 0)),
          },
        ];
      });
    },

    async book(booking, key) {
      const person = personOf(booking);
      const written = await write(
        'POST',
        '/booking/v1/bookings',
        {
          booker: person,
          comment: `Timonel ${booking.code}`,
          reservations: booking.rooms.map(({ guests }) => ({
            ...stayOf(booking, guests),
            channelCode: 'Direct',
            guaranteeType: settings['guaranteeType'] ?? 'PM6Hold',
            externalCode: key,
            primaryGuest: person,
          })),
        },
        key,
      );
      if (written.kind !== 'done') return written;
      const ids = listOf(written.value['reservationIds']).map(({ id }) => String(id));
      const record = await get(ids.join(','));
      return record === undefined
        ? { kind: 'refused', reason: 'not-found', why: 'It answered a booking that it does not have.' }
        : { kind: 'done', value: record };
    },

    async lookUp(key) {
      const { body } = await read('/booking/v1/reservations', { propertyIds: property, externalCode: key });
      const found = listOf(body['reservations']).filter(({ externalCode }) => externalCode === key);
      return found.length === 0 ? undefined : recordOf(found);
    },

    get,

    async staysOn(day) {
      const window = { dateFilter: 'Stay', from: `${day}T00:00:00Z`, to: `${day}T23:59:59Z`, expand: 'primaryGuest' };
      return pagedStays(guestStayOf, async (page) => {
        const { body } = await read('/booking/v1/reservations', { propertyIds: property, ...window, ...page });
        return listOf(body['reservations']);
      });
    },

    change: (record, booking) =>
      each(record, (id, index) =>
        write('PUT', `/booking/v1/reservation-actions/${id}/amend`, stayOf(booking, booking.rooms[index]?.guests)),
      ),

    cancel: (record) => each(record, (id) => write('PUT', `/booking/v1/reservation-actions/${id}/cancel`, undefined)),

    charge,
    // A charge with the same key is answered, and not made again.
    charged: async (record, item, key) => (await charge(record, item, key)).kind === 'done',
  };

  function stayOf({ checkIn, checkOut, rate }: ForeignBooking, guests: RoomGuests | undefined): object {
    const { adults = 1, children = [] } = guests ?? {};
    const nights = Math.round((Date.parse(checkOut) - Date.parse(checkIn)) / 86_400_000);
    return {
      arrival: checkIn,
      departure: checkOut,
      adults,
      ...(children.length === 0 ? {} : { childrenAges: children }),
      timeSlices: Array.from({ length: nights }, () => ({ ratePlanId: rate })),
    };
  }

  async function charge(
    record: ForeignRecord,
    { concept, amount }: { concept: string; amount: number },
    key: string,
  ): Promise<ForeignWritten<null>> {
    const [first = ''] = record.id.split(',');
    const { body } = await read('/finance/v1/folios', { propertyIds: property, reservationIds: first, onlyMain: 'true' });
    const [folio] = listOf(body['folios']);
    if (folio === undefined) return { kind: 'refused', reason: 'not-found', why: 'There is no folio.' };
    const written = await write(
      'POST',
      `/finance/v1/folio-actions/${encodeURIComponent(String(folio['id']))}/charges`,
      {
        serviceType: 'Other',
        name: concept,
        vatType: settings['vatType'] ?? 'Null',
        amount: { amount: amount / 100, currency },
        quantity: 1,
      },
      key,
    );
    return written.kind === 'done' ? { kind: 'done', value: null } : written;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function quoteOf(offer: Record<string, unknown>): ForeignQuote {
  const slices = listOf(offer['timeSlices']);
  return {
    type: String(objectOf(offer['unitGroup'])['id']),
    left: Number(offer['availableUnits'] ?? 0),
    total: hundredths(objectOf(offer['totalGrossAmount'])['amount']),
    nightly: slices.map((slice) => ({
      date: String(slice['from']).slice(0, 10),
      price: hundredths(objectOf(slice['totalGrossAmount'])['amount']),
    })),
    rate: String(objectOf(offer['ratePlan'])['id']),
  };
}

function personOf({ guest }: ForeignBooking): object {
  const [firstName = guest.name, ...rest] = guest.name.trim().split(/\s+/);
  const { email, phone } = guest;
  return {
    firstName,
    lastName: rest.join(' ') || firstName,
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
  };
}

function recordOf(parts: readonly Record<string, unknown>[]): ForeignRecord {
  const [first = {}] = parts;
  const open = parts.find(({ status }) => status !== 'Canceled') ?? first;
  return {
    id: parts.map(({ id }) => String(id)).join(','),
    status: statuses[String(open['status'])] ?? 'confirmed',
    checkIn: String(first['arrival']).slice(0, 10),
    checkOut: String(first['departure']).slice(0, 10),
    rooms: parts.map((part) => ({ type: String(objectOf(part['unitGroup'])['id']) })),
    total: parts.reduce((sum, part) => sum + hundredths(objectOf(part['totalGrossAmount'])['amount']), 0),
    keys: parts.map(({ externalCode }) => String(externalCode ?? '')),
  };
}

function guestStayOf(raw: Record<string, unknown>): ForeignGuestStay[] {
  const status = statuses[String(raw['status'])] ?? 'confirmed';
  if (status === 'cancelled') return [];
  const { firstName, lastName } = objectOf(raw['primaryGuest']);
  const { id: unit } = objectOf(raw['unit']);
  const { amount } = objectOf(raw['balance']);
  return [
    {
      id: String(raw['id']),
      status,
      checkIn: String(raw['arrival']).slice(0, 10),
      checkOut: String(raw['departure']).slice(0, 10),
      guest: [firstName, lastName].filter((part) => typeof part === 'string').join(' '),
      adults: Number(raw['adults'] ?? 0),
      children: Array.isArray(raw['childrenAges']) ? raw['childrenAges'].length : 0,
      rooms: unit === undefined ? [] : [String(unit)],
      // What the guest owes is below zero there.
      balance: amount === undefined ? undefined : -hundredths(amount),
    },
  ];
}
