/**
 * Whether what a person says is their yes to one thing that the agent asked about. Read without a model, in the languages that Timonel
 * reads; what cannot be read is no yes.
 */
import type {
  Intent,
  ReservationSlots as Slots,
  ReservationUnderstanding as Understanding,
} from '../dialogue/reservations/contract.ts';
import { understand } from '../dialogue/reservations/understand.ts';
import type { Language, ReferenceTime, TimeMention } from '../language/contract.ts';
import { foldText as fold, readableLength } from '../language/text.ts';
import { findTimeMentions } from '../language/time/mentions.ts';
import type { SaidBefore } from './contract.ts';

/** One way to tell a thing from all others. Of a date and a time both have to be named; of `says` one is enough. */
export interface Subject {
  /** Local date, `YYYY-MM-DD`. */
  date?: string;
  /** Local time, `HH:MM`. */
  time?: string;
  /** Names, codes or paths. Compared without case and accents, as whole words. */
  says?: readonly string[];
}

/** How people speak of an effect. */
export interface Wording {
  /** Matches a sentence that speaks of it, in lower case without accents: /\bcancel|\banul/. */
  verb: RegExp;
  /** The intent that asks for it, where there is one. */
  intent?: Intent;
}

/** The conversation as far as consent goes: what was said before, and what is said now. */
export interface ConsentExchange {
  history: readonly SaidBefore[];
  text: string;
  localTime: ReferenceTime;
}

/** Earlier replies that are looked at for the thing that "¿Lo confirmo?" is about. */
const repliesBack = 3;
/** Times in one reply that a bare yes can still be about: where an appointment is, and where it would go. */
const mostTimes = 3;
/** A demand ("cancelalo ya") is short; longer texts that hold the verb may say anything of it. */
const wordsOfDemand = 5;

const asksForYes =
  /\b(confirm\w*|correct[oa]?|bien|ok|okay|de acuerdo|segur[oa]|dale|proced\w*|avanz\w*|adelante|si o no|un si|sure|right|proceed|go ahead|all right|alright|yes or no|agree|sounds good|hago|hacemos|do (it|that))\b/;
