import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Intent, intents } from '../../src/dialogue/reservations/contract.ts';

/** One labelled sentence, in the words of the contract. */
export interface Case {
  set: string;
  id: string;
  text: string;
  language: string;
  /** The label's own intent. */
  label: string;
  /** First the reading that the label maps to, then others that are as right. Empty: the intent is not scored. */
  accepted: string[];
  /** Slot name to accepted values; an undefined list means that the slot is not scored in this row. */
  slots: Record<string, string[]> | undefined;
  /** Slots that the label does not speak about, so that filling them is neither right nor wrong. */
  unscored: Set<string>;
}

type Row = Record<string, unknown>;

/** Labels of the appointment set. Asking for a free slot is `availability` here and `book` there, so both count. */
const appointmentLabels: Readonly<Record<string, Intent[]>> = {
  greeting: ['greeting'],
  info_services: ['services'],
  info_prices: ['prices'],
  info_hours: ['hours'],
  book: ['book', 'availability'],
  cancel: ['cancel'],
  reschedule: ['reschedule'],
  find: ['find'],
  confirm: ['confirm'],
  chitchat: ['smalltalk'],
  other: ['other'],
};

/**
 * Labels of the hotel sets. Where a label mixes things that are different intents here (policies: check-in time and smoking), each of
 * them counts; the strict figure counts the first only.
 */
const hotelLabels: Readonly<Record<string, Intent[]>> = {
  check_availability: ['availability'],
  make_reservation: ['book', 'confirm'],
  cancel_reservation: ['cancel'],
  modify_reservation: ['reschedule'],
  check_reservation: ['find'],
  ask_price: ['prices', 'promotions'],
  price_info: ['prices', 'promotions'],
  pricing_info: ['prices', 'promotions'],
  affirm: ['confirm'],
  deny: ['deny'],
  greeting: ['greeting'],
  greet: ['greeting'],
  goodbye: ['smalltalk'],
  thank: ['smalltalk'],
  help: ['handoff', 'services'],
  urgent: ['handoff'],
  ask_amenities: ['services'],
  hotel_amenities: ['services'],
  guest_services: ['services'],
  ask_room_types: ['services', 'availability'],
  room_info: ['services'],
  hotel_info: ['services', 'hours', 'other'],
  food_drink_request: ['services', 'hours', 'other'],
  transportation_info: ['services', 'other'],
  check_out_info: ['hours'],
  check_in_info: ['hours'],
  consultar_horario: ['hours'],
  ask_policies: ['other', 'hours'],
  late_checkout: ['other', 'hours', 'reschedule'],
  payment_info: ['other'],
  ask_location: ['other'],
  location_info: ['other'],
  hotel_location: ['other'],
  out_of_scope: ['other'],
  unknown: ['other'],
  special_request: ['other', 'services', 'book'],
  review_response: ['other'],
};

const slotNames: Readonly<Record<string, string>> = {
  service_type: 'service',
  preferred_date: 'date',
  preferred_time: 'time',
  client_name: 'name',
  client_email: 'email',
  client_phone: 'phone',
  staff_name: 'staff',
  party_size: 'people',
};

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null;

function readSlots(row: Row): Record<string, string[]> {
  const slots: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(isRow(row['slots']) ? row['slots'] : {})) {
    slots[slotNames[name] ?? name] = String(value).split('|');
  }
  return slots;
}

function appointmentCase(set: string, row: Row): Case {
  const label = String(row['intent']);
  const flags = isRow(row['flags']) ? row['flags'] : {};
  const slots = readSlots(row);
  const labels = Array.isArray(row['accept_intents']) ? row['accept_intents'].map(String) : [label];
  const accepted: string[] = labels.flatMap((name) => appointmentLabels[name] ?? ['other' as const]);
  if (flags['wants_human'] === true) accepted.push('handoff');
  if (flags['promotion'] === true) accepted.push('promotions');
  return {
    set,
    id: String(row['id']),
    text: String(row['text']),
    language: 'es',
    label,
    accepted,
    slots,
    // Part of a day has no slot there, and "ya" is a flag instead of today's date.
    unscored: new Set([
      'timeRange',
      ...(row['expected_valid'] === false ? ['date', 'time'] : []),
      ...(flags['urgent'] === true && slots['date'] === undefined ? ['date'] : []),
    ]),
  };
}

function hotelCase(set: string, row: Row): Case | undefined {
  if (Array.isArray(row['conflicting_intents'])) return undefined;
  const label = String(row['intent']);
  return {
    set,
    id: String(row['id']),
    text: String(row['text']),
    language: String(row['lang']),
    label,
    accepted: hotelLabels[label] ?? ['other'],
    slots: undefined,
    unscored: new Set(),
  };
}

function entityCase(set: string, row: Row): Case {
  const expected = isRow(row['expected']) ? row['expected'] : {};
  const slots: Record<string, string[]> = {};
  if (typeof expected['guests'] === 'number') slots['people'] = [String(expected['guests'])];
  if (typeof expected['check_in_day'] === 'number')
    slots['dateRange'] = [`DAYS:${expected['check_in_day']}-${String(expected['check_out_day'])}`];
  return {
    set,
    id: String(row['id']),
    text: String(row['text']),
    language: 'es',
    label: '-',
    accepted: [],
    slots,
    unscored: new Set(['service']),
  };
}

/** `date=TODAY+1; time=15:00` after ` ## `; other readings of a value are separated by `|`. */
function plainSlots(text: string): Record<string, string[]> {
  const pairs = text.split(';').map((pair) => pair.split('=').map((part) => part.trim()));
  return Object.fromEntries(pairs.flatMap(([name, value]) => (name && value ? [[name, value.split('|')]] : [])));
}

/** A line `intent,intent|sentence` or `intent|sentence ## slots` of a plain list; the name of the file ends in the language. */
function plainCase(path: string, line: string, index: number, known: readonly string[]): Case {
  const [labels = '', rest = ''] = line.split(/\|(.*)/s);
  const [text = '', slots] = rest.split(/ ##(?= |$)/);
  const set = basename(path, '.txt');
  const language = set.endsWith('en') ? 'en' : 'es';
  const accepted = labels.split(',').map((name) => known.find((intent) => intent === name) ?? 'other');
  return {
    set,
    id: `${set}-${index + 1}`,
    text: text.trim(),
    language,
    label: labels,
    accepted,
    slots: slots === undefined ? undefined : plainSlots(slots),
    // Part of a day is no point in time, and a hotel's rooms are not in the vocabulary of this set.
    unscored: new Set(['timeRange']),
  };
}

/**
 * Reads a file of labelled sentences: JSON lines, or a plain list (`.txt`).
 * @param known intents that a plain list names
 */
export function readCases(path: string, known: readonly string[] = intents): Case[] {
  if (path.endsWith('.txt')) {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line, index) => plainCase(path, line, index, known));
  }
  const set = `${basename(dirname(path))}/${basename(path, '.jsonl')}`;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isRow)
    .map((row) =>
      isRow(row['expected']) ? entityCase(set, row) : isRow(row['slots']) ? appointmentCase(set, row) : hotelCase(set, row),
    )
    .filter((entry) => entry !== undefined);
}
