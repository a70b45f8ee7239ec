/** What this dialogue decides at each stage of a turn. */
import {
  acknowledge as acknowledgeTold,
  beginsWithYes,
  courtesyWords,
  escalated,
  forgetMoment,
  impossibleMoment,
  isBesidesThePoint,
  smallTalk,
} from '../../../src/dialogue.ts';
import type { FlowTurn } from '../../../src/index.ts';
import { cancel, cancelled, find, moved, reschedule } from './appointments.ts';
import { book, booked, serviceInOtherWords } from './book.ts';
import { changeMade, type Dialogue } from './dialogue.ts';
import { askAmong, slotOptions } from './slot-choice.ts';
import { endTask } from './state.ts';
import { abandons, loosen } from './task.ts';
import { askFor, type Ending, offerPerson, paragraph, type Turn, tell } from './turn.ts';

/** Appointments that there are can be seen and cancelled; all else begins with a service. */
export function notSetUp(turn: Turn): Ending | undefined {
  const about = ['find', 'reschedule', 'cancel'].includes(turn.heard.intent);
  return turn.vocabulary.services.length === 0 && !about ? offerPerson(turn, turn.say.notSetUp()) : undefined;
}

/** Words that ask for what the tools know. */
const catalogue =
  /\b(precios?|cuanto (sale|cuesta|esta|salen|cuestan|cobran)|how much|prices?|horarios?|a que hora|(abren|abris|cierran|atienden) (los |el |hoy|manana)|opening hours|(are you|do you) open|what time|promo\w*|descuentos?|ofertas?|discounts?|offers|deals|turnos?( libres?)?|citas?|disponib\w*|appointments?|reserv\w*|book\w*)\b/;
const rules = /\b(sin cargo|sin avisar|seña|deposito|devuel\w*|cobran|multa|silencios\w*|free of charge|refund\w*|deposit|fee)\b/;
const asked: ReadonlySet<string> = new Set([
  'services',
  'prices',
  'hours',
  'promotions',
  'other',
  'book',
  'availability',
  'confirm',
  'deny',
  'smalltalk',
]);

/** Words of those who want a person, and no answer. */
const person =
  /\b(hablar|hablo con|hable|comunic\w*|contact\w*|pas(a|e)(me|nme|rme)|persona\w*|human\w*|agentes?|asesor\w*|operador\w*|encargad\w*|gerente|(talk|speak) (to|with)|people|person|agent|manager|representative|somebody|someone)\b/;

/** A question that no tool is plainly asked by: what it sounds like is a guess. */
export function guesses({ heard, topics, folded, text, awaited, state }: Turn): boolean {
  const { slots, intent, unknownService } = heard;
  // "¿Alguien habla inglés?", "¿dónde se deja una queja?": what sounds like a wish for a person may be a question.
  if (intent === 'handoff') return topics.question && !person.test(folded);
  if (slots.date !== undefined || slots.time !== undefined || state.held !== undefined) return false;
  if (intent === 'prices' && slots.service !== undefined) return false;
  if (topics.whatIf || (rules.test(folded) && topics.question)) return true;
  if (
    !(asked.has(intent) || (intent === 'cancel' && !/\b(cancel|anul|turno|cita|reserva|appointment|booking)/.test(folded))) ||
    topics.identity ||
    topics.address ||
    topics.services ||
    topics.staff ||
    topics.dear ||
    topics.cheapest ||
    topics.anyPrice
  )
    return false;
  const isQuestion =
    topics.question ||
    (awaited === undefined && unknownService === undefined && text.trim().split(/\s+/).length > 3 && slots.service === undefined);
  if (!isQuestion) return false;
  return topics.payment || topics.house || !catalogue.test(folded);
}

export function abandoned(turn: Turn): Ending | undefined {
  if (!abandons(turn)) return undefined;
  const unbooked = turn.state.task === 'book';
  endTask(turn.state);
  return tell(unbooked ? turn.say.dropped() : turn.say.kept());
}

/** "Cancelar" in answer to "¿Cancelo tu turno?"; "sí, el martes a las 10" says again what is to be confirmed. */
export function insists({ heard, state, text }: Turn): boolean {
  return (state.task === 'cancel' && heard.intent === 'cancel') || (heard.intent === 'book' && beginsWithYes(text));
}

export function impossible(turn: Turn): Ending | undefined {
  if (isBesidesThePoint(turn)) return undefined;
  return impossibleMoment(turn, ({ state, now }) => {
    // The next free slots answer better than a question.
    if (state.wish.service !== undefined || state.task === 'reschedule') state.wish.dateRange = { from: now.date };
  });
}

export function acknowledge(turn: Turn): void {
  acknowledgeTold(turn, ['service', 'date', 'time']);
}

/** What a turn says whose change is already made, by this planner or by one that failed after it. */
export function describeChange(turn: Turn, { calls }: Pick<FlowTurn, 'calls'>): Ending | undefined {
  const change = changeMade(calls);
  if (change === undefined) return undefined;
  const { output } = change;
  turn.state.misunderstandings = 0;
  if (output.kind === 'booked') return booked(turn, output);
  if (output.kind === 'moved') return moved(turn, output);
  if (output.kind === 'cancelled') return cancelled(turn, output.appointment);
  return escalated(turn);
}

