/** What a stay costs, by the rates of the house. Pure; amounts are whole hundredths. */
import { datesOf, weekdayOf } from '../../calendar-dates.ts';
import type { NothingReason, RoomGuests } from '../contract.ts';

export interface Rate {
  typeId: string;
  from: string;
  to: string;
  /** Monday = 1 … Sunday = 7; empty: every night. */
  weekdays: number[];
  price: number;
  guestsIncluded: number;
  extraAdult: number;
  extraChild: number;
  minNights: number;
  closed: boolean;
  refundable: boolean;
}

export interface Tax {
  name: string;
  percent: number;
  perAdultNight: number;
  included: boolean;
}

/** From which age children pay, and from which they pay as adults do. */
export interface ChildAges {
  childFreeAge: number;
  childAdultAge: number;
}

export interface RoomPrice {
  nightly: { date: string; price: number }[];
  refundable: boolean;
}

/** The rate of a night: of those that have it, the one with the shortest season; of two of the same length the one that names weekdays. */
export function rateOn(rates: readonly Rate[], typeId: string, date: string): Rate | undefined {
  const weekday = weekdayOf(date);
  const length = ({ from, to }: Rate) => Date.parse(to) - Date.parse(from);
  let found: Rate | undefined;
  for (const rate of rates) {
    if (rate.typeId !== typeId || rate.from > date || rate.to < date) continue;
    if (rate.weekdays.length > 0 && !rate.weekdays.includes(weekday)) continue;
    const better =
      found === undefined ||
      length(rate) < length(found) ||
      (length(rate) === length(found) && rate.weekdays.length > 0 && found.weekdays.length === 0);
    if (better) found = rate;
  }
  return found;
}

/** Price of one room for its guests, or why there is none. */
export function priceRoom(
  rates: readonly Rate[],
  typeId: string,
  guests: RoomGuests,
  stay: { checkIn: string; checkOut: string },
  ages: ChildAges,
): RoomPrice | NothingReason {
  const nights = datesOf(stay.checkIn, stay.checkOut);
  const nightly: RoomPrice['nightly'] = [];
  let refundable = true;
  let least = 1;
  for (const date of nights) {
    const rate = rateOn(rates, typeId, date);
    if (rate === undefined) return { kind: 'no-rate' };
    if (rate.closed) return { kind: 'closed' };
    least = Math.max(least, rate.minNights);
    refundable &&= rate.refundable;
    nightly.push({ date, price: nightPrice(rate, guests, ages) });
  }
  if (nights.length < least) return { kind: 'min-nights', nights: least };
  return { nightly, refundable };
}

function nightPrice(rate: Rate, { adults, children }: RoomGuests, { childFreeAge, childAdultAge }: ChildAges): number {
  const paying = children.filter((age) => age >= childFreeAge);
  const asAdults = adults + paying.filter((age) => age >= childAdultAge).length;
  const asChildren = paying.filter((age) => age < childAdultAge).length;
  const left = Math.max(0, rate.guestsIncluded - asAdults);
  return (
    rate.price + Math.max(0, asAdults - rate.guestsIncluded) * rate.extraAdult + Math.max(0, asChildren - left) * rate.extraChild
  );
}

/** Taxes on the nights of a booking, and what comes on top of them. */
export function taxesOn(
  taxes: readonly Tax[],
  nightsTotal: number,
  stay: { nights: number; adults: number },
): { taxes: { name: string; amount: number; included: boolean }[]; onTop: number } {
  const within = taxes.reduce((sum, tax) => sum + (tax.included ? tax.percent : 0), 0);
  // What comes on top is on the price without the taxes that are in it.
  const net = (nightsTotal * 100) / (100 + within);
  const each = taxes.map((tax) => ({
    name: tax.name,
    included: tax.included,
    amount: Math.round((net * tax.percent) / 100) + tax.perAdultNight * stay.adults * stay.nights,
  }));
  return { taxes: each, onTop: each.reduce((sum, tax) => sum + (tax.included ? 0 : tax.amount), 0) };
}
