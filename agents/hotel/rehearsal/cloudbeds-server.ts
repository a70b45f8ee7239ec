/** Speaks as Cloudbeds does by its published description: fields that it does not know are refused. */
import { fieldFaults, operations } from './cloudbeds-operations.ts';
import type { Answered, Asked, PretendBooking, PretendHotel } from './pretend-hotel.ts';

export const cloudbedsKey = 'cbat_of-the-test-hotel';

export async function speakAsCloudbeds(hotel: PretendHotel): Promise<string> {
  hotel.isWrite = ({ method }) => method !== 'GET';
  return hotel.listen((asked) => answer(hotel, asked));
}

const no = (message: string): Answered => ({ status: 200, body: { success: false, message } });
const yes = (body: object, wrote = false): Answered => ({ status: 200, body: { success: true, ...body }, wrote });

async function answer(hotel: PretendHotel, asked: Asked): Promise<Answered> {
  const name = asked.path.replace('/api/v1.3/', '');
  const operation = operations[name];
  if (operation === undefined || operation.method !== asked.method) return { status: 404, body: {} };
  if (asked.headers['x-api-key'] !== cloudbedsKey) return { status: 401, body: {} };
  const form = asked.method === 'GET' ? asked.query : new URLSearchParams(asked.body);
  const faults = fieldFaults(operation, form);
  if (faults.length > 0) return no(`Invalid: ${faults.join('; ')}`);
  const value = (field: string) => form.get(field) ?? '';
  const found = () => hotel.bookings.find(({ id }) => String(id) === value('reservationID'));
  switch (name) {
    case 'getRoomTypes':
      return yes({ data: hotel.types.map(({ id, name: roomTypeName }) => ({ roomTypeID: id, roomTypeName })) });
    case 'getAvailableRoomTypes':
      return yes({
        data: [
          {
            propertyID: '1',
            propertyRooms: hotel.types.map((type) => roomView(hotel, type.id, value('startDate'), value('endDate'))),
          },
        ],
      });
    case 'getReservation': {
      const booking = found();
      return booking === undefined ? no('Reservation not found') : yes({ data: reservationView(booking) });
    }
    case 'getReservations': {
      const [to, from] = [value('checkInTo') || '9999', value('checkOutFrom')];
      const all = hotel.bookings.filter((each) => each.from <= to && each.to >= from);
      const page = all.slice((Number(value('pageNumber')) - 1) * 100, Number(value('pageNumber')) * 100);
      return yes({ data: page.map(lineView) });
    }
    case 'postReservation':
      return book(hotel, value);
    case 'postCustomItem': {
      const booking = found();
      const key = value('referenceID');
      if (booking === undefined) return no('Reservation not found');
      if (!booking.charges.some((charge) => charge.key === key))
        booking.charges.push({ concept: value('items[0][itemName]'), amount: Number(value('items[0][itemPrice]')) * 100, key });
      return yes({ data: { transactionID: key } }, true);
    }
    default:
      return change(hotel, found(), value);
  }
}

function roomView(hotel: PretendHotel, type: string, from: string, to: string): object {
  const { price = 0, name = '' } = hotel.types.find(({ id }) => id === type) ?? {};
  const nights = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const roomRateDetailed = Array.from({ length: nights }, (_, night) => ({
    date: new Date(Date.parse(from) + night * 86_400_000).toISOString().slice(0, 10),
    rate: price / 100,
  }));
  return {
    roomTypeID: type,
    roomTypeName: name,
    roomRateID: `rate-${type}`,
    roomRate: (price * nights) / 100,
    roomsAvailable: hotel.freeRooms(type, from, to).length,
    roomRateDetailed,
  };
}

async function book(hotel: PretendHotel, value: (field: string) => string): Promise<Answered> {
  const [type, from, to] = [value('rooms[0][roomTypeID]'), value('startDate'), value('endDate')];
  if (value('guestFirstName') === '' || value('guestEmail') === '') return no('Guest details are missing');
  await hotel.meanwhile(type, from, to, hotel.freeRooms(type, from, to)[0] ?? '');
  const count = Number(value('rooms[0][quantity]'));
  const rooms = hotel.freeRooms(type, from, to).slice(0, count);
  if (rooms.length < count) return no('Room type is not available for the selected dates');
  const total = hotel.totalOf(type, from, to, count) + hotel.drift;
  const guest = {
    name: `${value('guestFirstName')} ${value('guestLastName')}`,
    email: value('guestEmail'),
    phone: value('guestPhone'),
  };
  const added = hotel.add({ type, rooms, from, to, total, keys: [value('thirdPartyIdentifier')], adults: 2, guest });
  return yes({ reservationID: String(added.id), status: 'confirmed', startDate: from, endDate: to, grandTotal: total / 100 }, true);
}

function change(hotel: PretendHotel, booking: PretendBooking | undefined, value: (field: string) => string): Answered {
  if (booking === undefined) return no('Reservation not found');
  if (value('status') === 'canceled') booking.status = 'cancelled';
  const type = value('rooms[0][roomTypeID]');
  if (type !== '') {
    const [from, to] = [value('rooms[0][checkinDate]'), value('rooms[0][checkoutDate]')];
    const [room] = hotel.freeRooms(type, from, to);
    if (room === undefined) return no('Room type is not available for the selected dates');
    Object.assign(booking, { type, from, to, rooms: [room], total: hotel.totalOf(type, from, to, 1) });
  }
  return yes({}, true);
}

function reservationView(each: PretendBooking): object {
  const unassigned = each.rooms.map((_, index) => ({
    subReservationID: `${each.id}-${index + 1}`,
    roomTypeID: each.type,
    startDate: each.from,
    endDate: each.to,
    adults: '2',
    children: '0',
  }));
  return {
    reservationID: String(each.id),
    thirdPartyIdentifier: each.keys[0] ?? '',
    status: each.status === 'cancelled' ? 'canceled' : 'confirmed',
    startDate: each.from,
    endDate: each.to,
    total: each.total / 100,
    assigned: [],
    unassigned,
  };
}

function lineView(each: PretendBooking): object {
  return {
    reservationID: String(each.id),
    thirdPartyIdentifier: each.keys[0] ?? '',
    status: each.status === 'cancelled' ? 'canceled' : 'confirmed',
    guestName: each.guest.name,
    startDate: each.from,
    endDate: each.to,
    adults: String(each.adults),
    children: '0',
    balance: each.total / 100,
    rooms: each.rooms.map((roomID) => ({ roomID })),
  };
}
