/** From dates and guests to a booking: offers, a hold, whose name, the price told and confirmed. */
import {
  ask,
  askFor,
  askToConfirm,
  type Dialogue,
  type Ending,
  keepStay,
  offerPerson,
  paragraph,
  pickIndex,
  type SlotTurn,
  type Stay,
  stayDraft,
  tell,
  wants,
  wholeStay,
} from '../../../src/dialogue.ts';
import type { Alternatives, BookStayOutput, HoldRoomOutput, OfferView, SearchRoomsOutput } from '../contract.ts';
import { askWhichHotel, hotelOf, keep, kept, say } from './turn.ts';

/** Offers that one reply shows. */
const shownAtMost = 4;

/** What is asked of search_rooms for a stay. */
export function searchOf(turn: SlotTurn, { checkIn, checkOut, adults, ages, rooms }: Stay): object {
  const types = [...new Set(rooms.flatMap(({ type }) => (type === undefined ? [] : [type])))];
  const count = rooms.reduce((sum, room) => sum + room.count, 0);
  return {
    ...hotelOf(turn),
    checkIn,
    checkOut,
    adults,
    ...(ages.length === 0 ? {} : { children: ages }),
    ...(count > 1 ? { rooms: count } : {}),
    ...(types.length === 1 ? { type: types[0] } : {}),
  };
}

const countsElse =
  /\b(?:somos|personas?|adult\w*|noches?|dias?|menor\w*|chic[oa]s|people|guests?|nights?|days?|kids?|children|del|from|al|to)\b/;

/** The offer that a message picks of those that were shown: by its place, its type, or a yes to the only one. */
export function pickOffer({ state, folded, heard }: SlotTurn, asked: boolean): OfferView | undefined {
  const offers = (state.slots['offers'] ?? []) as unknown as OfferView[];
  // "¿Cuánto sale la doble?" asks, and takes nothing.
  if (!asked || offers.length === 0 || heard.intent === 'prices') return undefined;
  const type = (heard.slots as Record<string, string | undefined>)['roomType'];
  const named = offers.filter((offer) => offer.type === type);
  if (named.length === 1) return named[0];
  // "Somos 2" counts people, not offers.
  const index = countsElse.test(folded) ? undefined : pickIndex(folded, offers.length, { numbered: true });
  if (index !== undefined) return offers[index];
  const yes = heard.intent === 'confirm' || heard.intent === 'book';
  if (yes && offers.length === 1) return offers[0];
  return /\b(mas barat[oa]|economic[oa]|cheapest|cheaper)\b/.test(folded) ||
    (yes && named.length === 0 && /\b(cualquiera|any)\b/.test(folded))
    ? offers[0]
    : undefined;
}

const few = ({ otherDates, otherTypes, moreRooms }: Alternatives): OfferView[] =>
  [...otherTypes, ...otherDates, ...moreRooms].slice(0, shownAtMost);

function show(turn: SlotTurn, offers: readonly OfferView[], text: string): Ending {
  keep(turn, 'offers', offers);
  keep(turn, 'offer', undefined);
  return askFor(
    turn,
    'offer',
    `${text}${text.includes('\n') ? '\n' : ' '}${say(turn).whichOffer(offers.length)}`,
    optionsOf(turn, offers),
  );
}

/** A chosen offer stands as long as the guest changes neither dates nor guests nor the type of room. Alternatives have dates of their own. */
function isFor(offer: OfferView, { checkIn, checkOut, adults, ages, rooms }: Stay): boolean {
  const [room] = rooms;
  const sameGuests = offer.adults === adults && JSON.stringify(offer.children.toSorted()) === JSON.stringify(ages.toSorted());
  const sameType = rooms.length !== 1 || room?.type === undefined || offer.type.split(' + ').includes(room.type);
  return offer.checkIn === checkIn && offer.checkOut === checkOut && sameGuests && sameType;
}