export function isUnderstood(turn: Turn): boolean {
  const { heard, state, topics, awaited } = turn;
  const finding = state.task !== undefined && state.task !== 'book';
  if (finding && topics.noIdea && (awaited === 'name' || awaited === 'contact')) return true;
  if (turn.changed || turn.confirmed || turn.asides.length > 0) return true;
  if (heard.invalid.date !== undefined || heard.invalid.time !== undefined) return true;
  if (
    topics.noEmail ||
    topics.keepsPrivate ||
    topics.later ||
    topics.noneOfThese ||
    (topics.recap && state.held !== undefined) ||
    topics.sameTime ||
    topics.sameDay ||
    topics.whatIsFree ||
    topics.soonest ||
    heard.unknownService !== undefined ||
    serviceInOtherWords(turn) !== undefined
  )
    return true;
  if (Object.keys(heard.ambiguous).length > 0 || Object.keys(heard.anyOf).length > 0) return true;
  if (['prices', 'services', 'hours', 'promotions'].includes(heard.intent)) return false;
  if (heard.confidence < 0.5) return false;
  if (heard.intent === 'smalltalk' && awaited !== undefined && turn.text.trim().split(/\s+/).length > courtesyWords) return false;
  // What is settled, said again, is no more than a yes to it.
  if (state.held !== undefined && Object.keys(heard.slots).length > 0) return true;
  // Sounds like the booking that is going on, and tells nothing of what was asked.
  const asked = awaited === 'service' || awaited === 'date' || awaited === 'name' || awaited === 'contact';
  if (asked && state.task === 'book' && heard.intent === 'book' && !topics.keepsPrivate) return false;
  // A yes or no only answers a question that can be answered so.
  if (heard.intent === 'confirm')
    return state.task === undefined || awaited === 'time' || awaited === 'staff' || awaited === undefined;
  if (heard.intent === 'deny') return state.task === undefined || awaited === 'confirmation' || awaited === 'time';
  return heard.intent !== 'other';
}

/** Goes on with the task at hand; without one, answers the kind of message it is. */
export function* goOn(turn: Turn, answered: boolean): Dialogue<Ending> {
  const { state, awaited, heard, topics, say } = turn;
  if (state.task === 'book' || state.task === 'reschedule') {
    const refuses = !turn.changed && (heard.intent === 'deny' || topics.noneOfThese);
    if (refuses && awaited === 'confirmation' && !loosen(turn)) return askChange(turn);
    if (refuses && awaited === 'time' && state.proposed !== undefined && !topics.noneOfThese) {
      state.proposed = undefined;
      return askFor(turn, 'time', say.whichOne(state.offered, turn.now.date), slotOptions(turn));
    }
    if (refuses && awaited === 'time' && !loosen(turn)) return askOtherDay(turn);
    if (!turn.changed && awaited === 'time' && heard.intent === 'confirm' && state.offered.length > 0) {
      return askAmong(turn, '', true);
    }
    if (!turn.changed && !turn.confirmed && !answered && awaited !== undefined && topics.thanks) {
      const question = awaited === 'confirmation' ? say.confirmAgain() : inOtherWords(turn, awaited);
      return askFor(turn, awaited, paragraph(say.thanks(), question));
    }
  }
  if (state.task === 'book') return yield* book(turn);
  if (state.task === 'reschedule') return yield* reschedule(turn);
  if (state.task === 'cancel') return yield* cancel(turn);
  if (state.task === 'find') return yield* find(turn);
  return answered ? afterAnswer(turn) : smallTalk(turn, starters(turn), seeYou);
}

function askChange(turn: Turn): Ending {
  const { anotherDay, anotherTime, leaveIt } = turn.say.short;
  return askFor(turn, 'choice', turn.say.whatToChange(), [anotherDay, anotherTime, leaveIt]);
}

function askOtherDay(turn: Turn): Ending {
  forgetMoment(turn.state.wish);
  turn.state.offered = [];
  return askFor(turn, 'date', turn.say.askOtherDay());
}

/** After an answer a booking is suggested, once: who goes on asking is not pressed. */
function afterAnswer(turn: Turn): Ending {
  const { state, say, topics, heard } = turn;
  if (turn.own.quoted === true) return tell('');
  if (topics.payment || topics.whatIf || topics.house) return offerPerson(turn, '');
  if (topics.identity) {
    state.personOffered = true;
    return tell('');
  }
  state.suggested = true;
  // Who has just booked asks about that, and who was told what is on offer instead was asked already.
  const suggested = turn.own.suggestedBefore || state.latest !== undefined || heard.unknownService !== undefined;
  return suggested ? tell('') : tell(say.offerToBook(), [say.short.book]);
}

/** Quick answers where nothing was asked. */
const starters = ({ say: { short } }: Turn): string[] => [short.book, short.prices, short.hours];

/** Goodbye to somebody who has an appointment. */
const seeYou = ({ state, say, now }: Turn): string | undefined =>
  state.latest === undefined ? undefined : say.seeYou(state.latest, now.date);

/** Quick answers beside a question that is asked again. */
export function optionsFor(turn: Turn, awaiting: string | undefined): string[] {
  return awaiting === undefined ? starters(turn) : awaiting === 'time' ? slotOptions(turn) : [];
}

/** The question in other words: whose name and contact it is about depends on the task. */
export function inOtherWords({ state: { task, wish }, say }: Turn, awaiting: string): string {
  const finding = task !== undefined && task !== 'book';
  if (finding && awaiting === 'name') return say.askNameToFind();
  if (finding && awaiting === 'contact') return say.askContactToFind();
  if (awaiting === 'service' && wish.choices.length > 0) return say.askWhichService(wish.choices);
  return say.askAgain(awaiting);
}
