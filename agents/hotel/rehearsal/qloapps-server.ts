/**
 * Speaks as the web service of QloApps 1.6.1 does, and as strictly: Basic authentication, availability by XML only, bookings by JSON, refusals in its
 * words; and as carelessly: no lock between looking and booking, no keys, bookings listed by id, cancelled ones told by their order only.
 */
import type { Answered, Asked, PretendBooking, PretendHotel } from './pretend-hotel.ts';

export const qloAppsKey = 'WEBSERVICEKEYOFTHETESTHOTEL00000';
const property = 1;

export async function speakAsQloApps(hotel: PretendHotel): Promise<string> {
  hotel.isWrite = ({ method, path }) => (method === 'POST' && path === '/api/bookings') || method === 'PUT';
  return hotel.listen((asked) => answer(hotel, asked));
}

async function answer(hotel: PretendHotel, asked: Asked): Promise<Answered> {
  const { method, path, query, headers, body } = asked;
  if (headers.authorization !== `Basic ${Buffer.from(`${qloAppsKey}:`).toString('base64')}`) return { status: 401, body: {} };
  if (query.get('output_format') !== 'JSON') return bad('The answer would be XML.');
  const [, , resource = '', id] = path.split('/');
  switch (`${method} ${resource}`) {
    case 'GET room_types':
      return {
        status: 200,
        body: { room_types: hotel.types.map((type) => ({ id: Number(type.id), id_hotel: property, name: type.name })) },
      };
    case 'GET hotel_rooms':
      return {
        status: 200,
        body: {
          hotel_rooms: hotel.types.flatMap((type) =>
            type.rooms.map((room) => ({ id: Number(room.id), id_product: Number(type.id), room_num: room.number })),
          ),
        },
      };
    case 'POST hotel_ari':
      return availability(hotel, asked);
    case 'GET bookings': {
      if (id === undefined) return { status: 200, body: { bookings: hotel.bookings.map((each) => ({ id: each.id })) } };
      const found = hotel.bookings.find((each) => each.id === Number(id));
      return found === undefined ? { status: 404, body: '' } : { status: 200, body: { booking: bookingView(found) } };
    }
    case 'GET orders': {
      const found = hotel.bookings.find((each) => each.id === Number(id));
      if (found === undefined) return { status: 404, body: {} };
      return { status: 200, body: { order: { id: found.id, current_state: found.status === 'cancelled' ? '6' : '14' } } };
    }
    case 'POST bookings':
      return book(hotel, JSON.parse(body));
    case 'PUT bookings':
      return change(hotel, Number(id), JSON.parse(body));
    default:
      return bad(`Resource of type "${resource}" does not exist`);
  }
}

const bad = (message: string): Answered => ({ status: 400, body: { errors: [{ code: 1, message }] } });

function availability(hotel: PretendHotel, { headers, body }: Asked): Answered {
  if (!String(headers['content-type']).includes('xml') || !body.startsWith('<?xml'))
    return bad('Validation error: Invalid request XML');
  const value = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '';
  const [from, to] = [value('date_from'), value('date_to')];
  if (value('id_hotel') !== String(property)) return bad('Validation error: id_hotel');
  if (to <= from) return bad('Validation error: "Date to" must be after "date from"');
  const rooms = [...body.matchAll(/<room_occupancy><adults>(\d+)<\/adults><children>(\d+)<\/children><\/room_occupancy>/g)];
  if (rooms.length === 0 || rooms.some(([, adults]) => Number(adults) < 1))
    return bad('Validation error: Missing information for adults');
  const types = hotel.types.map((type) => {
    const total = hotel.totalOf(type.id, from, to, rooms.length) / 100;
    const available = hotel.freeRooms(type.id, from, to).map((room) => ({ id_room: Number(room), room_number: room }));
    return {
      id: Number(type.id),
      id_room_type: Number(type.id),
      total_price: total,
      total_price_with_tax: total,
      rooms: { available },
    };
  });
  return {
    status: 200,
    body: { hotel_ari: { id_hotel: property, date_from: from, date_to: to, currency: 'ARS', room_types: types } },
  };
}

interface AskedType {
  id_room_type: number;
  checkin_date: string;
  checkout_date: string;
  number_of_rooms: number;
  rooms?: { id_room?: number; adult?: number; total_tax?: number }[];
}
interface AskedBooking {
  id?: number;
  id_property?: number;
  currency?: string;
  booking_status?: number;
  payment_status?: number;
  remark?: string;
  associations?: {
    customer_detail?: { firstname?: string; lastname?: string; email?: string; phone?: string };
    price_details?: { total_price_with_tax?: number };
    payment_detail?: { payment_type?: string };
    room_types?: AskedType[];
  };
}

