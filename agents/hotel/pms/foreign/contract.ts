/**
 * What an adapter to a reservation system of somebody else is asked for. The front (`front.ts`) keeps its own holds, keys and records before it, so
 * that an adapter only speaks: it has no state, and knows no table. Types, rooms and bookings are called as they are there. Amounts are whole
 * hundredths.
 */
import type { PmsGuest, RoomGuests } from '../contract.ts';

/** What a project is told of a hotel in a system, to open it. */
export interface ForeignPlace {
  /** Without a slash at the end. */
  url: string;
  /** What the hotel is called there. */
  property: string;
  /** Of the adapter, by name. */
  settings: Readonly<Record<string, string>>;
  /** Key, or `id:secret`. */
  secret: string;
  currency: string;
  wire: ForeignWire;
}

/** Requests with the breaker and the time limits of the hotel. */
export interface ForeignWire {
  /** @throws PmsDown where nothing could be read: away, too slow, an answer of 500 and above, or credentials refused */
  read(request: ForeignRequest): Promise<ForeignAnswer>;
  /**
   * @throws PmsDown where the request never left
   * @throws InDoubt where it may have been carried out
   */
  write(request: ForeignRequest): Promise<ForeignAnswer>;
}

export interface ForeignRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the URL of the place, with a slash at the beginning; or a whole URL. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface ForeignAnswer {
  status: number;
  text: string;
}

/** A write that may have been carried out. */
export class InDoubt extends Error {
  override readonly name = 'InDoubt';
  /** The other side answered, with an error: nothing of it is still under way. */
  readonly ended: boolean;

  constructor(message: string, ended: boolean) {
    super(message);
    this.ended = ended;
  }
}

/** What a type costs for the asked rooms and nights, all of them together. */
export interface ForeignQuote {
  type: string;
  left: number;
  /** Rooms that are free for all of the nights, where the system tells them. */
  rooms?: string[] | undefined;
  /** Of all rooms, with taxes. */
  total: number;
  /** Of one room and night, where the system tells it. */
  nightly?: { date: string; price: number }[] | undefined;
  taxes?: { name: string; amount: number; included: boolean }[] | undefined;
  /** Names the price there. */
  rate?: string | undefined;
  refundable?: boolean | undefined;
}

export interface ForeignStay {
  checkIn: string;
  checkOut: string;
  type: string;
  rooms: { guests: RoomGuests; room?: string | undefined }[];
  total: number;
  rate?: string | undefined;
}

export interface ForeignBooking extends ForeignStay {
  guest: PmsGuest;
  /** Our code of the stay. */
  code: string;
}

/** A booking as it is there. */
export interface ForeignRecord {
  id: string;
  status: 'confirmed' | 'cancelled' | 'in_house' | 'checked_out' | 'no_show';
  checkIn: string;
  checkOut: string;
  rooms: { type: string; room?: string | undefined }[];
  total: number | undefined;
  /** Our keys that are written in it. */
  keys: string[];
}

/** A stay as the desk sees it in a list. */
export interface ForeignGuestStay extends Pick<ForeignRecord, 'id' | 'status' | 'checkIn' | 'checkOut'> {
  guest: string;
  adults: number;
  children: number;
  /** Ids of rooms, where they are known. */
  rooms: string[];
  /** What is still to be paid, in whole hundredths, where the system tells it. */
  balance?: number | undefined;
}

export type ForeignWritten<Value> =
  | { kind: 'done'; value: Value }
  /** It is certain that nothing happened. */
  | { kind: 'refused'; reason: 'taken' | 'not-found' | 'not-allowed' | 'price-changed'; why: string };

export interface ForeignSystem {
  readonly kind: string;
  /** @throws PmsDown */
  types(): Promise<{ id: string; name: string; rooms?: { id: string; number: string }[] }[]>;
  /** Prices of the types that can be had for these rooms together. @throws PmsDown */
  quote(stay: { checkIn: string; checkOut: string; rooms: RoomGuests[]; types: readonly string[] }): Promise<ForeignQuote[]>;
  /** Books under our key. @throws PmsDown, InDoubt */
  book(booking: ForeignBooking, key: string): Promise<ForeignWritten<ForeignRecord>>;
  /** The booking that our key is written in; newest first, down to a moment. @throws PmsDown */
  lookUp(key: string, since: Date): Promise<ForeignRecord | undefined>;
  /** @throws PmsDown */
  get(id: string): Promise<ForeignRecord | undefined>;
  /**
   * Those who arrive, leave or sleep there on a day, cancelled ones left out; whoever booked them. `complete`: there are no others.
   * @throws PmsDown
   */
  staysOn(day: string): Promise<{ stays: ForeignGuestStay[]; complete: boolean }>;
  /**
   * Whether a booking shares a room and a night with another one there: `lost` where the other one was first. Only of systems that let it happen.
   * @throws PmsDown
   */
  conflict?(record: ForeignRecord): Promise<'none' | 'lost' | 'won'>;
  /** @throws PmsDown, InDoubt */
  change(record: ForeignRecord, booking: ForeignBooking, key: string): Promise<ForeignWritten<null>>;
  /** @throws PmsDown, InDoubt */
  cancel(record: ForeignRecord, key: string): Promise<ForeignWritten<null>>;
  /** Puts something on the bill, or where the system takes no charges a note for its people. @throws PmsDown, InDoubt */
  charge(record: ForeignRecord, item: { concept: string; amount: number }, key: string): Promise<ForeignWritten<null>>;
  /** Whether the charge with a key is there. Where the system itself knows the key it is made again, which adds nothing. @throws PmsDown, InDoubt */
  charged(record: ForeignRecord, item: { concept: string; amount: number }, key: string): Promise<boolean>;
}

export type OpenForeign = (place: ForeignPlace) => ForeignSystem;