/** An alternative that was just picked has dates or rooms of its own, which are what is wanted from now on. */
function adopts(turn: SlotTurn, offer: OfferView, { checkIn, checkOut }: Stay): boolean {
  const searched = JSON.parse(kept<string>(turn, 'searched') ?? '{}') as { checkIn?: string; checkOut?: string };
  if (turn.awaited !== 'offer' || searched.checkIn !== checkIn || searched.checkOut !== checkOut) return false;
  const { rooms: _rooms, ...draft } = stayDraft(turn);
  const dates = { checkIn: offer.checkIn, checkOut: offer.checkOut, nights: offer.nights };
  keepStay(turn, { ...draft, ...dates, adults: offer.adults, children: offer.children.length, ages: offer.children });
  keep(turn, 'stay', wholeStay(stayDraft(turn)));
  return true;
}

const optionsOf = ({ say: { short } }: SlotTurn, offers: readonly OfferView[]): string[] =>
  offers.length === 1 ? [short.yes, short.no] : offers.map(({ type }) => type);

function showAlternatives(turn: SlotTurn, alternatives: Alternatives, why: string): Ending {
  const offers = few(alternatives);
  if (offers.length > 0) return show(turn, offers, paragraph(why, say(turn).alternatives(offers, turn.now.date)));
  keepStay(turn, { ...stayDraft(turn), checkIn: undefined, checkOut: undefined, nights: undefined } as never);
  return offerPerson(turn, why);
}

/** Sells what the guest wants. */
export function* sell(turn: SlotTurn, stay: Stay): Dialogue<Ending> {
  const s = say(turn);
  if (stay.checkIn < turn.now.date) return offerPerson(turn, s.nightIsRunning());
  const key = JSON.stringify(searchOf(turn, stay));
  const chosen = kept<OfferView>(turn, 'offer');
  if (chosen !== undefined && (isFor(chosen, stay) || adopts(turn, chosen, stay))) return yield* settle(turn, chosen);
  if (kept<string>(turn, 'searched') === key && turn.awaited === 'offer') {
    const offers = kept<OfferView[]>(turn, 'offers') ?? [];
    if (wants(turn, 'deny') && !turn.changed) return tell(s.notNow());
    if (offers.length > 0) return askFor(turn, 'offer', s.whichOffer(offers.length), optionsOf(turn, offers));
  }
  keep(turn, 'offer', undefined);
  return yield* search(turn, stay, key);
}

function* search(turn: SlotTurn, stay: Stay, key: string): Dialogue<Ending> {
  const s = say(turn);
  const found = yield* ask<SearchRoomsOutput>('search_rooms', JSON.parse(key) as object);
  keep(turn, 'searched', key);
  switch (found.kind) {
    case 'available': {
      if (found.asOf !== undefined)
        return offerPerson(turn, paragraph(s.offers(found.offers.slice(0, shownAtMost), turn.now.date), s.stale(found.asOf)));
      const offers = found.offers.slice(0, shownAtMost);
      const [first] = offers;
      if (first === undefined) return offerPerson(turn, s.noRoom('sold-out', turn.now.date, stay, undefined));
      return show(turn, offers, offers.length === 1 ? s.quote(first, turn.now.date) : s.offers(offers, turn.now.date));
    }
    case 'none':
      return showAlternatives(turn, found.alternatives, s.noRoom(found.reason, turn.now.date, stay, found.minNights));
    case 'which-hotel':
      return askWhichHotel(turn, found.hotels);
    case 'unknown-type':
      keepStay(turn, { ...stayDraft(turn), rooms: [] });
      return askFor(turn, 'stay', s.unknownType(found.types), found.types);
    case 'needs-ages':
      return askFor(turn, 'stay', s.refused('needs-ages', undefined));
    case 'system-down':
      return offerPerson(turn, s.systemDown());
    case 'refused': {
      if (found.reason === 'too-many-guests') return offerPerson(turn, s.refused(found.reason, found.limit));
      const draft = stayDraft(turn);
      const guests = found.reason === 'adult-needed' || found.reason === 'more-rooms-than-guests';
      if (guests) delete draft.adults;
      else if (found.reason === 'too-long') delete draft.checkOut;
      else delete draft.checkIn;
      keepStay(turn, draft);
      delete turn.state.slots['stay'];
      return askFor(turn, 'stay', s.refused(found.reason, found.limit));
    }
  }
}

