/**
 * Whether a reply says what the store says. It reads replies in a way of its own, and works prices out of the rates itself, so that a mistake of the
 * guard, of the prices or of the sentences is not made twice.
 */
import type { ApiCaller } from '../../../src/testing/api-caller.ts';

const spanishMonths = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ');
const englishMonths = 'january february march april may june july august september october november december'.split(' ');
const day = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const daysOf = (from: string, to: string) =>
  Array.from({ length: Math.round((Date.parse(to) - Date.parse(from)) / day) }, (_, index) => iso(Date.parse(from) + index * day));

const monthOf = (name: string) => {
  const lower = name.toLowerCase();
  return Math.max(spanishMonths.indexOf(lower), englishMonths.indexOf(lower)) + 1;
};
const two = (number: number | string) => String(number).padStart(2, '0');

/** `10 de abril`, `April 10`, `10 April`, and the first end of `del 10 al 12 de abril`, as `04-10`. */
function monthDays(text: string): string[] {
  const pairs = [
    ...[...text.matchAll(/\b(\d{1,2})(?:st|nd|rd|th)? (?:de )?(\p{L}+)/gu)].map(
      ([, date = '', month = '']) => [date, month] as const,
    ),
    ...[...text.matchAll(/\b(\p{L}+) (\d{1,2})\b(?!:)/gu)].map(([, month = '', date = '']) => [date, month] as const),
    ...[...text.matchAll(/\b(\d{1,2}) (?:al?|to) (?:\p{L}+ )?\d{1,2} (?:de )?(\p{L}+)/gu)].map(
      ([, date = '', month = '']) => [date, month] as const,
    ),
    ...[...text.matchAll(/\b(\p{L}+) \d{1,2} to (\d{1,2})\b/gu)].map(([, month = '', date = '']) => [date, month] as const),
  ];
  return pairs.flatMap(([date, month]) => (monthOf(month) > 0 ? [`${two(monthOf(month))}-${two(date)}`] : []));
}

const weekdays = [
  'domingo lunes martes miércoles jueves viernes sábado'.split(' '),
  'sunday monday tuesday wednesday thursday friday saturday'.split(' '),
];
/** `viernes 4`, `Friday 4`, `Sunday, December 6`, each with the month where it has one. */
function weekdaysIn(text: string): { weekday: number; date: number; month: number }[] {
  const names = weekdays.flat().join('|');
  const found = text.matchAll(new RegExp(`\\b(${names}),? (?:(\\p{L}+) )?(\\d{1,2})\\b(?! ?(?:h|%)|:)(?: de (\\p{L}+))?`, 'giu'));
  return [...found].flatMap(([, name = '', before = '', date = '', after = '']) => {
    const weekday = Math.max(...weekdays.map((list) => list.indexOf(name.toLowerCase())));
    return before !== '' && monthOf(before) === 0
      ? []
      : [{ weekday, date: Number(date), month: monthOf(before) || monthOf(after) }];
  });
}

/** `$ 159.600,50`, `$159,600.50`: the last sign before one or two digits is the decimal one. */
const amountsIn = (text: string): number[] =>
  [...text.matchAll(/\$\s?(\d[\d.,]*\d|\d)/g)].map(([, written = '']) => {
    const decimals = /[.,](\d{1,2})$/.exec(written)?.[1] ?? '';
    const whole = (decimals === '' ? written : written.slice(0, -decimals.length - 1)).replaceAll(/[.,]/g, '');
    return Number(`${whole}.${decimals === '' ? '0' : decimals}`);
  });

