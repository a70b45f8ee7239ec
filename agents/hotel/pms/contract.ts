/**
 * The port to a reservation system, a PMS. One object speaks for one hotel. Amounts are whole hundredths of the currency's unit; dates are calendar
 * dates of the hotel, and a stay has the nights from check-in up to, and without, check-out.
 *
 * A read throws {@link PmsDown} where the system cannot be asked. A write never throws for what the other side did: it answers `done`,
 * `refused` where it is certain that nothing happened, or `unclear` where nobody can tell. What is unclear is looked up by its key, in the record
 * of the system itself, before anything is told or tried again: {@link Pms.reconcile}.
 */

/** Who stays in one room. */
export interface RoomGuests {
  adults: number;
  /** Age of each child. */
  children: number[];
}

/** What is asked for: dates, and the guests of each room. */
export interface StayRequest {
  checkIn: string;
  checkOut: string;
  rooms: RoomGuests[];
  /** Id of the one type that is wanted; any where absent. */
  typeId?: string | undefined;
  /** Code of the stay that is to be changed: its own room counts as free. */
  changing?: string | undefined;
}

export interface PmsRoomType {
  id: string;
  name: string;
  description: string;
  /** Most guests, and most adults among them. */
  sleeps: number;
  adults: number;
  /** Rooms by their number or name. */
  rooms: { id: string; number: string }[];
}

/** Terms of cancelling, as the hotel has them for this rate. */
export interface CancellationTerms {
  refundable: boolean;
  /** Hours before check-in up to which it costs nothing. */
  freeHours: number;
  /** What it costs afterwards. */
  fee: number;
}

export interface PmsOffer {
  /** Names it in the system; opaque. */
  id: string;
  rooms: {
    typeId: string;
    type: string;
    guests: RoomGuests;
    nightly: { date: string; price: number }[];
    /** Taxes on top included. */
    total: number;
  }[];
  taxes: { name: string; amount: number; included: boolean }[];
  total: number;
  currency: string;
  cancellation: CancellationTerms;
  /** How many times it can be sold at this moment. */
  left: number;
  /** Epoch milliseconds. */
  expires: number;
}

/** Why nothing can be offered; with the request as it was. */
export type NothingReason =
  | { kind: 'sold-out' }
  | { kind: 'closed' }
  | { kind: 'min-nights'; nights: number }
  | { kind: 'occupancy' }
  | { kind: 'no-rate' };
export interface PmsOffers {
  offers: PmsOffer[];
  /** Where there are none. */
  nothing?: NothingReason | undefined;
  /** Epoch milliseconds of when it was so, where the system is away and this is the last that is known. */
  asOf?: number | undefined;
}

export interface PmsGuest {
  name: string;
  phone?: string | undefined;
  email?: string | undefined;
  companions?: string[] | undefined;
}

export interface PmsHold {
  id: string;
  /** Epoch milliseconds. */
  expires: number;
  /** How often it was held for longer. */
  extended: number;
  total: number;
}

/** A stay as the system has it. */
export interface PmsStay {
  code: string;
  status: 'pending' | 'confirmed' | 'in_house' | 'checked_out' | 'cancelled' | 'no_show';
  checkIn: string;
  checkOut: string;
  rooms: { typeId: string; type: string; room?: string | undefined; guests: RoomGuests }[];
  guest: PmsGuest;
  total: number;
  paid: number;
  currency: string;
}

/** Why a write changed nothing. */
export type RefusedReason =
  | { kind: 'taken' }
  | { kind: 'price-changed'; total: number }
  | { kind: 'expired' }
  | { kind: 'not-extended'; expires: number }
  | { kind: 'not-found' }
  | { kind: 'not-allowed'; why: string }
  | { kind: 'down' };

export type Written<Value> = { kind: 'done'; value: Value } | { kind: 'refused'; reason: RefusedReason } | { kind: 'unclear' };

/** What a look for a key found. `unknown`: the system cannot be asked. */
export type Reconciled = { kind: 'happened'; stay: PmsStay } | { kind: 'did-not-happen' } | { kind: 'unknown' };

export interface Pms {
  /** `embedded`, or what the system is called. */
  readonly kind: string;
  /** @throws PmsDown */
  rooms(): Promise<PmsRoomType[]>;
  /** What can be had for each of some requests, in their order. @throws PmsDown */
  offers(requests: readonly StayRequest[]): Promise<PmsOffers[]>;
  /** Keeps rooms for a while; again with the same key it answers the same. */
  hold(offer: PmsOffer, request: StayRequest, key: string): Promise<Written<PmsHold>>;
  /** Holds for longer, at most twice. */
  extend(holdId: string, key: string): Promise<Written<PmsHold>>;
  /** Makes a stay of a hold, for the price that was told. */
  confirm(holdId: string, guest: PmsGuest, told: { total: number }, key: string): Promise<Written<PmsStay>>;
  /** Ends a hold. */
  release(holdId: string, key: string): Promise<Written<null>>;
  /** A stay by its code, those of a contact, or those that arrive on a day. @throws PmsDown */
  find(by: { code: string } | { phone?: string | undefined; email?: string | undefined }): Promise<PmsStay[]>;
  /** Puts another offer in place of what a stay has. */
  change(code: string, offer: PmsOffer, request: StayRequest, key: string): Promise<Written<PmsStay>>;
  /** @param fee what was told that it costs. */
  cancel(code: string, fee: number, key: string): Promise<Written<PmsStay>>;
  /** Puts something on the bill. */
  charge(code: string, item: { concept: string; amount: number }, key: string): Promise<Written<PmsStay>>;
  /** Lets a guest keep the room on the day of departure, where nobody arrives in it; `fee` goes on the bill. */
  lateCheckout(code: string, until: string, fee: number, key: string): Promise<Written<PmsStay>>;
  /** Finds out whether the write with this key happened. Changes nothing. */
  reconcile(key: string): Promise<Reconciled>;
}

/** The reservation system cannot be asked: it is away, too slow, or refuses our key. */
export class PmsDown extends Error {
  override readonly name = 'PmsDown';
}
