/** A stay that exists: found, changed, cancelled, left later, reached earlier. Each cost is told before it is agreed to. */
import {
  ask,
  askFor,
  askToConfirm,
  type Dialogue,
  type Ending,
  nightsBetween,
  offerPerson,
  paragraph,
  type SlotTurn,
  type StayDraft,
  stayDraft,
  tell,
} from '../../../src/dialogue.ts';
import type {
  CancelStayOutput,
  ChangeStayOutput,
  EarlyArrivalOutput,
  LateCheckoutOutput,
  QuoteCancellationOutput,
  QuoteChangeOutput,
  QuoteLateCheckoutOutput,
  StayView,
} from '../contract.ts';
import { keep, kept, ownStay, say } from './turn.ts';

export function* find(turn: SlotTurn): Dialogue<Ending> {
  const own = yield* ownStay(turn);
  return 'ending' in own ? own.ending : tell(say(turn).stay(own.stay, turn.now.date));
}

/** Told to the guest and agreed to: what a yes is for. */
function agreedTo(turn: SlotTurn, what: unknown): boolean {
  const key = JSON.stringify(what);
  const agreed = turn.confirmed && kept<string>(turn, 'told') === key;
  keep(turn, 'told', key);
  return agreed;
}

export function* cancel(turn: SlotTurn): Dialogue<Ending> {
  const s = say(turn);
  const own = yield* ownStay(turn);
  if ('ending' in own) return own.ending;
  const { code } = own.stay;
  const quoted = yield* ask<QuoteCancellationOutput>('quote_cancellation', { code });
  if (quoted.kind === 'not-found') return offerPerson(turn, s.notFound());
  if (quoted.kind === 'not-cancellable') return offerPerson(turn, s.notCancellable(quoted.reason));
  if (!agreedTo(turn, [code, quoted.fee]))
    return askToConfirm(turn, s.confirmCancel(quoted.stay, quoted.fee, quoted.refund, quoted.currency, turn.now.date));
  const done = yield* ask<CancelStayOutput>('cancel_stay', { code, fee: quoted.fee });
  switch (done.kind) {
    case 'cancelled':
      delete turn.state.customer.code;
      return tell(s.cancelled(done.stay, done.fee, done.refund, done.currency));
    case 'fee-changed':
      keep(turn, 'told', JSON.stringify([code, done.fee]));
      return askToConfirm(turn, s.confirmCancel(quoted.stay, done.fee, 0, done.currency, turn.now.date));
    case 'unclear':
      return offerPerson(turn, s.unclear(done.reference));
    case 'not-cancellable':
      return offerPerson(turn, s.notCancellable(done.reason));
    case 'not-found':
      return offerPerson(turn, s.notFound());
    case 'system-down':
      return offerPerson(turn, s.systemDown());
  }
}

/** A day of the month without its month. */
const isBareDay =
  /^(?!.*(?:\b(?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic|jan|apr|aug|dec)\w*\b|\d\s*[/-]\s*\d|manana|hoy|tomorrow|lunes|martes|miercoles|jueves|viernes|sabado|domingo|day\b)).*\b(?:al?|el|del|the|to|from)\s+\d{1,2}\b/;

