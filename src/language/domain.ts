import type { BaseIntent, BaseSlots, Language, Vocabulary } from './contract.ts';
import type { CueTable } from './cue-table.ts';
import type { StoredWeights } from './likelihood.ts';
import type { Scores } from './score.ts';
import type { Word } from './words.ts';

/** A kind of thing that a message can name: a service, a person who works there, a book. Its name is the name of its slot. */
export interface Kind {
  /** The list of the vocabulary that holds the things. */
  list: string;
  /** Its things are people: a first name is enough, and a customer of the same name is not one of them. */
  people?: boolean;
  /** Patterns that say that any of them will do: "con quien .. sea". */
  any?: readonly string[];
}

/** The intents of a message, strongest first, and how sure that is. */
export interface Decision<I extends string = string> {
  intent: I;
  confidence: number;
  alsoIntents: I[];
}

/** What was found beside the words of the cues. */
export interface Findings {
  /** Base slots, and each thing by its kind. */
  slots: BaseSlots & Readonly<Record<string, unknown>>;
  /** A thing was asked for that the vocabulary does not have. */
  unknown: boolean;
  awaiting: string | undefined;
  correcting: boolean;
  /** The message picks one of the choices that were offered. */
  choosing: boolean;
  /** An answer without a value: "cualquier día", or a date that cannot be. */
  answered: boolean;
  /** The message takes something back ("sí, pero …"). */
  reserved: boolean;
}

/** How a domain weighs what its cues say against what else was found. */
export interface Judgement<I extends string = string> {
  /** Wants and questions, as opposed to answers and courtesies: a message that has none is not about the trade. */
  tasks: readonly I[];
  /** Wishes and orders, which a "no" turns round. */
  negatable: readonly I[];
  /** Those that a bare "quiero" speaks for. */
  wished?: readonly I[];
  /** Not decided on a guess of the model, which no cue speaks for. */
  grave?: readonly I[];
  /** The customer moves something that exists: of two dates the first is the old one. */
  moving?: readonly I[];
  /** The customer points at something that exists: a refused date ("no puedo el jueves, cancelalo") still says which. */
  pointing?: readonly I[];
  /** Changes the weights of the cues by what else was found. Absent: a yes or no that was waited for weighs more. */
  weigh?(scores: Scores<I>, findings: Findings): Map<I, number>;
  /** Last word on what was decided. */
  settle?(decision: Decision<I>, findings: Findings, scores: Scores<I>): Decision<I>;
}

/** What a trade speaks of: its intents, its cues in each language, its kinds of things. Data and pure functions. */
export interface Domain<I extends string = string, K extends string = string> {
  /** In the order that breaks ties, and of the columns of `weights`. Those of {@link BaseIntent} that it tells apart are among them. */
  intents: readonly (I | BaseIntent)[];
  cues: Readonly<Record<Language, CueTable>>;
  kinds: Readonly<Record<K, Kind>>;
  judgement: Judgement<I | BaseIntent>;
  /** Words of the trade that no cue names, folded: nobody's name either. */
  words?: readonly string[];
  /** A model over words, trained for exactly these intents. */
  weights?: StoredWeights;
  /** Finds a thing that the vocabulary does not have, where one of `asksFor` is wanted. */
  unknown?: {
    kind: K;
    asksFor: readonly I[];
    /** @param isOrdinary of a folded word: people use it for other things than names */
    find(
      words: Word[],
      isFree: (index: number) => boolean,
      awaited: boolean,
      isOrdinary: (word: string) => boolean,
    ): { first: number; next: number } | undefined;
  };
}

/** The list of a kind. */
export function thingsOf(vocabulary: Vocabulary, kind: Kind): Vocabulary[string] {
  return vocabulary[kind.list] ?? [];
}
