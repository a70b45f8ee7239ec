/**
 * What the text of a person means, found without a model. Pure: no I/O, no clock; "now" arrives as a parameter.
 *
 * Two levels. {@link TimeMention} is what the date and time grammar finds in a text. {@link Understanding} is what a whole message
 * means to an agent of one domain: language, intent and slots.
 *
 * Ambiguity stays explicit: where a sentence has two honest readings ("a las 5") both are given, and the caller asks.
 */

/** Languages that Timonel understands without a model. */
export type Language = 'es' | 'en';

/** ISO 8601 calendar date, `YYYY-MM-DD`. */
export type IsoDate = string;

/** Wall-clock time, 24 hours, `HH:MM`. */
export type ClockTime = string;

/** Both ends included. An open end is absent ("desde el lunes"). */
export interface DateRange {
  from?: IsoDate;
  to?: IsoDate;
}

/** `from` included, `to` excluded. An open end is absent ("después de las 6"). `to` may be `24:00`. */
export interface TimeRange {
  from?: ClockTime;
  to?: ClockTime;
}

/** The moment and place that relative expressions are resolved against. */
export interface ReferenceTime {
  /** Local date of the workspace. */
  date: IsoDate;
  /** Local time of the workspace. */
  time: ClockTime;
}

interface Mention {
  /** First character of the mention in the text, UTF-16 offset. */
  start: number;
  /** One past its last character. */
  end: number;
}

/** A date or time found in a text. Mentions do not overlap and come in the order of the text. */
export type TimeMention =
  | (Mention & {
      kind: 'date';
      date: IsoDate;
      /** Other honest readings, when there are any ("el 5" said on the 5th). Never holds `date` itself. */
      alternatives?: IsoDate[];
      /** True where the text named a weekday, e.g. to warn that it does not match the day of the month. */
      weekday?: number;
    })
  | (Mention & { kind: 'date-range'; range: DateRange })
  | (Mention & {
      kind: 'time';
      /** The reading that a person at a counter would take first. */
      time: ClockTime;
      /** The other reading of a bare "a las 5" (05:00 or 17:00); absent where the text settled it ("5 pm", "17 hs", "5 de la tarde"). */
      alternatives?: ClockTime[];
      /** True for "a eso de las 5", "around 5". */
      approximate?: boolean;
    })
  | (Mention & { kind: 'time-range'; range: TimeRange })
  | (Mention & {
      kind: 'duration';
      /** Minutes for durations below a day; days otherwise. */
      minutes?: number;
      days?: number;
    })
  | (Mention & {
      /** Looks like a date or time and is none: 31 June, 25:00, Monday the 3rd where the 3rd is a Tuesday. */
      kind: 'invalid';
      reason: 'no-such-date' | 'no-such-time' | 'weekday-mismatch';
      /** For a mismatch: the date that the numbers say. */
      date?: IsoDate;
    });

/** What people want of every agent, whatever its trade. A domain names those of them that it tells apart. */
export type BaseIntent =
  | 'greeting'
  | 'thanks'
  | 'goodbye'
  | 'confirm'
  | 'deny'
  | 'repeat'
  | 'undo'
  | 'handoff'
  | 'smalltalk'
  | 'other';

/** A thing that the workspace offers or a person who works there, as its customers call it. */
export interface NamedThing {
  id: string;
  name: string;
  /** Other words for it, in any language ("peinado", "blow dry"). */
  aliases?: readonly string[];
}

/**
 * The workspace's own words: lists of things by the name that the domain gives each list. Matching folds case and accents and forgives
 * plurals and small spelling errors.
 */
export type Vocabulary = Readonly<Record<string, readonly NamedThing[]>>;

/** What was said before, as far as it changes the meaning of a message. */
export interface UnderstandingContext<V extends object = Vocabulary> {
  now: ReferenceTime;
  vocabulary: V;
  /**
   * What the agent asked for, so that a bare answer ("a las 5", "Ana") is read as an answer to it: `date`, `time`, `name`, `contact`,
   * `confirmation`, `choice` or a kind of thing of the domain. Anything else is the agent's own and changes no meaning.
   */
  awaiting?: string | undefined;
  /** Language of the conversation so far; used where the text itself does not tell ("ok", "15:30"). */
  language?: Language | undefined;
}

/** What a message says of the things that every domain has. */
export interface BaseSlots {
  date?: IsoDate;
  dateRange?: DateRange;
  time?: ClockTime;
  timeRange?: TimeRange;
  name?: string;
  /** Digits with an optional leading "+", as given otherwise. */
  phone?: string;
  email?: string;
  /** Number of people, where the text names one. */
  people?: number;
}

/**
 * The same with the kinds of things of a domain: each the name as in the vocabulary; several joined with " + " where the vocabulary has no
 * single thing for them.
 */
export type Slots<K extends string = never> = BaseSlots & { [kind in K]?: string };

/** What a whole message means: language, intent and slots. */
export interface Understanding<I extends string = string, K extends string = never> {
  language: Language;
  intent: I;
  /** 0 to 1. Below 0.5 the flow planner asks instead of acting. */
  confidence: number;
  slots: Slots<K>;
  /** The other intents that the message also carries ("cuánto sale y tenés lugar mañana?"), strongest first. */
  alsoIntents: I[];
  /** Readings to ask about, per slot. The first is the value in `slots`. */
  ambiguous: { date?: IsoDate[]; time?: ClockTime[] } & { [kind in K]?: string[] };
  /** What was said and cannot be: a date that does not exist, one that has passed. */
  invalid: {
    date?: { text: string; reason: 'no-such-date' | 'past' | 'weekday-mismatch'; date?: IsoDate };
    time?: { text: string; reason: 'no-such-time' };
  };
  /** A thing asked for that the vocabulary does not have, in the customer's words. */
  unknownThing?: string;
  /** Which of the offered choices the message picks, counted from 1; -1 for the last one. */
  choice?: number;
  /** True when the message corrects something said before ("no, mejor a las 5"). */
  correction: boolean;
  /** True when the customer says that any will do ("cualquier horario", "con quien sea"), per slot. */
  anyOf: { date?: true; time?: true } & { [kind in K]?: true };
}