const stayOf = (turn: SlotTurn, { checkIn, checkOut, nights, adults, children }: OfferView): Stay =>
  kept<Stay>(turn, 'stay') ?? { checkIn, checkOut, nights, adults, children: children.length, ages: children, rooms: [] };

const clock = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('es-AR', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(instant));

/** Whose name, which contact; then the room is held and the price told, all from one answer, and a yes is waited for. */
function* settle(turn: SlotTurn, offer: OfferView): Dialogue<Ending> {
  const { state, contact } = turn;
  const name = state.customer.name ?? contact?.name;
  const phone = state.customer.phone ?? contact?.phone;
  const email = state.customer.email ?? contact?.email;
  if (name === undefined) return askFor(turn, 'name', turn.say.askName());
  if (phone === undefined && email === undefined) return askFor(turn, 'contact', turn.say.askContact());
  const agreed = JSON.stringify([offer.offer, offer.total, name]);
  if (turn.confirmed && kept<string>(turn, 'told') === agreed) return yield* book(turn, offer, { name, phone, email });
  return yield* hold(turn, offer, name);
}

function* hold(turn: SlotTurn, offer: OfferView, name: string): Dialogue<Ending> {
  const s = say(turn);
  const held = yield* ask<HoldRoomOutput>('hold_room', { offer: offer.offer });
  switch (held.kind) {
    case 'held': {
      keep(turn, 'offer', held.offer);
      keep(turn, 'told', JSON.stringify([held.offer.offer, held.offer.total, name]));
      const until = clock(held.expiresAt, turn.timeZone);
      return askToConfirm(turn, `${s.confirmBooking(held.offer, name, until, turn.now.date)}`);
    }
    case 'not-extended':
      keep(turn, 'told', JSON.stringify([offer.offer, offer.total, name]));
      return askToConfirm(turn, s.confirmAgain(name));
    default:
      return yield* notSold(turn, offer, held);
  }
}

function* book(
  turn: SlotTurn,
  offer: OfferView,
  guest: { name: string; phone: string | undefined; email: string | undefined },
): Dialogue<Ending> {
  const s = say(turn);
  const booked = yield* ask<BookStayOutput>('book_stay', { offer: offer.offer, ...guest });
  switch (booked.kind) {
    case 'booked':
      turn.state.customer.code = booked.stay.code;
      return tell(s.booked(booked.stay, turn.now.date));
    case 'unclear':
      return offerPerson(turn, s.unclear(booked.reference));
    case 'contact-needed':
      return askFor(turn, 'contact', turn.say.contactNeeded());
    default:
      return yield* notSold(turn, offer, booked);
  }
}

type NotSold = Exclude<HoldRoomOutput, { kind: 'held' | 'not-extended' }>;

function* notSold(turn: SlotTurn, offer: OfferView, answer: NotSold): Dialogue<Ending> {
  const s = say(turn);
  switch (answer.kind) {
    case 'system-down':
      return offerPerson(turn, s.systemDown());
    case 'taken':
      return showAlternatives(turn, answer.alternatives, s.taken());
    case 'price-changed':
      return show(
        turn,
        [answer.offer],
        paragraph(s.priceChanged(answer.before, answer.offer), s.quote(answer.offer, turn.now.date)),
      );
    case 'unknown-offer': {
      keep(turn, 'offer', undefined);
      const stay = stayOf(turn, offer);
      const again = yield* search(turn, stay, JSON.stringify(searchOf(turn, stay)));
      return { ...again, text: paragraph(s.expired(), again.text) };
    }
  }
}
