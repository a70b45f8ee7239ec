import type { Awaiting, Intent, Language, Slots, TimeMention, Understanding, UnderstandingContext } from './contract.ts';
import { readAttitudes } from './intents/attitudes.ts';
import { readBareNumber } from './intents/bare-number.ts';
import { readChoice, readClearChoice } from './intents/choice.ts';
import { type Decision, decide, type Findings } from './intents/decide.ts';
import { likelihoods } from './intents/likelihood.ts';
import { likelihoodModel } from './intents/likelihood-model.ts';
import { type Scores, scoreIntents } from './intents/score.ts';
import { readTimes } from './intents/time-slots.ts';
import { findUnknownService } from './intents/unknown-service.ts';
import { markEntity, readWords, type Word } from './intents/words.ts';
import { detectLanguage } from './language.ts';
import { findEmail, findPhone } from './people/contact.ts';
import type { Found } from './people/found.ts';
import { findName } from './people/names.ts';
import { countPeople } from './people/party.ts';
import { readablePart } from './text.ts';
import { findTimeMentions } from './time/mentions.ts';
import { indexVocabulary } from './vocabulary-index.ts';
import { readThings, type ThingReading } from './vocabulary-slots.ts';

interface Span {
  start: number;
  end: number;
}

const overlaps = (left: Span, right: Span): boolean => left.start < right.end && right.start < left.end;

/** Intents in which a service is asked for, so that an unknown one is worth a word. */
const asksForService: ReadonlySet<Intent> = new Set(['book', 'availability', 'prices', 'services']);

function readMentions(text: string, words: readonly Word[], context: UnderstandingContext, language: Language): TimeMention[] {
  const found = findTimeMentions(text, context.now, language);
  return found.length > 0 ? found : readBareNumber(words, context.awaiting, context.now, language);
}

/** E-mail and phone, and the mentions of time that are not digits of a phone number. */
function readContacts(
  text: string,
  mentions: TimeMention[],
  awaiting: Awaiting | undefined,
): { email?: Found; phone?: Found; times: TimeMention[] } {
  const awaited = awaiting === 'contact';
  const email = findEmail(text, awaited);
  const taken: Span[] = [...mentions, ...(email === undefined ? [] : [email])];
  const phone = findPhone(text, { awaited, taken, addresses: email === undefined ? [] : [email] });
  const contacts = [email, phone].filter((span) => span !== undefined);
  return {
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    times: mentions.filter((mention) => !contacts.some((span) => overlaps(span, mention))),
  };
}