/** What of the stay is to be otherwise, as far as it was said. Dates move the stay as a whole. */
function changesOf(
  draft: StayDraft,
  { checkIn, nights, adults, children, type }: StayView,
  folded: string,
  today: string,
): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  const more =
    /\b(?:(una?|1|dos|2|tres|3) noches? mas|noche mas|(?:one|another|an? extra|a|two) (?:more )?nights? ?(?:more)?)\b/.exec(folded);
  const fewer = /\b(?:una noche menos|(?:quit|sac|rest|acort)\w* una noche|one night less|remove (?:a|one) night)\b/.test(folded);
  const added = more === null ? 0 : /\b(?:dos|2|two)\b/.test(more[0]) ? 2 : /\b(?:tres|3)\b/.test(more[0]) ? 3 : 1;
  const from = draft.checkIn ?? checkIn;
  if (draft.checkIn !== undefined && isBareDay.test(folded)) {
    // "Al 15" of a stay in March is a day of March.
    const moved = `${checkIn.slice(0, 8)}${draft.checkIn.slice(8)}`;
    const days = draft.checkOut === undefined ? nights : nightsBetween(draft.checkIn, draft.checkOut);
    if (moved >= today && !Number.isNaN(Date.parse(moved))) return { checkIn: moved, checkOut: daysAfter(moved, days) };
  }
  if (draft.checkIn !== undefined && draft.checkIn !== checkIn) changes['checkIn'] = draft.checkIn;
  if (draft.checkOut !== undefined) changes['checkOut'] = draft.checkOut;
  else if (added > 0 || fewer) changes['checkOut'] = daysAfter(checkIn, nights + (fewer ? -1 : added));
  else if (draft.nights !== undefined) changes['checkOut'] = daysAfter(from, draft.nights);
  else if (changes['checkIn'] !== undefined) changes['checkOut'] = daysAfter(from, nights);
  if (draft.adults !== undefined && draft.adults !== adults) changes['adults'] = draft.adults;
  if (draft.ages !== undefined && JSON.stringify(draft.ages) !== JSON.stringify(children)) changes['children'] = draft.ages;
  if (
    /\b(?:agreg|sum|anad|add)\w* (?:a )?(?:una|1|one|a) (?:persona|person|huesped|guest|adult)/.test(folded) &&
    changes['adults'] === undefined
  )
    changes['adults'] = adults + 1;
  const wanted = draft.rooms?.[0]?.type;
  if (wanted !== undefined && wanted !== type) changes['type'] = wanted;
  return changes;
}

const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export function* change(turn: SlotTurn): Dialogue<Ending> {
  const s = say(turn);
  const own = yield* ownStay(turn);
  if ('ending' in own) return own.ending;
  const { code } = own.stay;
  const quotedBefore = kept<{ offer: string; code: string }>(turn, 'quoted');
  // What was read and agreed to is what is done: another quote would be another offer.
  if (turn.confirmed && quotedBefore?.code === code) return yield* apply(turn, code, quotedBefore.offer);
  const wanted = kept<Partial<StayView>>(turn, 'wanted') ?? {};
  const said = { ...wanted, ...changesOf(stayDraft(turn), withChanges(own.stay, wanted), turn.folded, turn.now.date) };
  if (Object.keys(said).length === 0) return askFor(turn, 'changes', s.askChange(own.stay, turn.now.date));
  keep(turn, 'wanted', said);
  const quoted = yield* ask<QuoteChangeOutput>('quote_change', { code, ...said });
  switch (quoted.kind) {
    case 'quoted':
      break;
    case 'nothing-changes':
      keep(turn, 'wanted', undefined);
      return askFor(turn, 'changes', s.nothingChanges());
    case 'not-found':
      return offerPerson(turn, s.notFound());
    case 'not-changeable':
      return offerPerson(turn, s.notChangeable(quoted.reason));
    case 'system-down':
      return offerPerson(turn, s.systemDown());
    default: {
      keep(turn, 'wanted', undefined);
      keep(turn, 'stayDraft', undefined);
      const { checkIn, checkOut } = {
        checkIn: String(said['checkIn'] ?? own.stay.checkIn),
        checkOut: String(said['checkOut'] ?? own.stay.checkOut),
      };
      const why =
        quoted.kind === 'none'
          ? s.noRoom(quoted.reason, turn.now.date, { checkIn, checkOut }, quoted.minNights)
          : quoted.kind === 'unknown-type'
            ? s.unknownType(quoted.types)
            : quoted.kind === 'refused'
              ? s.refused(quoted.reason, quoted.limit)
              : '';
      return askFor(turn, 'changes', paragraph(why, s.askChange(own.stay, turn.now.date)));
    }
  }
  const { after, difference } = quoted;
  keep(turn, 'quoted', { offer: after.offer, code });
  return askToConfirm(turn, s.confirmChange(quoted.stay, after, difference, turn.now.date));
}

