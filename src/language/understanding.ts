import { type AttitudeReader, createAttitudeReader } from './attitudes.ts';
import { readBareNumber } from './bare-number.ts';
import { readChoice, readClearChoice } from './choice.ts';
import type { BaseIntent, BaseSlots, Language, TimeMention, Understanding, UnderstandingContext, Vocabulary } from './contract.ts';
import { createDecider } from './decide.ts';
import { type Decision, type Domain, type Findings, thingsOf } from './domain.ts';
import { detectLanguage } from './language.ts';
import { decodeWeights, type FamiliesOf, type LikelihoodModel, likelihoods, wordFamilies } from './likelihood.ts';
import { findEmail, findPhone } from './people/contact.ts';
import type { FoundText } from './people/found.ts';
import { findName } from './people/names.ts';
import { type IsOrdinaryWord, ordinaryWords } from './people/ordinary-words.ts';
import { countPeople } from './people/party.ts';
import { createScorer, type Scorer, type Scores, wordsOfTables } from './score.ts';
import { readablePart } from './text.ts';
import { findTimeMentions } from './time/mentions.ts';
import { readTimes } from './time-slots.ts';
import { createVocabularyIndexer, type VocabularyIndex } from './vocabulary-index.ts';
import { readThings, type ThingReading } from './vocabulary-slots.ts';
import { markEntity, readWords, type Word } from './words.ts';

interface Span {
  start: number;
  end: number;
}

const overlaps = (left: Span, right: Span): boolean => left.start < right.end && right.start < left.end;

function readMentions(text: string, words: readonly Word[], context: UnderstandingContext, language: Language): TimeMention[] {
  const found = findTimeMentions(text, context.now, language);
  return found.length > 0 ? found : readBareNumber(words, context.awaiting, context.now, language);
}

/** E-mail and phone, and the mentions of time that are not digits of a phone number. */
function readContacts(
  text: string,
  mentions: TimeMention[],
  awaiting: string | undefined,
  isOrdinary: IsOrdinaryWord,
): { email?: FoundText; phone?: FoundText; times: TimeMention[] } {
  const awaited = awaiting === 'contact';
  const email = findEmail(text, awaited, isOrdinary);
  const taken: Span[] = [...mentions, ...(email === undefined ? [] : [email])];
  const phone = findPhone(text, { awaited, taken, addresses: email === undefined ? [] : [email] });
  const contacts = [email, phone].filter((span) => span !== undefined);
  return {
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    times: mentions.filter((mention) => !contacts.some((span) => overlaps(span, mention))),
  };
}

function markThings(words: Word[], kind: string, reading: ThingReading): void {
  for (const { first, next } of reading.mentions) words[first]?.entities.push({ kind, next });
}

/** Words that stand alone in their clause beside a thanks or a greeting: "Gracias, María" speaks to María. */
function isVocative(words: Word[], index: number): boolean {
  const word = words[index];
  const previous = words[index - 1];
  if (word === undefined || previous === undefined) return false;
  const courtesy = /^(?:gracias|hola|thanks|thank|hi|hello|hey|chau|bye|saludos|buenas|buenos)$/;
  if (previous.clause === word.clause) return courtesy.test(previous.text);
  if (words[index + 1]?.clause === word.clause) return false;
  return index === words.length - 1 && words.some((other) => other.sentence === word.sentence && courtesy.test(other.text));
}

/** Everything that a message says, before its intent is decided. */
export interface MessageReading {
  /** The words with the things that were found at them. */
  words: Word[];
  scores: Scores;
  findings: Findings;
  /** The understanding but for what the decision adds. */
  rest: Omit<Understanding, keyof Decision | 'unknownThing'>;
  unknown: string | undefined;
}

/** What a domain is compiled to, once. */
interface Compiled {
  domain: Domain;
  score: Scorer;
  attitudes: AttitudeReader;
  isOrdinary: IsOrdinaryWord;
  indexOf: (vocabulary: Vocabulary) => VocabularyIndex;
  familiesOf: FamiliesOf;
}

function compile(domain: Domain): Compiled {
  const { cues, kinds, intents, judgement } = domain;
  const isOrdinary = ordinaryWords([...wordsOfTables([cues.es, cues.en]), ...(domain.words ?? [])]);
  const { negatable, wished = [] } = judgement;
  return {
    domain,
    isOrdinary,
    score: createScorer(cues, { intents, negatable: new Set(negatable), wished: new Set(wished) }),
    attitudes: createAttitudeReader(Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kind.any ?? []]))),
    indexOf: createVocabularyIndexer(kinds, isOrdinary),
    familiesOf: wordFamilies(cues),
  };
}

/** Finds things of the vocabulary; those of one kind keep away from the words of the kinds before it. */
class ThingFinder {
  readonly readings = new Map<string, ThingReading>();
  readonly #text: string;
  readonly #words: Word[];
  readonly #vocabulary: VocabularyIndex;

  constructor(text: string, words: Word[], vocabulary: VocabularyIndex) {
    this.#text = text;
    this.#words = words;
    this.#vocabulary = vocabulary;
  }

