/** Nothing is booked, changed, cancelled or charged without the guest's yes to exactly that, with its price or fee. */
import {
  type CallRecord,
  confirmedFirst,
  type JsonObject,
  type PolicyFacts,
  type ProposedCall,
  type Subject,
} from '../../src/index.ts';
import { hotelFacts } from './facts.ts';
import { normalised, offersIn, staysIn } from './shown.ts';

const object = (value: CallRecord['output']): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

export const effectsConfirmed = confirmedFirst({
  description:
    'Nothing is booked, changed, cancelled or charged before the guest has read exactly that, with its price, in an earlier turn and says yes to it in this one.',
  tools: {
    book_stay: { verb: /\b(reserv|confirm|book|anot|guard)\w*/, intent: 'book' },
    change_stay: { verb: /\b(cambi|modific|pas[oae]|chang|confirm|mov)\w*/, intent: 'reschedule' },
    cancel_stay: { verb: /\b(cancel|anul)\w*|\bde baja\b/, intent: 'cancel' },
    late_checkout: { verb: /\b(check ?-?out|salida|late|confirm)\w*/ },
  },
  shown(call, earlier, facts) {
    if (call.tool === 'book_stay') return heldSubjects(call, earlier['hold_room']);
    if (call.tool === 'change_stay') return quotedSubjects(call, earlier['quote_change']);
    if (call.tool === 'cancel_stay') return cancellationSubjects(call, earlier['quote_cancellation'], facts);
    return lateSubjects(call, earlier['quote_late_checkout']);
  },
});

/** The room that an earlier turn held, where it is the one to be booked at the price that was told. */
function heldSubjects({ args }: ProposedCall, hold: CallRecord | undefined): Subject[] {
  if (hold?.status !== 'completed' || object(hold.output)['kind'] !== 'held') return [];
  const held = offersIn(hold).find(({ offer }) => offer === args['offer']);
  return held === undefined ? [] : [{ date: held.checkIn }];
}

function quotedSubjects({ args }: ProposedCall, quote: CallRecord | undefined): Subject[] {
  if (quote?.status !== 'completed' || object(quote.output)['kind'] !== 'quoted') return [];
  const code = normalised(String(args['code']));
  const after = offersIn(quote).find(({ offer }) => offer === args['offer']);
  const same = staysIn(quote).some((stay) => normalised(stay.code) === code);
  return after === undefined || !same ? [] : [{ date: after.checkIn }, { says: [String(args['code'])] }];
}

function cancellationSubjects({ args }: ProposedCall, quote: CallRecord | undefined, facts: PolicyFacts): Subject[] {
  if (quote?.status !== 'completed') return [];
  const { kind, fee } = object(quote.output);
  const { stay } = hotelFacts.parse(facts.loaded);
  const code = normalised(String(args['code']));
  const shown = staysIn(quote).find((one) => normalised(one.code) === code);
  // Moved since, or dearer by now: what was read is not what would be done.
  if (kind !== 'quoted' || fee !== args['fee'] || shown === undefined || shown.checkIn !== stay?.checkIn) return [];
  return [{ date: shown.checkIn }, { says: [shown.code] }];
}

function lateSubjects({ args }: ProposedCall, quote: CallRecord | undefined): Subject[] {
  if (quote?.status !== 'completed') return [];
  const { kind, code, until, fee, date } = object(quote.output);
  const same = normalised(String(code)) === normalised(String(args['code'])) && until === args['until'] && fee === args['fee'];
  return kind === 'offered' && same && typeof date === 'string' ? [{ date }] : [];
}
