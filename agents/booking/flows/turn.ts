/** One message on its way to a reply: what was heard, what is remembered, and how to answer. */
import type {
  Awaiting,
  Contact,
  FlowMove,
  Intent,
  ReferenceTime,
  TimeMention,
  Understanding,
  Vocabulary,
} from '../../../src/index.ts';
import type { Sentences } from './sentences/contract.ts';
import type { ConversationState } from './state.ts';
import type { Topics } from './topics.ts';

type FlowReply = Extract<FlowMove, { kind: 'reply' }>;

export interface Turn {
  /** The part of the message that is read. */
  text: string;
  /** The same in lower case without accents, folded once. */
  folded: string;
  /** The dates and times that it names, found at the first question for them. */
  mentions(): readonly TimeMention[];
  /** The wall clock of the workspace. */
  now: ReferenceTime;
  instant: Date;
  timeZone: string;
  vocabulary: Vocabulary;
  contact: Contact | undefined;
  heard: Understanding;
  topics: Topics;
  /** A draft of what will be remembered: a copy of its own for each run of the dialogue. */
  state: ConversationState;
  /** What the last reply waited for; `state.awaiting` is cleared when the turn begins. */
  awaited: Awaiting | undefined;
  /** The customer said yes to what the last reply asked to confirm, and changed nothing. */
  confirmed: boolean;
  /** The message told something that the conversation was waiting for, or changed what was said before. */
  changed: boolean;
  /** The last reply suggested to pass to a person. */
  personOffered: boolean;
  /** A slot was put on hold in this turn. */
  heldNow: boolean;
  /** What is said before the reply proper: answers to side questions, in order. */
  asides: string[];
  say: Sentences;
}

/** How a turn ends, before the answers to side questions are put in front. */
export type Ending = Pick<FlowReply, 'outcome' | 'awaiting' | 'understood'> & {
  text: string;
  options?: string[];
};

/** True where the message carries the intent, alone or beside others. */
export function wants(turn: Turn, ...intents: readonly Intent[]): boolean {
  return intents.some((intent) => turn.heard.intent === intent || turn.heard.alsoIntents.includes(intent));
}

/** Asks for one thing and waits for it. */
export function askFor(turn: Turn, awaiting: Awaiting, text: string, options: readonly string[] = []): Ending {
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

/** How many services one sentence names; the whole list with prices is there for the asking. */
const servicesNamed = 6;

/** A few of many names, with whether there are more. */
export function few(names: readonly string[]): [names: readonly string[], more: boolean] {
  return [names.slice(0, servicesNamed), names.length > servicesNamed];
}
