/** Speaks as Apaleo does by the public table of its operations: paths, parameters and keys that are not in it are refused. */
import { datesOf } from '../calendar-dates.ts';
import type { Answered, Asked, PretendBooking, PretendHotel } from './pretend-hotel.ts';

export const apaleoClient = 'TEST-CLIENT:of-the-test-hotel';
const token = 'token-of-the-test';
const property = 'MUC';

/** Parameters by operation (`true`: required), and whether it takes an `Idempotency-Key`. */
const operations: Record<string, { query: Record<string, boolean>; key: boolean }> = {
  'GET /booking/v1/offers': {
    query: { propertyId: true, arrival: true, departure: true, adults: true, childrenAges: false },
    key: false,
  },
  'GET /booking/v1/reservations': {
    query: {
      propertyIds: false,
      externalCode: false,
      dateFilter: false,
      from: false,
      to: false,
      expand: false,
      pageNumber: false,
      pageSize: false,
    },
    key: false,
  },
  'GET /booking/v1/reservations/{id}': { query: {}, key: false },
  'GET /inventory/v1/unit-groups': { query: { propertyId: false }, key: false },
  'GET /inventory/v1/units': { query: { propertyId: false }, key: false },
  'GET /finance/v1/folios': { query: { propertyIds: false, reservationIds: false, onlyMain: false }, key: false },
  'POST /booking/v1/bookings': { query: {}, key: true },
  'PUT /booking/v1/reservation-actions/{id}/amend': { query: {}, key: false },
  'PUT /booking/v1/reservation-actions/{id}/cancel': { query: {}, key: false },
  'POST /finance/v1/folio-actions/{id}/charges': { query: {}, key: true },
};

export async function speakAsApaleo(hotel: PretendHotel): Promise<string> {
  hotel.isWrite = ({ method, path }) => method !== 'GET' && path !== '/connect/token';
  const answers = new Map<string, Answered>();
  return hotel.listen(async (asked) => {
    const key = String(asked.headers['idempotency-key'] ?? '');
    const known = key === '' ? undefined : answers.get(key);
    if (known !== undefined) return known;
    const given = await answer(hotel, asked);
    if (key !== '' && given.status < 300) answers.set(key, given);
    return given;
  });
}

const refuse = (message: string): Answered => ({ status: 422, body: { messages: [message] } });

async function answer(hotel: PretendHotel, asked: Asked): Promise<Answered> {
  if (asked.path === '/connect/token')
    return asked.headers.authorization === `Basic ${Buffer.from(apaleoClient).toString('base64')}`
      ? { status: 200, body: { access_token: token, expires_in: 3_600 } }
      : { status: 400, body: { error: 'invalid_client' } };
  if (asked.headers.authorization !== `Bearer ${token}`) return { status: 401, body: {} };
  const [, area = '', , resource = '', id = '', action = ''] = asked.path.split('/');
  const name = `${asked.method} /${area}/v1/${resource}${id === '' ? '' : '/{id}'}${action === '' ? '' : `/${action}`}`;
  const operation = operations[name];
  if (operation === undefined) return { status: 404, body: { messages: [`No ${name}`] } };
  for (const [field, required] of Object.entries(operation.query))
    if (required && !asked.query.has(field)) return refuse(`${field} is required`);
  for (const field of asked.query.keys()) if (!(field in operation.query)) return refuse(`${field} is no parameter`);
  if (asked.headers['idempotency-key'] !== undefined && !operation.key) return refuse('It takes no key');
  const body = asked.body === '' ? {} : JSON.parse(asked.body);
  const found = hotel.bookings.find((each) => `R${each.id}` === id);
  switch (name) {
    case 'GET /booking/v1/offers':
      return { status: 200, body: { offers: hotel.types.map(({ id: type }) => offerView(hotel, type, asked.query)) } };
    case 'GET /booking/v1/reservations': {
      const day = asked.query.get('from')?.slice(0, 10);
      const all = hotel.bookings.filter(({ keys, from, to }) =>
        day === undefined ? keys.includes(asked.query.get('externalCode') ?? '') : from <= day && to >= day,
      );
      return all.length === 0
        ? { status: 204, body: null }
        : { status: 200, body: { reservations: all.map(view), count: all.length } };
    }
    case 'GET /inventory/v1/unit-groups':
      return { status: 200, body: { unitGroups: hotel.types.map((type) => ({ id: type.id, name: type.name })) } };
    case 'GET /inventory/v1/units':
      return {
        status: 200,
        body: {
          units: hotel.types.flatMap((type) =>
            type.rooms.map((room) => ({ id: room.id, name: room.number, unitGroup: { id: type.id } })),
          ),
        },
      };
    case 'GET /finance/v1/folios':
      return { status: 200, body: { folios: [{ id: `${asked.query.get('reservationIds')}-1` }] } };
    case 'POST /booking/v1/bookings':
      return book(hotel, body as AskedBooking);
    case 'POST /finance/v1/folio-actions/{id}/charges': {
      const booking = hotel.bookings.find((each) => `R${each.id}-1` === id);
      const {
        name: concept,
        amount,
        serviceType,
        vatType,
      } = body as { name: string; amount: { amount: number }; serviceType: string; vatType: string };
      if (booking === undefined || serviceType === undefined || vatType === undefined) return refuse('The charge is not complete');
      booking.charges.push({ concept, amount: amount.amount * 100, key: String(asked.headers['idempotency-key']) });
      return { status: 201, body: { id: 'C1' }, wrote: true };
    }
    default:
      return found === undefined
        ? { status: 404, body: { messages: ['not found'] } }
        : act(hotel, found, action, body as AskedStay);
  }
}