function markThings(words: Word[], kind: 'service' | 'staff', reading: ThingReading): void {
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
interface MessageReading {
  /** The words with the things that were found at them. */
  words: Word[];
  scores: Scores;
  findings: Findings;
  /** The understanding but for what the decision adds. */
  rest: Omit<Understanding, keyof Decision | 'unknownService'>;
  unknown: string | undefined;
}

/** Reads a message without deciding what it wants. For {@link understand}, and for the program that trains its model. */
export function readMessage(message: string, context: UnderstandingContext): MessageReading {
  const text = readablePart(message);
  const words = readWords(text);
  const language = detectLanguage(text, words, context.language);
  const vocabulary = indexVocabulary(context.vocabulary);
  const choice =
    context.awaiting === 'choice' ? readChoice(text) : context.awaiting === undefined ? readClearChoice(text) : undefined;
  const choosing = choice !== undefined;

  const mentions = choosing ? [] : readMentions(text, words, context, language);
  const { email, phone, times: found } = readContacts(text, mentions, context.awaiting);
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
  let services = readThings(text, words, vocabulary.services, (index) => !inSpans(index, contacts));
  const inService = (index: number): boolean => services.mentions.some(({ first, next }) => index >= first && index < next);
  const name = findName(words, {
    text,
    awaited: context.awaiting === 'name',
    taken: (index) => inService(index) || inSpans(index, times),
    takenWithOthers: (index) =>
      services.mentions.some(({ first, next }) => index >= first && index < next && next - first > 1) ||
      times.some((mention) => mention.end - mention.start > (words[index]?.raw.length ?? 0) && inSpans(index, [mention])),
    contacts,
    staffWords: vocabulary.staffWords,
    staffTokens: vocabulary.staffTokens,
  });
  const inName = (index: number): boolean => name !== undefined && inSpans(index, [name]);
  if (services.mentions.some(({ first }) => inName(first))) {
    services = readThings(text, words, vocabulary.services, (index) => !inSpans(index, contacts) && !inName(index));
  }
  markThings(words, 'service', services);
  if (name !== undefined) times = times.filter((mention) => !overlaps(mention, name));
  const isStaffWord = (index: number): boolean =>
    !inSpans(index, contacts) &&
    !inName(index) &&
    !inService(index) &&
    !isVocative(words, index) &&
    !isSurnamed(words, index, vocabulary.staffTokens);
  const staff = readThings(text, words, vocabulary.staff, isStaffWord);
  markThings(words, 'staff', staff);

  const unknown =
    services.mentions.length === 0 && context.vocabulary.services.length > 0
      ? findUnknownService(
          words,
          (index) =>
            !inSpans(index, [...contacts, ...times, ...(name === undefined ? [] : [name])]) && words[index]?.entities.length === 0,
          context.awaiting === 'service',
        )
      : undefined;
  if (unknown !== undefined) words[unknown.first]?.entities.push({ kind: 'service', next: unknown.next });

  // "Ana Gil" insults nobody: what is a name says nothing else.
  const heard = words.map((word, index) => (inName(index) ? { ...word, text: '·', entities: [] } : word));
  const scores = scoreIntents(heard, language);
  const attitudes = readAttitudes(words, context.awaiting);
  const strongest = Math.max(0, ...scores.values());
  const reading = readTimes(times, {
    text,
    words,
    now: context.now,
    moving: (scores.get('reschedule') ?? 0) >= strongest * 0.9 && strongest > 0,
    pointing: [scores.get('cancel') ?? 0, scores.get('find') ?? 0].some((score) => score >= strongest * 0.9 && score > 0),
  });

  const people = countPeople(words, (index) => inSpans(index, times));
  const slots: Slots = {
    ...(services.value === undefined ? {} : { service: services.value }),
    ...reading.slots,
    ...(staff.value === undefined ? {} : { staff: staff.value }),
    ...(name === undefined ? {} : { name: name.value }),
    ...(phone === undefined ? {} : { phone: phone.value }),
    ...(email === undefined ? {} : { email: email.value }),
    ...(people === undefined ? {} : { people }),
  };
  const corrected = reading.corrected || services.corrected || staff.corrected;
  const hasValue = Object.keys(slots).length > 0;
  const correction = corrected || (attitudes.correcting && hasValue);
  return {
    words,
    scores,
    findings: {
      slots,
      unknownService: unknown !== undefined,
      awaiting: context.awaiting,
      correcting: correction,
      choosing,
      answered: Object.keys(attitudes.anyOf).length > 0 || reading.invalid.date !== undefined || reading.invalid.time !== undefined,
      reserved: words.some((word) => word.text === 'pero' || word.text === 'but'),
    },
    rest: {
      language,
      slots,
      ambiguous: {
        ...reading.ambiguous,
        ...(services.ambiguous === undefined ? {} : { service: services.ambiguous }),
        ...(staff.ambiguous === undefined ? {} : { staff: staff.ambiguous }),
      },
      invalid: reading.invalid,
      ...(choice === undefined ? {} : { choice }),
      correction,
      anyOf: attitudes.anyOf,
    },
    unknown: unknown === undefined ? undefined : textOf(text, words, unknown),
  };
}

/** Understands one message. Reads its first 1,000 characters, keeps no state and never throws. */
export function understand(text: string, context: UnderstandingContext): Understanding {
  const { words, scores, findings, rest, unknown } = readMessage(text, context);
  const decision = decide(scores, findings, () => likelihoods(words, likelihoodModel()));
  const asked = unknown !== undefined && asksForService.has(decision.intent);
  return { ...rest, ...decision, ...(asked ? { unknownService: unknown } : {}) };
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