async function book(hotel: PretendHotel, { booking }: { booking?: AskedBooking }): Promise<Answered> {
  const { customer_detail: customer, room_types: types = [], price_details, payment_detail } = booking?.associations ?? {};
  if (booking === undefined) return { status: 500, body: 'Invalid request.' };
  if (booking.id !== undefined) return bad('id is forbidden when adding a new resource');
  if (booking.currency !== 'ARS') return bad('Please provide valid currency.');
  if (booking.id_property !== property) return bad('Please provide a valid id_property.');
  for (const field of ['firstname', 'lastname', 'email', 'phone'] as const)
    if ((customer?.[field] ?? '').trim() === '') return bad(`Please provide a valid ${field}.`);
  if (!['online', 'remote', 'pay at hotel'].includes(payment_detail?.payment_type ?? '')) return bad('Invalid payment type.');
  const [type] = types;
  const fault = type === undefined ? 'Id room type is missing' : faultOf(type);
  if (type === undefined || fault !== undefined) return bad(fault ?? '');
  const free = hotel.freeRooms(String(type.id_room_type), type.checkin_date, type.checkout_date);
  const wanted = (type.rooms ?? []).map(({ id_room }) => String(id_room ?? free.shift()));
  if (
    wanted.length === 0 ||
    wanted.some((room) => !hotel.freeRooms(String(type.id_room_type), type.checkin_date, type.checkout_date).includes(room))
  )
    return bad('Requested room(s) not available.');
  await hotel.meanwhile(String(type.id_room_type), type.checkin_date, type.checkout_date, wanted[0] ?? '');
  const added = hotel.add({
    type: String(type.id_room_type),
    rooms: wanted,
    from: type.checkin_date,
    to: type.checkout_date,
    total: Math.round((price_details?.total_price_with_tax ?? 0) * 100) + hotel.drift,
    keys: booking.remark === undefined ? [] : [booking.remark],
    adults: type.rooms?.[0]?.adult ?? 2,
    guest: { name: `${customer?.firstname} ${customer?.lastname}`, email: customer?.email ?? '', phone: customer?.phone ?? '' },
  });
  return { status: 201, body: { booking: bookingView(added) }, wrote: true };
}

function faultOf(type: AskedType): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(type.checkin_date ?? '')) return 'Invalid check in date in the request';
  if (!/^\d{4}-\d\d-\d\d$/.test(type.checkout_date ?? '') || type.checkout_date < type.checkin_date)
    return 'Invalid check in and check out dates in the request';
  if (type.number_of_rooms === undefined) return 'number of rooms is missing';
  if ((type.rooms ?? []).length !== type.number_of_rooms) return 'Room count does not matches with the number of rooms';
  // A missing tax is a notice in the middle of its work: 500.
  return (type.rooms ?? []).some((room) => room.total_tax === undefined) ? 'Undefined index: total_tax' : undefined;
}

function change(hotel: PretendHotel, id: number, { booking }: { booking?: AskedBooking }): Answered {
  const found = hotel.bookings.find((each) => each.id === id);
  const { customer_detail: customer, room_types: types = [], price_details } = booking?.associations ?? {};
  if (booking?.id !== id || found === undefined) return bad('Booking not found.');
  if (types.length === 0) return bad('Rooms not found in the request.');
  if (customer?.email !== found.guest.email) return bad('Customer not found.');
  const [type] = types;
  const fault = type === undefined ? undefined : faultOf(type);
  if (type === undefined || fault !== undefined) return bad(fault ?? '');
  const same = String(type.id_room_type) === found.type && type.checkin_date === found.from && type.checkout_date === found.to;
  const wanted = (type.rooms ?? []).map(({ id_room }) => String(id_room));
  if (!same) {
    const free = hotel.freeRooms(String(type.id_room_type), type.checkin_date, type.checkout_date);
    if (wanted.some((room) => !free.includes(room))) return bad('Requested room(s) not available');
    Object.assign(found, { type: String(type.id_room_type), rooms: wanted, from: type.checkin_date, to: type.checkout_date });
    if (price_details?.total_price_with_tax !== undefined) found.total = Math.round(price_details.total_price_with_tax * 100);
  }
  if (booking.remark !== undefined) found.keys.push(booking.remark);
  if (booking.booking_status === 3) found.status = 'cancelled';
  return { status: 200, body: { booking: bookingView(found) }, wrote: true };
}

/** Neither its status nor the id of its payment is in it. */
function bookingView(each: PretendBooking): object {
  const [firstname = '', ...rest] = each.guest.name.split(' ');
  return {
    id: each.id,
    id_property: property,
    currency: 'ARS',
    source: 'Timonel',
    booking_date: each.made,
    associations: {
      customer_detail: {
        id_customer: each.id,
        firstname,
        lastname: rest.join(' '),
        email: each.guest.email,
        phone: each.guest.phone,
      },
      price_details: { total_paid: 0, total_price_without_tax: each.total / 100, total_tax: 0 },
      cart_rules: [],
      remarks: each.keys,
      room_types: [
        {
          id_room_type: Number(each.type),
          checkin_date: `${each.from} 00:00:00`,
          checkout_date: `${each.to} 00:00:00`,
          number_of_rooms: each.rooms.length,
          rooms: each.rooms.map((room) => ({ id_room: Number(room), adults: each.adults, child: 0, total_tax: 0 })),
        },
      ],
    },
  };
}