/** Asks for an answer without a question mark: "Confirmame con un sí." */
const demandsAnswer = /\b(confirma(me|lo|melo)?|respond\w*|contesta\w*|un si|si o no|repl(y|ies)|answer|say yes|yes or no)\b/;
const asksAgain = /\b(confirm\w*|de nuevo|otra vez|again|reintent\w*|retry)\b/;
const negation =
  /\b(no|nunca|jamas|tampoco|ni|sin|not|never|dont|don't|without|cannot|can't|won't|pero|but|except\w*|salvo|todavia|aun|yet|espera|wait)\b/;
const noTrouble = /\b(no hay (ningun )?(problema|drama|apuro)|sin (ningun )?(problema|drama|duda)s?|no (problem|worries|doubt))\b/g;
const conditional = /\b(si|if|cuando|when|como|how)\b/;
/** Wishes besides the yes that leave it a yes: the rest asks or changes something. */
const besides: ReadonlySet<Intent> = new Set<Intent>(['confirm', 'smalltalk', 'greeting', 'other', 'find', 'availability']);

const nothingOffered = { services: [], staff: [] };
const languages: readonly Language[] = ['es', 'en'];

/**
 * True where the text is the person's own yes to the effect on the subject, or names both. Pure.
 *
 * @param wordings of all effects that the reply can have asked about: "¿lo cambio o lo cancelo?" is not answered by a yes.
 */
export function isConsent(
  exchange: ConsentExchange,
  subjects: readonly Subject[],
  wording: Wording,
  wordings: readonly Wording[] = [wording],
): boolean {
  const { history, text, localTime } = exchange;
  const asked = isAsked(history, subjects, wording, wordings, localTime);
  const heard = understand(text, { now: localTime, vocabulary: nothingOffered, awaiting: 'confirmation' });
  const folded = foldText(text).replace(noTrouble, ' ');
  if (heard.intent === 'deny' || heard.alsoIntents.includes('deny') || heard.correction || negation.test(folded)) return false;
  if (heard.invalid.date !== undefined || heard.invalid.time !== undefined) return false;
  if (!subjects.every((subject) => agrees(heard, subject))) return false;
  const short = folded.trim().split(/\s+/).length <= wordsOfDemand;
  const demands = wording.verb.test(folded) && !/[?¿]/.test(text) && !conditional.test(folded);
  const named = subjects.some((subject) => isNamedBy(heard, folded, subject));
  if (named && (demands || (asked && !/[?¿]/.test(text)))) return true;
  return asked && (isYes(heard, wording.intent) || (demands && short));
}

/** True where the last reply asks for the effect, and it or one shortly before names the thing. */
function isAsked(
  history: readonly SaidBefore[],
  subjects: readonly Subject[],
  { verb }: Wording,
  wordings: readonly Wording[],
  localTime: ReferenceTime,
): boolean {
  const last = history.at(-1);
  if (last?.role !== 'assistant') return false;
  const closing = closingOf(foldText(last.text));
  const direct = verb.test(closing);
  if (/\b(o|u|or)\b/.test(closing) && wordings.filter((one) => one.verb.test(closing)).length > 1) return false;
  if (!direct && !asksForYes.test(closing) && !asksAgain.test(closing)) return false;
  let replies = 0;
  for (const said of history.toReversed()) {
    // What the person said no to is not what a later yes is about.
    // What a person of the workspace said since, or agreed on, is not what the agent asked.
    if (said.role === 'person') return false;
    if (said.role === 'user') {
      const { intent, alsoIntents } = understand(said.text, {
        now: localTime,
        vocabulary: nothingOffered,
        awaiting: 'confirmation',
      });
      if (intent === 'deny' || alsoIntents.includes('deny')) return false;
      continue;
    }
    const end = said.text.slice(-readableLength);
    const mentions = mentionsIn(end, localTime);
    const folded = foldText(end);
    if (subjects.some((subject) => names(folded, mentions, subject))) {
      return (direct || verb.test(folded)) && clocksIn(mentions) <= mostTimes;
    }
    // Another thing was spoken of since, or the reply asks without saying that it asks again.
    if (
      mentions.some(({ kind }) => kind === 'date' || kind === 'time') ||
      ++replies >= repliesBack ||
      !(direct || asksAgain.test(closing))
    )
      return false;
  }
  return false;
}

/** The last question of a text; where it asks none, the last sentence that demands an answer. */
function closingOf(folded: string): string {
  const sentences = folded.split(/(?<=[.!?…])\s+|\n+/).filter((sentence) => /[a-z]/.test(sentence));
  return (
    sentences.findLast((sentence) => sentence.includes('?')) ?? sentences.findLast((sentence) => demandsAnswer.test(sentence)) ?? ''
  );
}

function isYes({ intent, confidence, alsoIntents }: Understanding, own: Intent | undefined): boolean {
  const said = [intent, ...alsoIntents];
  return confidence >= 0.5 && said.includes('confirm') && said.every((one) => one === own || besides.has(one));
}

/** True where no moment that is named is another one: "sí, pero a las 11" changes the time. */
function agrees({ slots, ambiguous }: Understanding, { date, time }: Subject): boolean {
  const dates = ambiguous.date ?? (slots.date === undefined ? [] : [slots.date]);
  const times = ambiguous.time ?? (slots.time === undefined ? [] : [slots.time]);
  return (
    (date === undefined || ((dates.length === 0 || dates.includes(date)) && isIn(date, slots.dateRange))) &&
    (time === undefined || ((times.length === 0 || times.includes(time)) && isIn(time, slots.timeRange)))
  );
}

/** A time range ends before its `to`; a date range with it. Both are written so that they sort. */
function isIn(value: string, range: Slots['dateRange']): boolean {
  return range === undefined || ((range.from ?? '') <= value && value <= (range.to ?? '9999'));
}

function isNamedBy({ slots, ambiguous }: Understanding, folded: string, { date, time, says }: Subject): boolean {
  if (saysAny(folded, says)) return true;
  if (date === undefined && time === undefined) return false;
  const times = ambiguous.time ?? [slots.time];
  return (date === undefined || slots.date === date) && (time === undefined || times.includes(time));
}

function names(folded: string, mentions: readonly TimeMention[], { date, time, says }: Subject): boolean {
  if (saysAny(folded, says)) return true;
  if (date === undefined && time === undefined) return false;
  return (date === undefined || datesIn(mentions).includes(date)) && (time === undefined || timesIn(mentions).includes(time));
}

function saysAny(folded: string, words: readonly string[] = []): boolean {
  return words.some((word) => saysWord(folded, foldText(word)));
}

function saysWord(folded: string, word: string): boolean {
  for (let at = word === '' ? -1 : folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]$/u.test(folded.slice(0, at)) && !/^[\p{L}\p{N}]/u.test(folded.slice(at + word.length))) return true;
  }
  return false;
}

/** In both languages: a reply need not be in that of the message. */
function mentionsIn(text: string, now: ReferenceTime): TimeMention[] {
  return languages.flatMap((language) => findTimeMentions(text, now, language));
}

/** "Del lunes a las 10 al martes a las 11" is read as a range: both of its ends are named. */
function datesIn(mentions: readonly TimeMention[]): string[] {
  return mentions.flatMap((mention) => {
    if (mention.kind === 'date') return [mention.date, ...(mention.alternatives ?? [])];
    return mention.kind === 'date-range' ? endsOf(mention.range) : [];
  });
}

function timesIn(mentions: readonly TimeMention[]): string[] {
  return mentions.flatMap((mention) => {
    if (mention.kind === 'time') return [mention.time, ...(mention.alternatives ?? [])];
    return mention.kind === 'time-range' ? endsOf(mention.range) : [];
  });
}

/** How many times of day are named. */
function clocksIn(mentions: readonly TimeMention[]): number {
  return new Set(mentions.flatMap((mention) => (mention.kind === 'time' ? [mention.time] : []))).size;
}

function endsOf({ from, to }: { from?: string; to?: string }): string[] {
  return [from, to].filter((end) => end !== undefined);
}

function foldText(text: string): string {
  return fold(text.slice(0, 2 * readableLength));
}
