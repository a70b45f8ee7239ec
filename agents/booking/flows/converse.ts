/** One turn from the message to the reply. */

import type { Awaiting, Intent } from '../../../src/index.ts';
import { absorb } from './absorb.ts';
import { answerQuestions } from './answers.ts';
import { cancel, cancelled, find, moved, reschedule } from './appointments.ts';
import { book, booked, serviceInOtherWords } from './book.ts';
import type { Change, Dialogue } from './dialogue.ts';
import { escalate, escalated } from './escalate.ts';
import { impossibleMoment } from './impossible.ts';
import type { Sentences } from './sentences/contract.ts';
import { askAmong, slotOptions } from './slot-choice.ts';
import { type ConversationState, endTask } from './state.ts';
import { abandons, loosen, settleTask } from './task.ts';
import { askFor, type Ending, offerPerson, paragraph, type Turn, tell, wants } from './turn.ts';

/** Longer messages that are no more than a courtesy are something that was not understood. */
const courtesyWords = 5;

/** Intents about appointments that a customer has. */
const aboutAppointments: readonly Intent[] = ['find', 'reschedule', 'cancel'];

/** Longer messages say more than yes. */
const yesWords = 10;

export function* converse(turn: Turn): Dialogue<Ending> {
  if (turn.heard.intent === 'handoff' && !turn.topics.identity) return yield* escalate(turn, 'the customer asks for a person');
  if (turn.personOffered && turn.heard.intent === 'confirm' && turn.awaited === undefined) {
    return yield* escalate(turn, 'the customer accepts to be passed to a person');
  }
  // Appointments that there are can be seen and cancelled; all else begins with a service.
  if (turn.vocabulary.services.length === 0 && !aboutAppointments.includes(turn.heard.intent))
    return offerPerson(turn, turn.say.notSetUp());
  if (abandons(turn)) {
    const unbooked = turn.state.task === 'book';
    endTask(turn.state);
    turn.state.misunderstandings = 0;
    return tell(unbooked ? turn.say.dropped() : turn.say.kept());
  }
  const suggestedBefore = turn.state.suggested;
  const taskBefore = turn.state.task;
  settleTask(turn);
  const taskChanged = turn.state.task !== taskBefore;
  absorb(turn);
  settleYes(turn);
  const impossible = impossibleMoment(turn);
  if (turn.awaited === 'choice' && !turn.changed && loosen(turn)) turn.changed = true;
  const answers = turn.confirmed || turn.awaited === 'choice' ? [] : yield* answerQuestions(turn);
  turn.asides.unshift(...answers);
  acknowledge(turn);
  if (wants(turn, 'greeting') && turn.heard.intent !== 'greeting') turn.asides.unshift(turn.say.hello());
  if (!taskChanged && !isUnderstood(turn)) return yield* misunderstood(turn);
  if (turn.changed || turn.confirmed || answers.length > 0) turn.state.misunderstandings = 0;
  const ending = impossible ?? (yield* goOn(turn, answers.length > 0, suggestedBefore));
  return unlikeTheLast(turn, ending);
}

/** Nobody is told the same twice running: the second time the question is put in other words. */
function unlikeTheLast({ state, say, asides, topics, heard }: Turn, ending: Ending): Ending {
  const full = joinParts(asides, ending.text);
  const again = ending.awaiting === undefined ? say.allIKnow() : inOtherWords(ending.awaiting, state, say);
  const courtesy = ending.awaiting === undefined && (topics.thanks || topics.bye || heard.intent === 'greeting');
  // Who asks to hear it again hears it again.
  const repeats = courtesy || topics.recap;
  const text = full === state.lastText && ending.outcome !== 'escalated' && !repeats ? joinParts(asides, again) : full;
  if (text !== full && ending.awaiting === undefined) state.personOffered = true;
  return { ...ending, text };
}

/** What a turn says whose change is already made, by this planner or by one that failed after it. */
export function describeChange(turn: Turn, change: Change): Ending {
  const { output } = change;
  turn.state.misunderstandings = 0;
  if (output.kind === 'booked') return booked(turn, output);
  if (output.kind === 'moved') return moved(turn, output);
  if (output.kind === 'cancelled') return cancelled(turn, output.appointment);
  return escalated(turn);
}

/** A word for what was told besides what was asked, so that nobody wonders whether it was heard. */
function acknowledge({ heard, awaited, asides, topics, say, state, contact }: Turn): void {
  const { name, phone, email } = heard.slots;
  const toldName = name !== undefined && awaited !== 'name';
  const toldContact = (phone !== undefined || email !== undefined) && awaited !== 'contact';
  const asked = awaited === 'service' || awaited === 'date' || awaited === 'time' || (awaited === 'contact' && toldName);
  if (asked && (toldName || toldContact)) asides.push(say.noted(toldName ? name.split(' ')[0] : undefined));
  const contactKnown = [state.customer.phone, state.customer.email, contact?.phone, contact?.email].some(
    (value) => value !== undefined,
  );
  // Where the contact is asked for next, that question says it.
  if (topics.noEmail && !contactKnown && awaited !== 'contact' && awaited !== 'name') asides.push(say.emailNotNeeded());
}

/** A list keeps its lines; sentences follow each other. */
function joinParts(asides: readonly string[], text: string): string {
  return [...asides, text]
    .filter((part) => part !== '')
    .reduce((left, right) => `${left}${left.includes('\n') ? '\n' : ' '}${right}`, '')
    .trim();
}

