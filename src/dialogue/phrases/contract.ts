import type { Language } from '../../language/contract.ts';

/** Quick answers. */
export interface ShortPhrases {
  yes: string;
  no: string;
  leaveIt: string;
  person: string;
}

/** What every dialogue says, in one language. Dates are `YYYY-MM-DD`, times `HH:MM`. */
export interface Phrases {
  language: Language;
  short: ShortPhrases;
  hello(): string;
  smalltalk(): string;
  thanks(): string;
  /** Thanked again. */
  thanksAgain(): string;
  /** "Perfecto", said after all was done. */
  allSet(): string;
  goodbye(): string;
  anythingElse(): string;
  /** A date in full. */
  day(date: string, today: string): string;
  /** With the name, where it was just told. */
  noted(name: string | undefined): string;
  emailNotNeeded(): string;
  askContact(): string;
  /** The customer has no e-mail, or does not want to give one. */
  phoneWillDo(): string;
  askTimeReading(readings: readonly string[]): string;
  askDayReading(days: readonly string[], today: string): string;
  noSuchDate(text: string): string;
  noSuchTime(text: string): string;
  pastDate(): string;
  weekdayMismatch(text: string, date: string | undefined, today: string): string;
  /** After a thanks in place of a yes. */
  confirmAgain(): string;
  kept(): string;
  askOtherDay(): string;
  offerPerson(): string;
  /** The last answer was not enough, and there is no other. */
  allIKnow(): string;
  cannotAnswer(): string;
  notUnderstood(): string;
  escalated(): string;
  /** After `reason`, a way on. */
  wayOn(): string;
  notApproved(): string;
  technicalTrouble(): string;
  tryAgain(): string;
  /** The customer will send the missing fact later; the slot is kept until `until`. */
  waitsFor(until: string | undefined): string;
  greeting(): string;
  whatICanDo(): string;
  /** "¿Con quién hablo?" */
  identity(): string;
  askName(): string;
  /** The customer does not want to give a name. */
  nameNeeded(): string;
  /** The customer does not want to leave any contact. */
  contactNeeded(): string;
  whatToChange(): string;
  dropped(): string;
  lostThread(): string;
  /** An answer from the documents of the house, word for word. */
  quoted(passage: string, title: string): string;
  /** A question about payment or the rules of the house. */
  teamKnows(): string;
  /** What was just told, or asked for, is forgotten. */
  undone(): string;
  /** Of several things that the words fit. */
  askWhich(names: readonly string[]): string;
  /** The same question in other words, with examples, after something that was not understood. */
  askAgain(awaiting: string): string;
}
