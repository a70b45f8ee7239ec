/** What the people of a hotel manage themselves: the house and its terms, rooms, rates, texts. Stays and closures have files of their own. */
import { z } from 'zod';
import { defineResource, type ResourceField } from '../../src/index.ts';
import { calendarEvents, calendars } from './calendars/resource.ts';
import { closures } from './closure-resource.ts';
import { informationTopics } from './contract.ts';
import { charges, guests, requests } from './desk-resources.ts';
import { stays } from './stay-resource.ts';
import { systems } from './system-resource.ts';

const permissions = { read: 'hotel:read', write: 'hotel:manage' } as const;

const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const name = z.string().trim().min(1).max(200);
const names = z.array(name).default([]);
const optionalText = z.string().trim().min(1).max(300).nullable().default(null);
const text = z.string().max(4_000).default('');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 15:00');
const position = z.int().min(0).default(0).describe('Order in which it is offered');
const percent = z.number().min(0).max(100);
const money = z.number().min(0).max(9_999_999_999);
const hotelName: ResourceField = {
  ...label('Hotel', 'Hotel'),
  column: 'hotel_id',
  reference: { table: 'hotel_hotels', by: 'name' },
};
const typeCode: ResourceField = {
  ...label('Tipo', 'Type'),
  column: 'type_id',
  reference: { table: 'hotel_room_types', by: 'code' },
};

/** `lun 08:00-22:00`: a period of the desk, in a cell of CSV `1 08:00-22:00 | 2 08:00-22:00`. */
const period = z
  .object({ weekday: z.int().min(1).max(7), from: time, to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/) })
  .refine(({ from, to }) => to > from, { message: 'must end later than it begins' });

