/**
 * What the hotel agent does without a model, in Spanish and English: sells stays, looks after those that exist, answers questions about the house.
 *
 * - `language/`: what guests say, and what it means · `flows/sell.ts`, `flows/manage.ts`: the tasks · `flows/house.ts`: questions, and what is for
 *   people · `flows/hear.ts`: what only the conversation tells · `flows/sentences/`: what is said
 */
import {
  absorbStay,
  contact,
  defineDialogue,
  personName,
  type Slot,
  type SlotTurn,
  type Stay,
  stay,
  time,
} from '../../src/dialogue.ts';
import type { Flows } from '../../src/index.ts';
import type { DeskCalled } from './contract.ts';
import { before, refine } from './flows/hear.ts';
import { paid, questions, review, specialRequest, toldOfDesk, toPeople } from './flows/house.ts';
import { knowledge } from './flows/knowledge.ts';
import { cancel, change, earlyArrival, find, lateCheckout } from './flows/manage.ts';
import { pickOffer, sell } from './flows/sell.ts';
import { codeIn, say } from './flows/turn.ts';
import { holidays } from './holidays.ts';
import { hotelDomain } from './language/domain.ts';
import { english, spanish } from './language/phrases.ts';
import { sampleVocabulary } from './seed.ts';
import { loadVocabulary } from './vocabulary.ts';

const staySetup = { types: 'types', holidays };

/** A slot that a task takes, and asks for itself; asked again, it is put so. */
const taken = (awaits: string, again: (turn: SlotTurn) => string, read: Slot['read'] = () => undefined): Slot => ({
  awaits,
  read,
  ask: (turn) => ({ text: again(turn) }),
  again,
});

const wholeAnswer: Slot['read'] = ({ text }, asked) => (asked ? text.slice(0, 500) : undefined);

export const flows: Flows = defineDialogue({
  domain: hotelDomain,
  knowledge,
  vocabulary: { sample: sampleVocabulary, load: loadVocabulary },
  slots: {
    stay: stay(staySetup),
    offer: {
      ...taken(
        'offer',
        (turn) => say(turn).whichOffer((turn.state.slots['offers'] as unknown[] | undefined)?.length ?? 2),
        (turn, asked) => {
          const picked = pickOffer(turn, asked);
          return picked === undefined ? undefined : JSON.parse(JSON.stringify(picked));
        },
      ),
      insist: ({ heard }) => (heard.intent === 'deny' ? '' : undefined),
    },
    name: personName(),
    contact: contact(),
    code: taken(
      'code',
      (turn) => say(turn).askCode(),
      (turn, asked) => codeIn(turn.text, asked),
    ),
    until: { ...time({ ask: { es: '¿A qué hora?', en: 'At what time?' } }), awaits: 'time' },
    changes: taken(
      'changes',
      (turn) => say(turn).nothingChanges(),
      (turn) => {
        const draft = absorbStay(turn, staySetup);
        return Object.keys(draft).length === 0 ? undefined : JSON.parse(JSON.stringify(draft));
      },
    ),
    request: taken('request', (turn) => say(turn).askRequest(), wholeAnswer),
    rating: taken('rating', (turn) => say(turn).askReview(), wholeAnswer),
    whose: taken('whose', (turn) => say(turn).askCode()),
    hotel: taken(
      'hotel',
      (turn) => say(turn).whichHotel((turn.vocabulary['hotels'] ?? []).map(({ name }) => name)),
      (turn) => (turn.heard.slots as Record<string, string | undefined>)['hotel'],
    ),
  },
  tasks: {
    cancel: { needs: [], takes: ['code'], run: cancel },
    change: { needs: [], takes: ['code', 'changes'], keeps: ['availability', 'book', 'roomTypes', 'prices'], run: change },
    lateCheckout: {
      needs: [],
      takes: ['code', 'until'],
      keeps: ['hours', 'policies', 'availability', 'earlyArrival'],
      run: lateCheckout,
    },
    earlyArrival: {
      needs: [],
      takes: ['code', 'until'],
      keeps: ['hours', 'policies', 'availability', 'lateCheckout'],
      run: earlyArrival,
    },
    find: { needs: [], takes: ['code'], run: find },
    complaint: { needs: [], run: toPeople },
    paid: { needs: [], run: paid },
    specialRequest: { needs: [], takes: ['request'], run: specialRequest },
    review: { needs: [], takes: ['rating'], run: review },
    book: {
      intents: ['book', 'availability'],
      needs: ['stay'],
      takes: ['offer', 'hotel'],
      keeps: ['roomTypes', 'prices'],
      run: (turn, values) => sell(turn, values.stay as unknown as Stay),
    },
  },
  questions,
  phrases: { es: spanish, en: english },
  refine,
  before,
  handoff: {
    tool: 'call_front_desk',
    says: (turn, output) => toldOfDesk(turn as Parameters<typeof say>[0], output as unknown as DeskCalled),
  },
});
