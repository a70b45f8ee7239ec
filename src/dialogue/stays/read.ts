import type { IsoDate, Language, NamedThing, ReferenceTime } from '../../language/contract.ts';
import { readablePart } from '../../language/text.ts';
import type { MissingOfStay, StayReading } from './contract.ts';
import { readDates } from './dates.ts';
import { readParty } from './party.ts';
import { readRooms } from './rooms.ts';

/** What the reading of a message can look at. */
export interface StayScene {
  now: ReferenceTime;
  language: Language;
  /** What the guest was asked for, where it was a part of the stay: a bare "15" or "dos" answers it. */
  asked?: MissingOfStay | undefined;
  types?: readonly NamedThing[];
  /** The check-in that the conversation is about: weekdays are those around it, where it is further ahead than a week. */
  around?: IsoDate | undefined;
  /** Days off of the hotel's country. */
  holidays?: readonly IsoDate[];
}

const corrections =
  /\b(?:perdon|disculp\w*|digo|mejor|en realidad|me equivoque|corrijo|correccion|sorry|i mean|i meant|actually|rather|instead|oops|ups|al final|make it|cambio|cambia\w*)\b|^\W*no,/;

const bareDay = /^\D{0,12}\b([0-3]?\d)\b\D{0,10}$/;
const bareDays = /^\D{0,12}\b([0-3]?\d)\s*(?:al?|hasta|-|–|to|y)\s*(?:el )?([0-3]?\d)\b\D{0,10}$/;

/** What a message says of a stay: dates, nights, guests, rooms. Pure; reads the first thousand characters. */
export function readStay(message: string, scene: StayScene): StayReading {
  const { now, language, asked, types = [], holidays = [], around } = scene;
  const text = readablePart(message);
  const { rest, ...dates } = readDates(bareDates(text, asked, language), { now, language, holidays, around });
  const party = readParty(rest, asked === 'guests' || asked === 'ages' ? asked : undefined);
  const rooms = readRooms(rest, types);
  return { ...dates, ...party, ...(rooms === undefined ? {} : { rooms }), correction: corrections.test(rest) };
}

/** "15" and "15 al 18" in answer to the question for the dates, as the grammar of dates reads them. */
function bareDates(text: string, asked: MissingOfStay | undefined, language: Language): string {
  if (asked !== 'dates' && asked !== 'checkIn' && asked !== 'checkOut') return text;
  const plain = text.trim();
  if (/\/|:/.test(plain) || /[a-z]{4,}/i.test(plain.replaceAll(/hasta|entre|the/gi, ''))) return text;
  const two = bareDays.exec(plain);
  if (two !== null) return language === 'es' ? `del ${two[1]} al ${two[2]}` : `from the ${two[1]}th to the ${two[2]}th`;
  const one = bareDay.exec(plain);
  if (one === null) return text;
  // "3" after "¿hasta cuándo?" is as often three nights: a day of the month that is far larger is none.
  return language === 'es' ? `el ${one[1]}` : `the ${one[1]}th`;
}
