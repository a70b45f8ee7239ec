/** Stays as the desk sees them. They are booked, changed and cancelled by the code of the tools: the same rooms, the same prices. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineResource, type ResourceContext, type ResourceField, type ResourceValues, rejectRow } from '../../src/index.ts';
import { type House, loadHouses } from './house.ts';
import { stayByCode } from './own-stays.ts';
import type { Pms } from './pms/contract.ts';
import { embeddedPms } from './pms/embedded/embedded.ts';
import { houseNamed, offerOf, reasonOf, stayFields } from './stay-offers.ts';

const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const ofGuest = (column: string) =>
  `(SELECT g.${column} FROM hotel_guests g WHERE g.workspace_id = t.workspace_id AND g.id = t.guest_id)`;
const ofRooms = (column: string, table: string, key: string) => `coalesce((SELECT string_agg(x.${column}, ', ' ORDER BY x.${column})
  FROM hotel_stays s JOIN ${table} x ON x.workspace_id = s.workspace_id AND x.id = s.${key}
  WHERE s.workspace_id = t.workspace_id AND s.booking_id = t.id), '')`;

export const stays = defineResource({
  name: 'stays',
  title: { es: 'Reservas', en: 'Stays' },
  description:
    'Booked stays, cancelled ones too. Creating one books it at the price of the rates; removing one cancels it without a fee.',
  table: 'hotel_bookings',
  permissions: { read: 'hotel:read', write: 'hotel:stays' },
  where: `t.status NOT IN ('held', 'expired')`,
  schema: stayFields,
  readOnly: z.object({
    code: z.string(),
    status: z.string(),
    rooms: z.string(),
    total: z.number(),
    currency: z.string(),
    source: z.string(),
    createdAt: z.iso.datetime(),
  }),
  fields: {
    hotel: {
      ...label('Hotel', 'Hotel'),
      sql: '(SELECT h.name FROM hotel_hotels h WHERE h.workspace_id = t.workspace_id AND h.id = t.hotel_id)',
    },
    checkIn: label('Llegada', 'Check-in'),
    checkOut: label('Salida', 'Check-out'),
    type: { ...label('Tipo', 'Type'), sql: ofRooms('name', 'hotel_room_types', 'type_id') },
    rooms: { ...label('Habitaciones', 'Rooms'), sql: ofRooms('number', 'hotel_rooms', 'room_id') },
    adults: label('Adultos', 'Adults'),
    children: label('Menores', 'Children'),
    name: { ...label('Huésped', 'Guest'), sql: ofGuest('name') },
    phone: { ...label('Teléfono', 'Phone'), sql: ofGuest('phone') },
    email: { ...label('Correo', 'E-mail'), sql: ofGuest('email') },
    paid: label('Pagado', 'Paid'),
    code: label('Código', 'Code'),
    status: label('Estado', 'Status'),
    total: label('Total', 'Total'),
  },
  key: ['code'],
  order: ['checkIn', 'checkOut'],
  filters: ['checkIn', 'checkOut', 'status', 'hotel', 'type'],
  search: ['code', 'name', 'phone', 'email'],
  operations: ['create', 'update', 'delete'],
  actions: {
    async create(values, context) {
      const asked = stayFields.parse(values);
      if (asked.phone === null && asked.email === null) throw rejectRow('A stay needs a phone number or an e-mail address.');
      const house = await houseNamed(context, asked.hotel);
      const pms = deskOf(context, house);
      const { offer, request } = await offerOf(context, house, pms, asked);
      const hold = await pms.hold(offer, request, context.newId());
      if (hold.kind !== 'done') throw reasonOf(hold);
      const guest = { name: asked.name, phone: asked.phone ?? undefined, email: asked.email ?? undefined };
      const stay = await pms.confirm(hold.value.id, guest, { total: offer.total }, context.newId());
      if (stay.kind !== 'done') throw reasonOf(stay);
      await setByHand(context, hold.value.id, { paid: asked.paid, arrivalTime: asked.arrivalTime });
      return hold.value.id;
    },
    async update({ id, values }, changes, context) {
      const fixed = Object.keys(changes).filter((field) => ['hotel', 'name', 'phone', 'email'].includes(field));
      if (fixed.length > 0) throw rejectRow(`${fixed.join(', ')} stays as it is: change the guest, or cancel and book again.`);
      await setByHand(context, id, changes);
      if (!['checkIn', 'checkOut', 'type', 'adults', 'children'].some((field) => field in changes)) return;
      const asked = stayFields.parse({ ...values, ...changes, paid: 0 });
      const house = await houseNamed(context, asked.hotel);
      const code = String(values['code']);
      const pms = deskOf(context, house);
      const { offer, request } = await offerOf(context, house, pms, asked, code);
      const changed = await pms.change(code, offer, request, context.newId());
      if (changed.kind !== 'done') throw reasonOf(changed);
    },
    async delete({ values }, context) {
      const code = String(values['code']);
      const stay = await context.query((database) => stayByCode(database, context, code));
      if (stay === undefined) throw rejectRow('Only stays that are still to come are cancelled.', true);
      const houses = await context.query((database) => loadHouses(database, context));
      const house = houses.find((each) => each.id === stay.hotelId);
      if (house === undefined) throw rejectRow('Its hotel is gone.', true);
      const result = await deskOf(context, house).cancel(code, 0, context.newId());
      if (result.kind !== 'done') throw reasonOf(result);
    },
  },
});

/** The desk books in the tables. What a foreign system keeps is booked there. */
export function deskOf(context: ResourceContext, house: House): Pms {
  if (house.system !== null)
    throw rejectRow(
      `The stays of "${house.name}" are kept in the system "${house.system.kind}". Use the commands book-stay, change-stay and cancel-stay.`,
    );
  return embeddedPms({ access: context, house, conversationId: undefined, source: 'desk' });
}

async function setByHand(context: ResourceContext, id: string, changes: ResourceValues): Promise<void> {
  const { paid, arrivalTime } = changes;
  if (paid === undefined && arrivalTime === undefined) return;
  await context.query((database) =>
    database.execute(sql`
      UPDATE hotel_bookings SET paid = coalesce(${typeof paid === 'number' ? paid : null}::numeric, paid),
        arrival_time = CASE WHEN ${arrivalTime !== undefined} THEN ${typeof arrivalTime === 'string' ? arrivalTime : null}::time ELSE arrival_time END
      WHERE workspace_id = ${context.workspaceId} AND id = ${id}`),
  );
}