  read(people: boolean, isFree: (index: number) => boolean): void {
    const own = [...this.#vocabulary.things].filter(([, index]) => index.people === people);
    for (const [kind] of own) this.readings.delete(kind);
    for (const [kind, index] of own) {
      this.readings.set(
        kind,
        readThings(this.#text, this.#words, index, (at) => isFree(at) && !this.covers(at)),
      );
    }
  }

  /** Mentions of things that are no people. */
  mentions(): { first: number; next: number }[] {
    return [...this.readings]
      .filter(([kind]) => this.#vocabulary.things.get(kind)?.people !== true)
      .flatMap(([, reading]) => reading.mentions);
  }

  covers(index: number): boolean {
    return this.mentions().some(({ first, next }) => index >= first && index < next);
  }

  mark(people: boolean): void {
    for (const [kind, reading] of this.readings)
      if (this.#vocabulary.things.get(kind)?.people === people) markThings(this.#words, kind, reading);
  }

  /** The values of one sort of kinds, by kind. */
  values(people: boolean): Record<string, string> {
    const found = [...this.readings].filter(([kind]) => this.#vocabulary.things.get(kind)?.people === people);
    return Object.fromEntries(found.flatMap(([kind, { value }]) => (value === undefined ? [] : [[kind, value]])));
  }

  ambiguous(): Record<string, string[]> {
    return Object.fromEntries(
      [...this.readings].flatMap(([kind, { ambiguous }]) => (ambiguous === undefined ? [] : [[kind, ambiguous]])),
    );
  }

  corrected(): boolean {
    return [...this.readings.values()].some((reading) => reading.corrected);
  }
}

/** Reads a message without deciding what it wants. */
function readMessage(message: string, context: UnderstandingContext, compiled: Compiled): MessageReading {
  const { domain, isOrdinary } = compiled;
  const { judgement } = domain;
  const { awaiting } = context;
  const text = readablePart(message);
  const words = readWords(text);
  const language = detectLanguage(text, words, context.language);
  const vocabulary = compiled.indexOf(context.vocabulary);
  const choice = awaiting === 'choice' ? readChoice(text) : awaiting === undefined ? readClearChoice(text) : undefined;
  const choosing = choice !== undefined;

  const mentions = choosing ? [] : readMentions(text, words, context, language);
  const { email, phone, times: found } = readContacts(text, mentions, awaiting, isOrdinary);
  let times = found;
  for (const mention of times) {
    if (mention.kind === 'date' || mention.kind === 'date-range') markEntity(words, 'date', mention.start, mention.end);
    else if (mention.kind === 'time' || mention.kind === 'time-range') markEntity(words, 'time', mention.start, mention.end);
  }
  if (email !== undefined) markEntity(words, 'email', email.start, email.end);
  if (phone !== undefined) markEntity(words, 'phone', phone.start, phone.end);
  for (const [index, word] of words.entries()) if (/^\d+$/.test(word.text)) word.entities.push({ kind: 'number', next: index + 1 });

  const contacts: Span[] = [email, phone].filter((span) => span !== undefined);
  const inSpans = (index: number, spans: readonly Span[]): boolean => {
    const word = words[index];
    return word !== undefined && spans.some((span) => overlaps(span, word));
  };
  const things = new ThingFinder(text, words, vocabulary);
  things.read(false, (index) => !inSpans(index, contacts));
  const name = findName(words, {
    text,
    awaited: awaiting === 'name',
    taken: (index) => things.covers(index) || inSpans(index, times),
    takenWithOthers: (index) =>
      things.mentions().some(({ first, next }) => index >= first && index < next && next - first > 1) ||
      times.some((mention) => mention.end - mention.start > (words[index]?.raw.length ?? 0) && inSpans(index, [mention])),
    contacts,
    knownNames: vocabulary.knownNames,
    knownNameWords: vocabulary.knownNameWords,
    isOrdinary,
  });
  const inName = (index: number): boolean => name !== undefined && inSpans(index, [name]);
  if (things.mentions().some(({ first }) => inName(first)))
    things.read(false, (index) => !inSpans(index, contacts) && !inName(index));
  things.mark(false);
  if (name !== undefined) times = times.filter((mention) => !overlaps(mention, name));
  things.read(
    true,
    (index) =>
      !inSpans(index, contacts) &&
      !inName(index) &&
      !isVocative(words, index) &&
      !isSurnamed(words, index, vocabulary.knownNameWords),
  );
  things.mark(true);

  const taken = [...contacts, ...times, ...(name === undefined ? [] : [name])];
  const unknown = findUnknown(
    words,
    context,
    compiled,
    things,
    (index) => !inSpans(index, taken) && words[index]?.entities.length === 0,
  );
  if (unknown !== undefined) words[unknown.first]?.entities.push({ kind: domain.unknown?.kind ?? '', next: unknown.next });

  // "Ana Gil" insults nobody: what is a name says nothing else.
  const heard = words.map((word, index) => (inName(index) ? { ...word, text: '·', entities: [] } : word));
  const scores = compiled.score(heard, language);
  const attitudes = compiled.attitudes(words, awaiting);
  const strongest = Math.max(0, ...scores.values());
  const leads = (intent: string): boolean => (scores.get(intent) ?? 0) >= strongest * 0.9 && (scores.get(intent) ?? 0) > 0;
  const reading = readTimes(times, {
    text,
    words,
    now: context.now,
    moving: (judgement.moving ?? []).some(leads),
    pointing: (judgement.pointing ?? []).some(leads),
  });

  const people = countPeople(words, (index) => inSpans(index, times));
  const slots: BaseSlots & Record<string, unknown> = {
    ...things.values(false),
    ...reading.slots,
    ...things.values(true),
    ...(name === undefined ? {} : { name: name.value }),
    ...(phone === undefined ? {} : { phone: phone.value }),
    ...(email === undefined ? {} : { email: email.value }),
    ...(people === undefined ? {} : { people }),
  };
  const corrected = reading.corrected || things.corrected();
  const correction = corrected || (attitudes.correcting && Object.keys(slots).length > 0);
  return {
    words,
    scores,
    findings: {
      slots,
      unknown: unknown !== undefined,
      awaiting,
      correcting: correction,
      choosing,
      answered: Object.keys(attitudes.anyOf).length > 0 || reading.invalid.date !== undefined || reading.invalid.time !== undefined,
      reserved: words.some((word) => word.text === 'pero' || word.text === 'but'),
    },
    rest: {
      language,
      slots,
      ambiguous: { ...reading.ambiguous, ...things.ambiguous() },
      invalid: reading.invalid,
      ...(choice === undefined ? {} : { choice }),
      correction,
      anyOf: attitudes.anyOf,
    },
    unknown: unknown === undefined ? undefined : textOf(text, words, unknown),
  };
}

function findUnknown(
  words: Word[],
  { vocabulary, awaiting }: UnderstandingContext,
  { domain: { unknown, kinds }, isOrdinary }: Compiled,
  things: ThingFinder,
  isFree: (index: number) => boolean,
): { first: number; next: number } | undefined {
  const kind = unknown === undefined ? undefined : kinds[unknown.kind];
  if (unknown === undefined || kind === undefined || thingsOf(vocabulary, kind).length === 0) return undefined;
  if ((things.readings.get(unknown.kind)?.mentions.length ?? 0) > 0) return undefined;
  return unknown.find(words, isFree, awaiting === unknown.kind, isOrdinary);
}

/** Understands one message. Reads its first 1,000 characters, keeps no state and never throws. */
export type Understand<I extends string = string, K extends string = never, V extends object = Vocabulary> = (
  text: string,
  context: UnderstandingContext<V>,
) => Understanding<I | BaseIntent, K>;

/** Reads messages for the program that trains the model of a domain: their features, by the words with what was found at them. */
export function createReader(
  domain: Domain,
): (text: string, context: UnderstandingContext) => { words: Word[]; familiesOf: FamiliesOf } {
  const compiled = compile(domain);
  return (text, context) => ({ words: readMessage(text, context, compiled).words, familiesOf: compiled.familiesOf });
}

/**
 * Compiles a domain to the function that understands its messages.
 * @throws Error naming a word class that a cue uses and the domain does not have
 */
export function createUnderstanding<I extends string, K extends string, V extends object = Vocabulary>(
  domain: Domain<I, K>,
): Understand<I, K, V> {
  const general = domain as unknown as Domain;
  const compiled = compile(general);
  const decide = createDecider(general);
  const asksFor = new Set<string>(domain.unknown?.asksFor);
  let model: LikelihoodModel | undefined;
  const likely = (words: readonly Word[]): ReadonlyMap<string, number> => {
    if (domain.weights === undefined) return new Map();
    model ??= decodeWeights(domain.weights);
    return likelihoods(words, domain.intents, compiled.familiesOf, model);
  };
  return (text, context) => {
    const { words, scores, findings, rest, unknown } = readMessage(text, context as unknown as UnderstandingContext, compiled);
    const decision = decide(scores, findings, () => likely(words));
    const asked = unknown !== undefined && asksFor.has(decision.intent);
    // What was found is of this domain: its intents and its kinds.
    return { ...rest, ...decision, ...(asked ? { unknownThing: unknown } : {}) } as unknown as Understanding<I | BaseIntent, K>;
  };
}

const textOf = (text: string, words: Word[], span: { first: number; next: number }): string =>
  text.slice(words[span.first]?.start ?? 0, words[span.next - 1]?.end ?? 0);

/** "Juan Pablo" and "Carlos Martínez" are not the Juan and the Carlos who work here. */
function isSurnamed(words: Word[], index: number, staffTokens: ReadonlySet<string>): boolean {
  const word = words[index];
  const next = words[index + 1];
  const before = words[index - 1]?.text ?? '';
  if (word === undefined || next === undefined || next.clause !== word.clause || ['con', 'with', 'by', 'see', 'a'].includes(before))
    return false;
  return (
    /^\p{Lu}\p{Ll}/u.test(word.raw) && /^\p{Lu}\p{Ll}/u.test(next.raw) && next.entities.length === 0 && !staffTokens.has(next.text)
  );
}
