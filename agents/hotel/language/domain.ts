import { type BaseIntent, type Domain, defineDomain, type Findings } from '../../../src/dialogue.ts';
import { englishClasses, englishCues } from './english-cues.ts';
import { type HotelIntent, hotelIntents } from './intents.ts';
import { spanishClasses, spanishCues } from './spanish-cues.ts';
import weights from './weights.json' with { type: 'json' };

/** How much the bare values of a message speak for a stay: "para 3 personas del 10 al 15" needs no verb. */
function evidenceOfStay({ slots }: Findings): number {
  const dates = slots.dateRange?.to === undefined ? (slots.date === undefined && slots.dateRange === undefined ? 0 : 1.6) : 2.6;
  const people = slots.people === undefined ? 0 : 2;
  const type = slots['roomType'] === undefined ? 0 : 1;
  return dates + people * 0.6 + type * 0.4;
}

type Understood = HotelIntent | BaseIntent;

function weighStay(scores: ReadonlyMap<Understood, number>, findings: Findings): Map<Understood, number> {
  const weights = new Map(scores);
  const get = (intent: Understood): number => weights.get(intent) ?? 0;
  const add = (intent: Understood, amount: number): void => {
    weights.set(intent, Math.max(0, get(intent) + amount));
  };
  const { awaiting } = findings;
  const evidence = evidenceOfStay(findings);
  const best = Math.max(0, ...hotelIntents.map(get));
  if (awaiting === 'confirmation') {
    if (get('confirm') > 0 && !findings.reserved) add('confirm', 3);
    if (get('deny') > 0) add('deny', get('deny') >= 2 ? 3 : 1.5);
  } else {
    if (evidence > 0 && best < 2.4) add('availability', evidence + 0.4);
    if (best >= 4 && get('confirm') <= 3.6) add('confirm', -1.6);
    if (evidence >= 1.6) add('deny', -1.6);
  }
  // "Llegamos mañana a la 1, somos 2" looks for a room; the hour is a detail of it.
  if (evidence >= 2.6 && awaiting === undefined && get('earlyArrival') > 0 && get('earlyArrival') < 5.6) {
    add('earlyArrival', -5);
    add('availability', evidence + 2);
  }
  if (findings.choosing) add('confirm', 5);
  // A complaint about a booking is none that wants to book, and a stay that exists is not looked for anew.
  const existing = Math.max(
    get('cancel'),
    get('change'),
    get('complaint'),
    get('lateCheckout'),
    get('earlyArrival'),
    get('paid'),
    get('review'),
    get('specialRequest'),
  );
  if (existing >= 4.4) for (const intent of ['book', 'availability', 'find', 'amenities', 'roomTypes'] as const) add(intent, -4);
  // "Quiero cancelar mi reserva" looks for none, and "la política de cancelación" cancels nothing.
  if (Math.max(get('cancel'), get('change'), get('lateCheckout'), get('earlyArrival')) >= 4.4) add('find', -5);
  if ((scores.get('policies') ?? 0) >= 5 && get('policies') >= get('cancel') - 1) add('cancel', -4);
  if (get('payment') >= 5 && get('payment') >= get('book') - 0.4) add('book', -3);
  if (get('prices') >= 4.4) add('roomTypes', -3);
  if (get('book') >= 4.4) add('availability', -1);
  return weights;
}

/** A hotel: rooms and their prices, stays, the house and its rules. */
export const hotelDomain: Domain = defineDomain({
  intents: hotelIntents,
  wishes: ['book', 'cancel', 'change', 'lateCheckout', 'earlyArrival', 'find', 'review'],
  cues: { es: spanishCues, en: englishCues },
  classes: { es: spanishClasses, en: englishClasses },
  kinds: { roomType: { list: 'types' }, hotel: { list: 'hotels' } },
  grave: ['confirm', 'cancel', 'change'],
  ignore: {
    es: ['no me? importa|interesa|preocupa .. precio|dia|piso', 'cambio de idea|planes|opinion / cambie de idea'],
    en: ['dont|doesnt care|matter .. price|floor'],
  },
  weigh: weighStay,
  ...(weights.weights === '' ? {} : { weights }),
});
