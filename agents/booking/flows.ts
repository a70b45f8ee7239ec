/**
 * What the booking agent does without a model: a conversation in Spanish and English that finds, books, moves and cancels
 * appointments and answers what customers ask on the way. The order of a turn is the dialogue layer's; here is what it decides.
 *
 * - `flows/absorb.ts`: what the message says, taken into the state (`flows/state.ts`)
 * - `flows/task.ts`: to which task a message belongs; `flows/converse.ts`: the other stages of a turn
 * - `flows/book.ts`, `flows/appointments.ts`, `flows/answers.ts`: the tasks
 * - `flows/sentences/`: what is said beside the layer's own phrases, in both languages
 */
import {
  composeDialogue,
  createTopicReader,
  type ReservationVocabulary,
  refineReservation,
  reservationExpressions,
  understand,
} from '../../src/dialogue.ts';
import type { Flows } from '../../src/index.ts';
import { loadVocabulary } from './catalogue.ts';
import { absorb } from './flows/absorb.ts';
import { answerQuestions } from './flows/answers.ts';
import * as stages from './flows/converse.ts';
import { escalate } from './flows/escalate.ts';
import { knowledge } from './flows/knowledge.ts';
import { refusals } from './flows/refusal.ts';
import { english } from './flows/sentences/en.ts';
import { spanish } from './flows/sentences/es.ts';
import { memory } from './flows/state.ts';
import { takeOver } from './flows/take-over.ts';
import { loosen, settleTask } from './flows/task.ts';
import type { BookingShape } from './flows/turn.ts';
import { sampleVocabulary } from './seed.ts';

export const flows: Flows<ReservationVocabulary> = composeDialogue<BookingShape>({
  knowledge,
  vocabulary: { sample: sampleVocabulary, load: loadVocabulary },
  understand,
  memory,
  topics: createTopicReader(reservationExpressions),
  phrases: { es: spanish, en: english },
  own: (state, input) => ({ heldNow: takeOver(state, input), suggestedBefore: state.suggested }),
  refine: refineReservation,
  guesses: stages.guesses,
  closed: stages.notSetUp,
  abandoned: stages.abandoned,
  settleTask,
  absorb,
  told: ({ wish, customer, origin, chosen }) => [wish, customer, origin, chosen],
  insists: stages.insists,
  questions: ['prices', 'hours', 'promotions', 'services'],
  impossible: stages.impossible,
  loosen,
  answers: answerQuestions,
  acknowledge: stages.acknowledge,
  understood: stages.isUnderstood,
  goOn: stages.goOn,
  inOtherWords: stages.inOtherWords,
  optionsFor: stages.optionsFor,
  describeChange: stages.describeChange,
  escalate,
  refusals,
});