interface AskedStay {
  arrival: string;
  departure: string;
  adults: number;
  timeSlices: { ratePlanId: string }[];
}
interface AskedBooking {
  booker?: { firstName?: string; lastName?: string; email?: string };
  reservations?: (AskedStay & { externalCode?: string; guaranteeType?: string; channelCode?: string })[];
}

function offerView(hotel: PretendHotel, type: string, query: URLSearchParams): object {
  const [from, to] = [query.get('arrival') ?? '', query.get('departure') ?? ''];
  const price = (hotel.types.find(({ id }) => id === type)?.price ?? 0) / 100;
  return {
    arrival: `${from}T15:00:00+01:00`,
    departure: `${to}T11:00:00+01:00`,
    unitGroup: { id: type },
    ratePlan: { id: `RP-${type}` },
    availableUnits: hotel.freeRooms(type, from, to).length,
    totalGrossAmount: { amount: hotel.totalOf(type, from, to, 1) / 100, currency: 'ARS' },
    timeSlices: datesOf(from, to).map((date) => ({
      from: `${date}T15:00:00+01:00`,
      totalGrossAmount: { amount: price, currency: 'ARS' },
    })),
  };
}

async function book(hotel: PretendHotel, { booker, reservations = [] }: AskedBooking): Promise<Answered> {
  const [first] = reservations;
  if (booker?.lastName === undefined || first === undefined || first.guaranteeType === undefined || first.channelCode === undefined)
    return refuse('The booking is not complete');
  const nights = datesOf(first.arrival, first.departure).length;
  const type = first.timeSlices[0]?.ratePlanId.replace('RP-', '') ?? '';
  if (first.timeSlices.length !== nights) return refuse('There must be a time slice for each night');
  const room = () => hotel.freeRooms(type, first.arrival, first.departure)[0];
  await hotel.meanwhile(type, first.arrival, first.departure, room() ?? '');
  if (hotel.freeRooms(type, first.arrival, first.departure).length < reservations.length)
    return refuse('The unit group is not available');
  const guest = { name: `${booker.firstName} ${booker.lastName}`, email: booker.email ?? '', phone: '' };
  const ids = reservations.map(({ arrival: from, departure: to, adults, externalCode = '' }) => {
    const total = hotel.totalOf(type, from, to, 1) + hotel.drift;
    return { id: `R${hotel.add({ type, rooms: [room() ?? ''], from, to, total, keys: [externalCode], adults, guest }).id}` };
  });
  return { status: 201, body: { id: 'B1', reservationIds: ids }, wrote: true };
}

function act(hotel: PretendHotel, booking: PretendBooking, action: string, asked: AskedStay): Answered {
  if (action === '') return { status: 200, body: view(booking) };
  if (booking.status === 'cancelled') return refuse('The reservation is canceled');
  if (action === 'cancel') booking.status = 'cancelled';
  if (action === 'amend') {
    const type = asked.timeSlices[0]?.ratePlanId.replace('RP-', '') ?? '';
    const [room] = hotel.freeRooms(type, asked.arrival, asked.departure);
    if (room === undefined) return refuse('The unit group is not available');
    const { arrival: from, departure: to } = asked;
    Object.assign(booking, { type, from, to, rooms: [room], total: hotel.totalOf(type, from, to, 1) });
  }
  return { status: 204, body: null, wrote: true };
}

function view(each: PretendBooking): object {
  return {
    id: `R${each.id}`,
    property: { id: property },
    status: each.status === 'cancelled' ? 'Canceled' : 'Confirmed',
    arrival: `${each.from}T15:00:00+01:00`,
    departure: `${each.to}T11:00:00+01:00`,
    unitGroup: { id: each.type },
    externalCode: each.keys[0],
    primaryGuest: { firstName: each.guest.name.split(' ')[0], lastName: each.guest.name.split(' ').slice(1).join(' ') },
    unit: { id: each.rooms[0] },
    adults: each.adults,
    balance: { amount: -each.total / 100, currency: 'ARS' },
    totalGrossAmount: { amount: each.total / 100, currency: 'ARS' },
  };
}
