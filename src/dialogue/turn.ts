/** One message on its way to a reply: what was heard, what is remembered, and how to answer. */
import type { ReferenceTime, TimeMention, Understanding, Vocabulary } from '../language/contract.ts';
import type { Contact, Outcome, Reply } from '../vocabulary.ts';
import type { Phrases } from './phrases/contract.ts';
import type { BaseState } from './state.ts';
import type { Topics } from './topics.ts';

/** What a dialogue's turns are made of; each dialogue may have more than every dialogue has. */
export interface Shape {
  heard: Understanding;
  state: BaseState;
  say: Phrases;
  topics: Topics;
  vocabulary: object;
  /** What the dialogue keeps for the length of one turn. */
  own: object;
}

export interface PlainShape extends Shape {
  vocabulary: Vocabulary;
}

export interface Turn<S extends Shape = Shape> {
  /** The part of the message that is read. */
  readonly text: string;
  /** The same in lower case without accents, folded once. */
  readonly folded: string;
  /** The dates and times that it names, found at the first question for them. */
  mentions(): readonly TimeMention[];
  /** The wall clock of the workspace. */
  readonly now: ReferenceTime;
  readonly instant: Date;
  readonly timeZone: string;
  readonly vocabulary: S['vocabulary'];
  readonly contact: Contact | undefined;
  heard: S['heard'];
  readonly topics: S['topics'];
  /** A draft of what will be remembered: a copy of its own for each replay of the turn. */
  readonly state: S['state'];
  /** What the last reply waited for; `state.awaiting` is cleared when the turn begins. */
  readonly awaited: S['state']['awaiting'];
  /** The customer said yes to what the last reply asked to confirm, and changed nothing. */
  confirmed: boolean;
  /** The message told something that the conversation was waiting for, or changed what was said before. */
  changed: boolean;
  /** The documents of the house were asked, and did not answer. */
  lookedUp: boolean;
  /** The last reply suggested to pass to a person. */
  readonly personOffered: boolean;
  /** What is said before the reply proper: answers to side questions, in order. */
  readonly asides: string[];
  /** Pictures and places that go with the reply. */
  readonly parts: NonNullable<Reply['parts']>;
  say: S['say'];
  readonly own: S['own'];
}

/** How a turn ends, before the answers to side questions are put in front. */
export interface Ending {
  text: string;
  outcome: Extract<Outcome, 'replied' | 'awaiting_input' | 'denied' | 'escalated'>;
  awaiting?: string;
  options?: string[];
  /** `false`: the message was not understood. */
  understood?: boolean;
}

/** True where the message carries the intent, alone or beside others. */
export function wants<T extends Turn>(turn: T, ...intents: readonly T['heard']['intent'][]): boolean {
  return intents.some((intent) => turn.heard.intent === intent || turn.heard.alsoIntents.includes(intent));
}

/** Asks for one thing and waits for it. */
export function askFor<T extends Turn>(
  turn: T,
  awaiting: NonNullable<T['state']['awaiting']>,
  text: string,
  options: readonly string[] = [],
): Ending {
  turn.state.awaiting = awaiting;
  return { text, outcome: 'awaiting_input', awaiting, ...(options.length === 0 ? {} : { options: [...options] }) };
}

/** Says something and waits for nothing. */
export function tell(text: string, options: readonly string[] = []): Ending {
  return { text, outcome: 'replied', ...(options.length === 0 ? {} : { options: [...options] }) };
}

/** Yes or no. */
export function askToConfirm(turn: Turn, text: string): Ending {
  return askFor(turn, 'confirmation', text, [turn.say.short.yes, turn.say.short.no]);
}

/** Suggests a person at the end of a reply that waits for nothing else: a yes takes it up. */
export function offerPerson({ state, say }: Turn, text: string): Ending {
  state.personOffered = true;
  return tell(paragraph(text, say.offerPerson()), [say.short.person]);
}

/** Sentences one after the other. */
export function paragraph(...sentences: readonly (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined && sentence !== '').join(' ');
}

/** A list keeps its lines; sentences follow each other. */
export function joinParts(asides: readonly string[], text: string): string {
  return [...asides, text]
    .filter((part) => part !== '')
    .reduce((left, right) => `${left}${left.includes('\n') ? '\n' : ' '}${right}`, '')
    .trim();
}

/** How many names one sentence holds; the whole list is there for the asking. */
const namedAtMost = 6;

/** A few of many names, with whether there are more. */
export function few(names: readonly string[]): [names: readonly string[], more: boolean] {
  return [names.slice(0, namedAtMost), names.length > namedAtMost];
}