const hotels = defineResource({
  name: 'hotels',
  title: { es: 'Hoteles', en: 'Hotels' },
  description: 'The hotels of the house, their terms, and the channel connections that are theirs.',
  table: 'hotel_hotels',
  permissions,
  schema: z.object({
    name,
    aliases: names,
    connections: names.describe('Names of channel connections, e.g. of its WhatsApp number'),
    timeZone: optionalText.describe('IANA; empty: that of the workspace'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be a code such as ARS')
      .default('ARS'),
    address: optionalText,
    phone: optionalText,
    email: z.email().max(254).nullable().default(null),
    emergencyPhone: optionalText,
    latitude: z.number().min(-90).max(90).nullable().default(null),
    longitude: z.number().min(-180).max(180).nullable().default(null),
    checkInFrom: time.default('15:00'),
    checkOutUntil: time.default('11:00'),
    desk: z.array(period).default([]).describe('When people are there; empty: always'),
    holdMinutes: z.int().min(1).max(1_440).default(20),
    maxNights: z.int().min(1).max(365).default(60),
    horizonDays: z.int().min(1).max(730).default(540).describe('Nothing is sold later than this many days from today'),
    maxOpenStays: z.int().min(1).default(5).describe('Of one phone number or address'),
    freeCancelHours: z.int().min(0).max(8_760).default(48).describe('Hours before check-in up to which cancelling costs nothing'),
    cancelFeePercent: percent.default(100).describe('Of the first night, afterwards'),
    depositPercent: percent.default(0).describe('Of the total'),
    depositHours: z.int().min(1).max(8_760).default(48).describe('Within which it is to be paid'),
    depositTextEs: text.describe('How to pay it'),
    depositTextEn: text,
    lateFreeUntil: time.nullable().default(null).describe('Up to then a late check-out costs nothing'),
    lateUntil: time.nullable().default(null).describe('Up to then it costs a fee; empty: not offered'),
    lateFeePercent: percent.default(50).describe('Of the price of the last night'),
    earlyFrom: time.default('10:00').describe('Before then nobody is told that a room may be ready'),
    luggage: z.boolean().default(true).describe('Bags can be left at the desk'),
    childFreeAge: z.int().min(0).max(18).default(3).describe('Younger children cost nothing'),
    childAdultAge: z.int().min(1).max(18).default(13).describe('From then on they cost as much as adults'),
    rulesCollection: z
      .string()
      .max(100)
      .default('')
      .describe('Collection of documents with the rules of the house; empty: house-rules, where there is one hotel'),
    reviewLinks: z.array(z.url()).max(5).default([]),
    position,
  }),
  fields: { name: label('Nombre', 'Name'), address: label('Dirección', 'Address'), currency: label('Moneda', 'Currency') },
  key: ['name'],
  order: ['position', 'name'],
  search: ['name', 'aliases'],
});

const roomTypes = defineResource({
  name: 'room-types',
  title: { es: 'Tipos de habitación', en: 'Room types' },
  description: 'What guests choose from: for how many, what is in it.',
  table: 'hotel_room_types',
  permissions,
  schema: z
    .object({
      code: z.string().trim().min(1).max(40).describe('What the house itself calls it, e.g. DBL'),
      hotel: name,
      name,
      aliases: names.describe('Other names that guests use'),
      description: text,
      sleeps: z.int().min(1).max(20).describe('Most guests, children included'),
      adults: z.int().min(1).max(20).describe('Most adults among them'),
      beds: z.string().max(200).default(''),
      features: names,
      photo: z
        .string()
        .max(100)
        .nullable()
        .default(null)
        .describe('Id of an artifact of the agent; PUT …/photos/<code> stores one'),
      external: optionalText.describe('Its id in the reservation system that keeps the hotel'),
      active: z.boolean().default(true),
      position,
    })
    .refine(({ sleeps, adults }) => adults <= sleeps, { path: ['adults'], message: 'must not be more than sleeps' }),
  fields: {
    code: label('Código', 'Code'),
    hotel: hotelName,
    name: label('Nombre', 'Name'),
    aliases: label('Alias', 'Aliases'),
    description: label('Descripción', 'Description'),
    sleeps: label('Capacidad', 'Sleeps'),
    adults: label('Adultos', 'Adults'),
    beds: label('Camas', 'Beds'),
    features: label('Comodidades', 'Features'),
  },
  key: ['code'],
  order: ['position', 'name'],
  filters: ['hotel', 'active'],
  search: ['name', 'aliases', 'description'],
});

const rooms = defineResource({
  name: 'rooms',
  title: { es: 'Habitaciones', en: 'Rooms' },
  description: 'The rooms by their number, which is unique in the workspace: with two hotels give them a letter before it.',
  table: 'hotel_rooms',
  permissions,
  schema: z.object({
    number: z.string().trim().min(1).max(40),
    type: z.string().trim().min(1).max(40),
    notes: z.string().max(500).default(''),
    external: optionalText.describe('Its id in the reservation system that keeps the hotel'),
    active: z.boolean().default(true),
    position,
  }),
  fields: { number: label('Número', 'Number'), type: typeCode, notes: label('Notas', 'Notes'), active: label('Activa', 'Active') },
  key: ['number'],
  order: ['position', 'number'],
  filters: ['type', 'active'],
  search: ['number', 'notes'],
});

const rates = defineResource({
  name: 'rates',
  title: { es: 'Tarifas', en: 'Rates' },
  description:
    'Price of a night by season and weekday. The shortest season that has the night wins; of two as long the one that names weekdays.',
  table: 'hotel_rates',
  permissions,
  schema: z
    .object({
      type: z.string().trim().min(1).max(40),
      name: z.string().max(200).default(''),
      fromDate: z.iso.date().describe('First night'),
      toDate: z.iso.date().describe('Last night'),
      weekdays: z.array(z.int().min(1).max(7)).default([]).describe('Monday = 1 … Sunday = 7; none: every night'),
      price: money,
      guestsIncluded: z.int().min(1).max(20).default(2),
      extraAdult: money.default(0),
      extraChild: money.default(0),
      minNights: z.int().min(1).max(60).default(1),
      closed: z.boolean().default(false).describe('Nobody stays that night'),
      refundable: z.boolean().default(true),
    })
    .refine(({ fromDate, toDate }) => toDate >= fromDate, { path: ['toDate'], message: 'must not be before fromDate' }),
  fields: {
    type: typeCode,
    name: label('Nombre', 'Name'),
    fromDate: label('Desde', 'From'),
    toDate: label('Hasta', 'Until'),
    weekdays: label('Días', 'Weekdays'),
    price: label('Precio', 'Price'),
    minNights: label('Noches mínimas', 'Minimum nights'),
  },
  key: ['type', 'name', 'fromDate'],
  order: ['fromDate', 'price'],
  filters: ['type', 'fromDate', 'toDate'],
  search: ['name'],
});

const taxes = defineResource({
  name: 'taxes',
  title: { es: 'Impuestos', en: 'Taxes' },
  description: 'Taxes that are in the prices, or come on top of them.',
  table: 'hotel_taxes',
  permissions,
  schema: z.object({
    hotel: name,
    name,
    percent: percent.default(0),
    perAdultNight: money.default(0).describe('Per adult and night; only on top'),
    included: z.boolean().default(true).describe('The prices have it in them'),
  }),
  fields: { hotel: hotelName, name: label('Nombre', 'Name'), percent: label('Porcentaje', 'Percent') },
  key: ['hotel', 'name'],
  order: ['name'],
  filters: ['hotel'],
});

const texts = defineResource({
  name: 'texts',
  title: { es: 'Textos', en: 'Texts' },
  description: 'Services, policies, house rules, in the words of the house. What is not here the agent does not know.',
  table: 'hotel_texts',
  permissions,
  schema: z.object({
    hotel: name,
    topic: z.enum(informationTopics),
    title: name,
    textEs: z.string().trim().min(1).max(4_000),
    textEn: text,
    words: names.describe('Words that guests ask for it with'),
    position,
  }),
  fields: {
    hotel: hotelName,
    topic: label('Tema', 'Topic'),
    title: label('Título', 'Title'),
    textEs: label('Texto', 'Text in Spanish'),
  },
  key: ['hotel', 'topic', 'title'],
  order: ['position', 'title'],
  filters: ['hotel', 'topic'],
  search: ['title', 'textEs', 'textEn', 'words'],
});

export const resources = [
  hotels,
  systems,
  roomTypes,
  rooms,
  rates,
  taxes,
  texts,
  stays,
  closures,
  calendars,
  calendarEvents,
  guests,
  charges,
  requests,
] as const;
