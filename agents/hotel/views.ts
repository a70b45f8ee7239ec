/** Shapes that several tools of the hotel answer: offers, stays, and why something cannot be had. See `contract.ts` for units. */
import type { LocalizedText } from '../../src/index.ts';

/** More than one hotel, and neither the channel nor the call says which. */
export type WhichHotel = { kind: 'which-hotel'; hotels: string[] };
export type UnknownType = { kind: 'unknown-type'; types: string[] };
/** The reservation system cannot be asked now. Nothing was changed. */
export type SystemDown = { kind: 'system-down' };
/** Children are priced and seated by age. */
export type NeedsAges = { kind: 'needs-ages'; children: number };
/**
 * No stay of this shape is sold, however many rooms are free. `limit` belongs to the reason: most nights, farthest date, most guests.
 */
export type StayRefused = {
  kind: 'refused';
  reason: 'past' | 'dates-in-order' | 'too-long' | 'too-far' | 'too-many-guests' | 'adult-needed' | 'more-rooms-than-guests';
  limit?: number | string;
};
/** Why a call about a stay to be cannot be answered. */
export type Misread = WhichHotel | UnknownType | SystemDown | NeedsAges | StayRefused;

/** When a stay can be cancelled, and what it costs, as of now. */
export type CancellationView = {
  refundable: boolean;
  /** Local moment `YYYY-MM-DDTHH:MM` up to which cancelling costs nothing; absent where it always costs, or that is over. */
  freeUntil?: string;
  /** What cancelling costs after that. */
  fee: number;
};
/** To be paid for the booking to stand; told as the hotel's terms say it. */
export type DepositView = { amount: number; percent: number; dueHours: number; howToPay: LocalizedText };
export type RoomLine = {
  type: string;
  adults: number;
  children: number[];
  /** Price of each night before taxes that come on top. */
  nightly: { date: string; price: number }[];
  total: number;
};
export type OfferView = {
  /** Id: what hold_room and book_stay take. */
  offer: string;
  hotel: string;
  /** Names of the room types, e.g. "Doble", "2 × Doble", "Doble + Triple". */
  type: string;
  description: string;
  checkIn: string;
  checkOut: string;
  nights: number;
  adults: number;
  children: number[];
  rooms: RoomLine[];
  taxes: { name: string; amount: number; included: boolean }[];
  /** All nights, all rooms, all taxes. */
  total: number;
  /** Total divided by nights, rounded to two decimals. */
  averageNight: number;
  currency: string;
  cancellation: CancellationView;
  deposit?: DepositView;
  /** Rooms of this kind that are left, where there are few. */
  left?: number;
  /** Instant, ISO 8601: from then on the price is asked again. */
  expiresAt: string;
};
/** What was asked for, as it was understood. */
export type RequestView = { checkIn: string; checkOut: string; nights: number; adults: number; children: number[]; rooms: number };

/** Other ways to stay: same type on days nearby, other types on the same days, several rooms in place of one. */
export type Alternatives = { otherDates: OfferView[]; otherTypes: OfferView[]; moreRooms: OfferView[] };
export type NoRoomReason = 'sold-out' | 'closed' | 'min-nights' | 'occupancy' | 'no-rate';
export type NoRoom = {
  kind: 'none';
  hotel: string;
  request: RequestView;
  reason: NoRoomReason;
  /** With `min-nights`. */
  minNights?: number;
  alternatives: Alternatives;
};

export type StayStatus = 'confirmed' | 'in_house' | 'checked_out' | 'cancelled' | 'no_show' | 'pending';
export type StayView = {
  code: string;
  hotel: string;
  /** Names of the room types, e.g. "Doble", "2 × Doble", "Doble + Triple". */
  type: string;
  checkIn: string;
  checkOut: string;
  nights: number;
  adults: number;
  children: number[];
  rooms: { type: string; adults: number; children: number[] }[];
  name: string;
  total: number;
  /** Charges beside the stay, e.g. a late check-out. */
  charges: { concept: string; amount: number }[];
  paid: number;
  /** Total and charges, less what was paid. */
  balance: number;
  currency: string;
  status: StayStatus;
  cancellation: CancellationView;
  deposit?: DepositView;
  checkInFrom: string;
  /** With a late check-out, until then. */
  checkOutUntil: string;
  arrivalTime?: string;
};
