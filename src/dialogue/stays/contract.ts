/**
 * Stays: which nights, for whom, in how many rooms. A stay is said over several messages and corrected on the way, so what is known of it is a
 * draft until all of it is. Dates are the house's own calendar dates; a stay sells the nights from `checkIn` up to the one before `checkOut`.
 */
import type { DateRange, IsoDate } from '../../language/contract.ts';

/** Rooms of one type. */
export interface WantedRooms {
  /** Name of the type, as in the vocabulary; absent where the guest named none. */
  type?: string;
  count: number;
}

/** Who comes. `ages` holds those of the children that are known, in years; a baby has 0. */
export interface Party {
  adults: number;
  children: number;
  ages: number[];
}

/** What is known of a stay. */
export interface StayDraft {
  checkIn?: IsoDate;
  checkOut?: IsoDate;
  /** Said as a number, where a date is missing. */
  nights?: number;
  /** A time within which the stay lies: "en enero", "la semana que viene". */
  period?: DateRange;
  adults?: number;
  children?: number;
  ages?: number[];
  rooms?: WantedRooms[];
  /** What stands in the way and has to be asked about. */
  problem?: StayProblem;
}

/** A stay of which everything is known. */
export interface Stay extends Party {
  checkIn: IsoDate;
  checkOut: IsoDate;
  nights: number;
  rooms: WantedRooms[];
}

/** What was said and cannot be, or can be meant in two ways. */
export type StayProblem =
  /** 31 June. */
  | { kind: 'no-such-date'; text: string }
  /** The weekday is not that of the date. */
  | { kind: 'weekday-mismatch'; text: string; date?: IsoDate }
  | { kind: 'past' }
  /** Check-out not after check-in. */
  | { kind: 'order'; checkIn: IsoDate; checkOut: IsoDate }
  | { kind: 'too-long'; nights: number }
  /** The nights that were said are not those between the dates. */
  | { kind: 'contradiction'; nights: number; checkIn: IsoDate; checkOut: IsoDate }
  /** An arrival after midnight: the night before, or that of the date. */
  | { kind: 'after-midnight'; nights: [IsoDate, IsoDate] };

/** The first thing that has to be asked for. */
export type MissingOfStay = 'problem' | 'dates' | 'checkIn' | 'checkOut' | 'guests' | 'ages';

/** What one message says of a stay. */
export interface StayReading {
  checkIn?: IsoDate;
  checkOut?: IsoDate;
  nights?: number;
  /** The nights were said as days, which some count with the last one. */
  asDays?: boolean;
  /** Nights more (or, below 0, fewer) than before. */
  nightsMore?: number;
  /** A lone date without a word that says whether the guest comes or goes. */
  lone?: IsoDate;
  period?: DateRange;
  adults?: number;
  children?: number;
  ages?: number[];
  /** Everybody, where children are not told apart. */
  guests?: number;
  guestsMore?: number;
  rooms?: WantedRooms[];
  problem?: StayProblem;
  /** It takes back what was said before ("perdón", "mejor"). */
  correction: boolean;
}