/** A yes counts for what was asked, and only where the same message changes and asks nothing. */
function settleYes(turn: Turn): void {
  const { heard, awaited, state, topics } = turn;
  if (awaited !== 'confirmation' || turn.changed || topics.noneOfThese) return;
  const says = heard.intent === 'confirm' && isPlainYes(turn.text);
  const insists = state.task === 'cancel' && heard.intent === 'cancel';
  // "Sí, el martes a las 10" says again what is to be confirmed.
  const repeats =
    heard.intent === 'book' && /^\W*(s[ií]|dale|ok|okay|perfecto|listo|confirmo|yes|yep|sure|confirm)\b/i.test(turn.text);
  turn.confirmed = (says || insists || repeats) && !wants(turn, 'deny', 'prices', 'hours', 'promotions', 'services');
}

/** In a long message a "si" is an "if" more often than a yes: there it counts at the beginning only, and as a word of its own. */
function isPlainYes(text: string): boolean {
  const short = text.trim().split(/\s+/).length <= yesWords;
  return (
    short || /^\W*(sí|si[,.!]|dale|ok|okay|listo|perfecto|genial|bueno|confirm\w*|yes|yeah|yep|sure|great)(?!\p{L})/iu.test(text)
  );
}

function isUnderstood(turn: Turn): boolean {
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
function* goOn(turn: Turn, answered: boolean, suggestedBefore: boolean): Dialogue<Ending> {
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
      const question = awaited === 'confirmation' ? say.confirmAgain() : inOtherWords(awaited, state, say);
      return askFor(turn, awaited, paragraph(say.thanks(), question));
    }
  }
  if (state.task === 'book') return yield* book(turn);
  if (state.task === 'reschedule') return yield* reschedule(turn);
  if (state.task === 'cancel') return yield* cancel(turn);
  if (state.task === 'find') return yield* find(turn);
  return answered ? afterAnswer(turn, suggestedBefore) : smallTalk(turn);
}

function askChange(turn: Turn): Ending {
  const { anotherDay, anotherTime, leaveIt } = turn.say.short;
  return askFor(turn, 'choice', turn.say.whatToChange(), [anotherDay, anotherTime, leaveIt]);
}

function askOtherDay(turn: Turn): Ending {
  const { wish } = turn.state;
  wish.date = undefined;
  wish.dates = [];
  wish.dateRange = undefined;
  wish.time = undefined;
  wish.timeReadings = [];
  turn.state.offered = [];
  return askFor(turn, 'date', turn.say.askOtherDay());
}

/** After an answer a booking is suggested, once: who goes on asking is not pressed. */
function afterAnswer(turn: Turn, suggestedBefore: boolean): Ending {
  const { state, say, topics, heard } = turn;
  if (topics.payment || topics.whatIf || topics.house) return offerPerson(turn, '');
  if (topics.identity) {
    state.personOffered = true;
    return tell('');
  }
  state.suggested = true;
  // Who has just booked asks about that, and who was told what is on offer instead was asked already.
  const suggested = suggestedBefore || state.latest !== undefined || heard.unknownService !== undefined;
  return suggested ? tell('') : tell(say.offerToBook(), [say.short.book]);
}

function smallTalk({ heard, topics, say, state, now, awaited }: Turn): Ending {
  const { book: bookOne, prices, hours } = say.short;
  if (heard.intent === 'greeting') return tell(say.greeting(), [bookOne, prices, hours]);
  if (topics.bye) return tell(say.goodbye());
  if (topics.thanks) {
    const again = state.thanked;
    state.thanked = true;
    if (again) return tell(say.thanksAgain());
    return tell(paragraph(say.thanks(), state.latest === undefined ? say.anythingElse() : say.seeYou(state.latest, now.date)));
  }
  if (heard.intent === 'confirm' && state.latest !== undefined && awaited === undefined) return tell(say.allSet());
  if (heard.intent === 'deny') return tell(say.goodbye());
  if (heard.intent === 'confirm') return tell(say.lostThread(), [bookOne, prices, hours]);
  return tell(paragraph(say.smalltalk(), say.whatICanDo()), [bookOne, prices, hours]);
}

/** The first time it asks again in other words, with examples; the second time a person helps. */
function* misunderstood(turn: Turn): Dialogue<Ending> {
  const { state, say, awaited, topics } = turn;
  state.misunderstandings += 1;
  if (state.misunderstandings > 1) return { ...(yield* escalate(turn, 'not understood twice in a row')), understood: false };
  const lead = topics.question ? say.cannotAnswer() : say.notUnderstood();
  const { book: bookOne, prices, hours, person } = say.short;
  if (awaited === undefined)
    return {
      ...tell(paragraph(lead, topics.question ? say.whatICanDo() : say.lostThread()), [bookOne, prices, hours, person]),
      understood: false,
    };
  const options = awaited === 'time' ? slotOptions(turn) : [];
  return { ...askFor(turn, awaited, paragraph(lead, inOtherWords(awaited, state, say)), options), understood: false };
}

/** The question in other words: whose name and contact it is about depends on the task. */
function inOtherWords(awaiting: Awaiting, { task, wish }: ConversationState, say: Sentences): string {
  const finding = task !== undefined && task !== 'book';
  if (finding && awaiting === 'name') return say.askNameToFind();
  if (finding && awaiting === 'contact') return say.askContactToFind();
  if (awaiting === 'service' && wish.choices.length > 0) return say.askWhichService(wish.choices);
  return say.askAgain(awaiting);
}
