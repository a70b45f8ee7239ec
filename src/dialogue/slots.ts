/** What tasks need to know, and how each is asked for and read. */
import type { Language } from '../language/contract.ts';
import type { JsonValue } from '../vocabulary.ts';
import { pickIndex } from './pick.ts';
import type { SlotState } from './state.ts';
import { few, type PlainShape, type Turn } from './turn.ts';

export interface SlotShape extends PlainShape {
  state: SlotState;
}

/** A turn of a dialogue that is made of slots and tasks. */
export type SlotTurn = Turn<SlotShape>;

/** A sentence in each language: fixed, or made of the turn and what else it tells of. */
export type Spoken<Arguments extends readonly unknown[] = [turn: SlotTurn]> = Readonly<
  Record<Language, string | ((...told: Arguments) => string)>
>;

export function speak<Arguments extends readonly unknown[]>(spoken: Spoken<Arguments>, turn: SlotTurn, ...told: Arguments): string {
  const sentence = spoken[turn.say.language];
  return typeof sentence === 'string' ? sentence : sentence(...told);
}

/** One thing that a task needs to know. */
export interface Slot<Value extends JsonValue = JsonValue> {
  /**
   * How a bare answer to its question is read: `date`, `time`, `name`, `contact`, `choice`, a kind of the domain, or any word of its own.
   * Of several slots that await the same, an answer fills the one that was asked for, else the first that is open.
   */
  awaits: string;
  /** The value that a message gives; `undefined` where it gives none. */
  read(turn: SlotTurn, asked: boolean): Value | undefined;
  /** Readings to ask about, where the message leaves more than one. */
  readings?(turn: SlotTurn): readonly string[] | undefined;
  /** The value where no message gave it: what the channel knows of the person. */
  known?(turn: SlotTurn): Value | undefined;
  ask(turn: SlotTurn): { text: string; options?: readonly string[] };
  /** The question in other words, with an example. */
  again?(turn: SlotTurn): string;
  /** What is said to somebody who would rather not tell. */
  insist?(turn: SlotTurn): string | undefined;
  /** Words by which people say that it should change: "el día". The text is folded. */
  named?: RegExp;
}

/** How a slot is asked for. */
export interface Question {
  ask?: Spoken;
  again?: Spoken;
  named?: RegExp;
}

const spokenSlot = (
  { ask, again, named }: Question,
  otherwise: (turn: SlotTurn) => string,
): Pick<Slot, 'ask' | 'again' | 'named'> => ({
  ask: (turn) => ({ text: ask === undefined ? otherwise(turn) : speak(ask, turn, turn) }),
  ...(again === undefined ? {} : { again: (turn: SlotTurn) => speak(again, turn, turn) }),
  ...(named === undefined ? {} : { named }),
});

const heardThing = (turn: SlotTurn, kind: string): string | undefined =>
  (turn.heard.slots as Record<string, string | undefined>)[kind];

/** A thing of the vocabulary: its name, as there. */
export function thing(kind: string, list: string, question: Question & { ask: Spoken }): Slot<string> {
  const names = (turn: SlotTurn): readonly string[] => (turn.vocabulary[list] ?? []).map(({ name }) => name);
  return {
    awaits: kind,
    ...spokenSlot(question, () => ''),
    read: (turn) => ((turn.heard.ambiguous as Record<string, string[]>)[kind] === undefined ? heardThing(turn, kind) : undefined),
    readings: (turn) => (turn.heard.ambiguous as Record<string, string[]>)[kind],
    ask: (turn) => ({ text: speak(question.ask, turn, turn), options: few(names(turn))[0] }),
  };
}

/** A day, `YYYY-MM-DD`. */
export function date(question: Question & { ask: Spoken }): Slot<string> {
  return {
    awaits: 'date',
    named: /\b(dia|fecha|day|date)\b/,
    ...spokenSlot(question, () => ''),
    read: ({ heard }) => heard.slots.date,
  };
}

/** A time of the day, `HH:MM`. Where a text leaves two readings ("a las 5") the likelier one is taken. */
export function time(question: Question & { ask: Spoken }): Slot<string> {
  return {
    awaits: 'time',
    named: /\b(hora|horario|time|hour)\b/,
    ...spokenSlot(question, () => ''),
    read: ({ heard }) => heard.slots.time,
  };
}

/** A number of people. */
export function people(question: Question & { ask: Spoken }): Slot<number> {
  return {
    awaits: 'people',
    ...spokenSlot(question, () => ''),
    read: ({ heard, folded }, asked) => heard.slots.people ?? (asked ? bareNumber(folded) : undefined),
  };
}

const bareNumber = (folded: string): number | undefined => {
  const found = /^\D{0,12}(\d{1,3})\D{0,12}$/.exec(folded)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** The name of the person who writes. */
export function personName(question: Question = {}): Slot<string> {
  return {
    awaits: 'name',
    named: /\b(nombre|name)\b/,
    ...spokenSlot(question, ({ say }) => say.askName()),
    read: ({ heard }) => heard.slots.name,
    known: ({ state, contact }) => state.customer.name ?? contact?.name,
    insist: ({ topics, say }) => (topics.keepsPrivate ? say.nameNeeded() : undefined),
  };
}

/** A phone number or an e-mail address of the person who writes, whichever they give. */
export function contact(question: Question = {}): Slot<string> {
  return {
    awaits: 'contact',
    named: /\b(telefono|mail|contacto|phone|contact)\b/,
    ...spokenSlot(question, ({ say }) => say.askContact()),
    read: ({ heard }) => heard.slots.phone ?? heard.slots.email,
    known: (turn) => turn.state.customer.phone ?? turn.state.customer.email ?? turn.contact?.phone ?? turn.contact?.email,
    insist: ({ topics, heard, say }) =>
      topics.noEmail ? say.phoneWillDo() : topics.keepsPrivate || heard.intent === 'deny' ? say.contactNeeded() : undefined,
  };
}

/** One of a few answers, in either language, by their words, or by "el primero", "2". */
export function choice(
  options: Readonly<Record<string, { es: string; en: string; matches: RegExp }>>,
  question: Question & { ask: Spoken },
): Slot<string> {
  const values = Object.keys(options);
  return {
    awaits: 'options',
    ...spokenSlot(question, () => ''),
    read: ({ folded }, asked) => {
      const said = values.filter((value) => options[value]?.matches.test(folded) === true);
      if (said.length === 1) return said[0];
      const index = asked ? pickIndex(folded, values.length, { numbered: true }) : undefined;
      return index === undefined ? undefined : values[index];
    },
    ask: (turn) => ({
      text: speak(question.ask, turn, turn),
      options: values.map((value) => options[value]?.[turn.say.language] ?? value),
    }),
  };
}

/** Whatever is answered to its question, up to a length; what matches `pattern` is taken unasked as well. */
export function text(question: Question & { ask: Spoken; longest: number; pattern?: RegExp }): Slot<string> {
  const { longest, pattern } = question;
  return {
    awaits: 'text',
    ...spokenSlot(question, () => ''),
    read: (turn, asked) => {
      const found = pattern?.exec(turn.text)?.[0];
      if (found !== undefined || pattern !== undefined || !asked) return found;
      const whole = turn.text.trim();
      return whole === '' || whole.length > longest || turn.heard.intent === 'handoff' ? undefined : whole;
    },
  };
}