/** A Timonel as a guest and an auditor have it. */
export interface FrontDoor extends Pick<ApiCaller, 'converse' | 'say'> {
  rows<Row extends object>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

interface Rate {
  type: string;
  from: string;
  to: string;
  weekdays: number[];
  price: number;
  included: number;
  extra_adult: number;
  extra_child: number;
}
interface Told {
  check_in: string;
  check_out: string;
  total: number;
  rooms: { type: string; adults: number; children: number[] }[];
  code: string | null;
}

/** Price of a night: the shortest season that has it, and of two the one that names its weekday. Children under 3 cost nothing, from 13 they are adults. */
function nightOf(rates: readonly Rate[], night: string, { type, adults, children }: Told['rooms'][number]): number {
  const weekday = ((new Date(night).getUTCDay() + 6) % 7) + 1;
  const [rate] = rates
    .filter((each) => each.type === type && each.from <= night && night <= each.to)
    .filter(({ weekdays }) => weekdays.length === 0 || weekdays.includes(weekday))
    .sort((one, other) => {
      const length = (each: Rate) => Date.parse(each.to) - Date.parse(each.from);
      return length(one) - length(other) || other.weekdays.length - one.weekdays.length;
    });
  if (rate === undefined) return Number.NaN;
  const grown = adults + children.filter((age) => age >= 13).length;
  const kids = children.filter((age) => age >= 3 && age < 13).length;
  const beds = Math.max(0, rate.included - grown);
  return rate.price + Math.max(0, grown - rate.included) * rate.extra_adult + Math.max(0, kids - beds) * rate.extra_child;
}

/** @returns what of a reply is not so, a sentence each. */
export async function untrue(door: FrontDoor, conversation: string, reply: string, said: readonly string[]): Promise<string[]> {
  // Who gives a code is told of the stay.
  const spoken = [
    ...said
      .join(' ')
      .toUpperCase()
      .matchAll(/\b[A-Z0-9-]{5,20}\b/g),
  ].map(([code]) => code.replaceAll('-', ''));
  const [rates, told, prices, codes, rooms] = [
    await door.rows<Rate>(`SELECT type_id AS type, from_date::text AS "from", to_date::text AS "to", weekdays, price::float8,
      guests_included AS included, extra_adult::float8, extra_child::float8 FROM hotel_rates`),
    await door.rows<Told>(
      `SELECT request->>'checkIn' AS check_in, request->>'checkOut' AS check_out, (offer->>'total')::float8 / 100 AS total, NULL AS code,
         (SELECT jsonb_agg(jsonb_build_object('type', r->>'typeId', 'adults', (r->'guests'->>'adults')::int, 'children', r->'guests'->'children'))
           FROM jsonb_array_elements(offer->'rooms') r) AS rooms
       FROM hotel_offers WHERE conversation_id = $1
       UNION ALL
       SELECT b.check_in::text, b.check_out::text, b.total::float8, b.code,
         (SELECT jsonb_agg(jsonb_build_object('type', s.type_id, 'adults', s.adults, 'children', s.children)) FROM hotel_stays s WHERE s.booking_id = b.id)
       FROM hotel_bookings b WHERE (b.conversation_id = $1 OR b.code = ANY($2)) AND b.status <> 'expired'`,
      [conversation, spoken],
    ),
    await door.rows<{ price: number }>('SELECT DISTINCT price::float8 FROM hotel_rates'),
    await door.rows<{ code: string }>('SELECT code FROM hotel_bookings WHERE conversation_id = $1', [conversation]),
    await door.rows<{ number: string }>(
      'SELECT r.number FROM hotel_rooms r JOIN hotel_stays s ON s.room_id = r.id JOIN hotel_bookings b ON b.id = s.booking_id WHERE b.conversation_id = $1',
      [conversation],
    ),
  ];
  const faults: string[] = [];
  const amounts = new Set(prices.map(({ price }) => price));
  const dates = new Set([...said.flatMap(monthDays), '11-30', '12-01']);
  /** Of offers and stays, with their years. */
  const days = new Set<string>(['2026-11-30', '2026-12-01']);
  const add = (value: number) => amounts.add(Math.round(value * 100) / 100);
  for (const { check_in, check_out, total, rooms: taken } of told) {
    const nights = daysOf(check_in, check_out);
    const sums = nights.map((night) => (taken ?? []).reduce((sum, room) => sum + nightOf(rates, night, room), 0));
    const worked = sums.reduce((sum, each) => sum + each, 0);
    if (Math.abs(worked - total) > 0.005)
      faults.push(`${check_in} to ${check_out} costs ${worked} by the rates, and was offered for ${total}`);
    // Total, average, first night (what cancelling costs), deposit, half of the last night (a late check-out).
    for (const value of [total, total / nights.length, sums[0] ?? 0, total * 0.3, (sums.at(-1) ?? 0) / 2, ...sums]) add(value);
    for (const other of told) if (other.code !== null) add(Math.abs(other.total - total));
    // The end of free cancellation is two days before.
    for (const date of [check_in, check_out, iso(Date.parse(check_in) - 2 * day)]) {
      dates.add(date.slice(5));
      days.add(date);
    }
  }
  // What has a late check-out costs its fee as well.
  for (const one of [...amounts]) for (const { total, code } of told) if (code !== null) add(total + one);
  for (const amount of amountsIn(reply)) if (!amounts.has(amount)) faults.push(`$${amount} is in no offer, stay or rate: ${reply}`);
  for (const date of monthDays(reply))
    if (!dates.has(date)) faults.push(`${date} is no day of an offer, a stay or the guest: ${reply}`);
  for (const { weekday, date, month } of weekdaysIn(reply)) {
    const named = [...days].filter((each) => Number(each.slice(8)) === date && (month === 0 || Number(each.slice(5, 7)) === month));
    // What the guest said and is no day of an offer is told back with its weekday.
    const theirs = dates.has(`${two(month)}-${two(date)}`) || said.some((each) => new RegExp(`(?<!\\d)${date}(?!\\d)`).test(each));
    if (named.length === 0 && theirs) continue;
    if (!named.some((each) => new Date(each).getUTCDay() === weekday))
      faults.push(`weekday ${weekday}, the ${date}, is no day of an offer or a stay: ${reply}`);
  }
  for (const [code] of reply.matchAll(/\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,8}\b/g))
    if (!codes.some((each) => each.code === code) && !said.join(' ').toUpperCase().includes(code))
      faults.push(`${code} is no code: ${reply}`);
  for (const [, number] of reply.matchAll(/\b(?:habitaci[oó]n|room) (\d{3})\b/gi))
    if (!rooms.some((each) => each.number === number)) faults.push(`${number} is not their room: ${reply}`);
  // Of a stay that is named by its code the total and the days are those of the store.
  for (const { code, check_in, check_out, total } of told) {
    if (code === null || !new RegExp(`${code}: `).test(reply)) continue;
    if (/\btotal\b/i.test(reply) && !amountsIn(reply).includes(total)) faults.push(`${code} costs ${total}: ${reply}`);
    const named = new Set([
      ...monthDays(reply).map((each) => Number(each.slice(3))),
      ...weekdaysIn(reply).map((each) => each.date),
    ]);
    for (const date of [check_in, check_out]) if (!named.has(Number(date.slice(8)))) faults.push(`${code} is of ${date}: ${reply}`);
  }
  return faults;
}