/** The stay as it would be with what was said so far: "una noche más" is one more than that. */
function withChanges(stay: StayView, wanted: Partial<StayView>): StayView {
  const { checkIn, checkOut } = { ...stay, ...wanted };
  return { ...stay, ...wanted, nights: nightsBetween(checkIn, checkOut) };
}

function* apply(turn: SlotTurn, code: string, offer: string): Dialogue<Ending> {
  const s = say(turn);
  const done = yield* ask<ChangeStayOutput>('change_stay', { code, offer });
  switch (done.kind) {
    case 'changed':
      return tell(s.changed(done.stay, turn.now.date));
    case 'unclear':
      return offerPerson(turn, s.unclear(done.reference));
    case 'not-changeable':
      return offerPerson(turn, s.notChangeable(done.reason));
    case 'price-changed':
      keep(turn, 'quoted', undefined);
      return offerPerson(turn, s.priceChanged(done.before, done.offer));
    case 'taken':
      return offerPerson(turn, s.taken());
    case 'not-found':
    case 'unknown-offer':
      return offerPerson(turn, s.notFound());
    case 'system-down':
      return offerPerson(turn, s.systemDown());
  }
}

export function* lateCheckout(turn: SlotTurn): Dialogue<Ending> {
  const s = say(turn);
  const own = yield* ownStay(turn);
  if ('ending' in own) return own.ending;
  const { code } = own.stay;
  const until = kept<string>(turn, 'until');
  if (until === undefined) return askFor(turn, 'until', s.askUntil(undefined));
  const quoted = yield* ask<QuoteLateCheckoutOutput>('quote_late_checkout', { code, until });
  if (quoted.kind === 'not-found') return offerPerson(turn, s.notFound());
  if (quoted.kind === 'system-down') return offerPerson(turn, s.systemDown());
  if (quoted.kind === 'refused') return tell(s.lateRefused(quoted.reason, quoted.checkOutUntil, quoted.latest, quoted.luggage));
  if (!agreedTo(turn, [code, until, quoted.fee]))
    return askToConfirm(turn, s.confirmLate(quoted.until, quoted.fee, quoted.currency, quoted.date, turn.now.date));
  const done = yield* ask<LateCheckoutOutput>('late_checkout', { code, until, fee: quoted.fee });
  switch (done.kind) {
    case 'granted':
      return tell(s.lateGranted(done.until, done.fee, done.currency));
    case 'refused':
      return tell(s.lateRefused(done.reason, done.checkOutUntil, done.latest, done.luggage));
    case 'fee-changed':
      keep(turn, 'told', JSON.stringify([code, until, done.fee]));
      return askToConfirm(turn, s.confirmLate(until, done.fee, done.currency, quoted.date, turn.now.date));
    case 'unclear':
      return offerPerson(turn, s.unclear(done.reference));
    case 'not-found':
      return offerPerson(turn, s.notFound());
    case 'system-down':
      return offerPerson(turn, s.systemDown());
  }
}

export function* earlyArrival(turn: SlotTurn): Dialogue<Ending> {
  const s = say(turn);
  const own = yield* ownStay(turn);
  if ('ending' in own) return own.ending;
  const at = kept<string>(turn, 'until');
  if (at === undefined) return askFor(turn, 'until', s.askArrival());
  const noted = yield* ask<EarlyArrivalOutput>('early_arrival', { code: own.stay.code, at });
  if (noted.kind === 'not-found') return offerPerson(turn, s.notFound());
  return tell(s.arrival(noted.at, noted.checkInFrom, noted.room, noted.likely, noted.luggage));
}
