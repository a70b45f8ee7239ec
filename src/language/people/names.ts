import { titles, type Word } from '../words.ts';
import type { FoundText } from './found.ts';
import { givenNames, nameParticles } from './given-names.ts';
import type { IsOrdinaryWord } from './ordinary-words.ts';
import { particledSurnames, wordLikeSurnames } from './surnames.ts';

/** Words before a name that say it is one. A strong one is believed also about a word in lower case. */
const introductions: readonly { words: readonly string[]; strong: boolean }[] = [
  { words: ['me', 'llamo'], strong: true },
  { words: ['mi', 'nombre', 'es'], strong: true },
  { words: ['nombre', 'completo', 'es'], strong: true },
  { words: ['nombre', 'completo'], strong: true },
  { words: ['mi', 'nombre'], strong: true },
  { words: ['nombre', 'es'], strong: true },
  { words: ['nombre', 'de'], strong: true },
  { words: ['nombre'], strong: false },
  { words: ['de', 'parte', 'de'], strong: true },
  { words: ['le', 'escribe'], strong: true },
  { words: ['te', 'escribe'], strong: true },
  { words: ['te', 'habla'], strong: true },
  { words: ['le', 'habla'], strong: true },
  { words: ['habla'], strong: false },
  { words: ['soy'], strong: false },
  { words: ['yo', 'soy'], strong: false },
  { words: ['my', 'name', 'is'], strong: true },
  { words: ['my', 'names'], strong: true },
  { words: ['names'], strong: false },
  { words: ['name', 'is'], strong: true },
  { words: ['the', 'name'], strong: false },
  { words: ['name', 'of'], strong: true },
  { words: ['name'], strong: false },
  { words: ['call', 'me'], strong: false },
  { words: ['this', 'is'], strong: false },
  { words: ['i', 'am'], strong: false },
  { words: ['im'], strong: false },
  { words: ['its'], strong: false },
  { words: ['under'], strong: false },
  { words: ['se', 'llama'], strong: false },
  { words: ['reserve', 'for'], strong: false },
  { words: ['reserved', 'for'], strong: false },
  { words: ['book', 'for'], strong: false },
  { words: ['room', 'for'], strong: false },
  { words: ['table', 'for'], strong: false },
  { words: ['reservation', 'for'], strong: false },
  { words: ['booking', 'for'], strong: false },
  { words: ['appointment', 'for'], strong: false },
  { words: ['mr'], strong: false },
  { words: ['mrs'], strong: false },
  { words: ['ms'], strong: false },
];

const introductionsByWord = Map.groupBy(introductions, ({ words }) => words[0] ?? '');

const articles = new Set(['el', 'la', 'un', 'una', 'yo', 'completo', 'es', 'is', 'the']);
/** "A nombre de mi hija Sol": whose name it is may come before it. */
const relations = new Set(
  'mi my our nuestra nuestro hija hijo mama papa madre padre esposa esposo marido mujer senora senor novia novio hermana hermano amiga amigo abuela abuelo nena nene wife husband son daughter mother father mom dad friend sister brother'.split(
    ' ',
  ),
);
/** Words of a name, particles included: "José María Pérez de la Cruz y Ponce" has nine. */
const longestName = 9;
/** Of them, those that are no particles. */
const mostNames = 5;
/** Words with a capital letter behind a name that go on with the sentence and not with the name. */
const sentenceWords = new Set(
  'que no si ya me te se lo le les nos mi tu su un una unos unas con por para en a y e o u es soy hoy and or i id my the to for at on in is am with you can and'.split(
    ' ',
  ),
);

/** What else the reader of names needs to know. */
export interface NameContext {
  text: string;
  /** The conversation asked for the name. */
  awaited: boolean;
  /** Words, by index, that belong to a service, a date and the like. */
  taken: (index: number) => boolean;
  /** The same, where the thing that has the word has other words too: "Barba" alone may be a surname. */
  takenWithOthers: (index: number) => boolean;
  isOrdinary: IsOrdinaryWord;
  /** E-mail address and phone number; a name beside them is the customer's. */
  contacts: readonly { start: number; end: number }[];
  /** First names of the people of the vocabulary, folded: a bare one means that person, and not the customer. */
  knownNames: ReadonlySet<string>;
  /** Surnames included. */
  knownNameWords: ReadonlySet<string>;
}

const isCapitalised = (word: Word): boolean => /^\p{Lu}/u.test(word.raw);
const isNameShaped = (word: Word): boolean => /^[\p{L}\p{M}'’´`]{2,24}$/u.test(word.raw);
/** "Juan C. Pérez": one capital letter between two words of the name. */
const isInitial = (words: Word[], index: number): boolean => {
  const next = words[index + 1];
  const word = words[index];
  return (
    word !== undefined && /^\p{Lu}$/u.test(word.raw) && next?.clause === word.clause && isCapitalised(next) && isNameShaped(next)
  );
};
/** The index behind the forms of address that begin at one: "la Sra.", "el Dr. Don". */
function behindTitles(words: Word[], first: number): number {
  let at = first;
  const article = articles.has(words[at]?.text ?? '') && titles.has(words[at + 1]?.text ?? '');
  if (article) at++;
  while (titles.has(words[at]?.text ?? '') && words[at + 1]?.clause === words[at]?.clause) at++;
  return titles.has(words[at - 1]?.text ?? '') && at > first ? at : first;
}

/** "Abril Pérez", "Domingo Sosa": what else is a day or a month is a given name before a surname. */
function opensName(words: Word[], index: number, context: NameContext, announced: boolean): boolean {
  const word = words[index];
  let at = index + 1;
  while (nameParticles.has(words[at]?.text ?? '') && !isCapitalised(words[at] as Word)) at++;
  const next = words[at];
  if (word === undefined || next === undefined || next.clause !== word.clause || sentenceWords.has(word.text)) return false;
  if (!isCapitalised(next) || !isNameShaped(next) || sentenceWords.has(next.text) || context.takenWithOthers(at)) return false;
  return announced || wordLikeSurnames.has(next.text) || (!context.isOrdinary(next.text) && !context.taken(at));
}

/** "De la Cruz": the index of the surname behind the particles that begin at one, or `first` where none of the known ones does. */
function behindParticles(words: Word[], first: number): number {
  let at = first;
  while (/^(?:de|del|la|las|los)$/.test(words[at]?.text ?? '') && words[at]?.clause === words[at + 1]?.clause) at++;
  return at > first && words[first]?.text.startsWith('de') === true && particledSurnames.has(words[at]?.text ?? '') ? at : first;
}

/** "Puig i Cadafalch": between two surnames, of which the second is written as one or ends the clause. */
function joinsSurnames(words: Word[], index: number, count: number, isOrdinary: IsOrdinaryWord): boolean {
  const [word, next] = [words[index], words[index + 1]];
  if (word?.text !== 'i' || word.raw !== 'i' || next === undefined || next.clause !== word.clause || !isNameShaped(next))
    return false;
  const both = isCapitalised(next) && isCapitalised(words[index - 1] as Word);
  return both || (count > 1 && words[index + 2]?.clause !== next.clause && !isOrdinary(next.text));
}

/** Takes the words of a name from `first` on; the index after the last, or `first` where no name begins. */
function readName(
  words: Word[],
  first: number,
  context: NameContext,
  lowerCase: boolean,
  announced = false,
  certain = false,
): number {
  const opening = words[first];
  if (opening === undefined) return first;
  const shouting = context.text === context.text.toUpperCase();
  let next = first;
  let end = first;
  let count = 0;
  while (next < words.length && next - first < longestName && count < mostNames) {
    const word = words[next];
    if (word === undefined || word.clause !== opening.clause) break;
    if (context.contacts.some((span) => word.start < span.end && word.end > span.start)) break;
    const particle = next > first && (nameParticles.has(word.text) || joinsSurnames(words, next, count, context.isOrdinary));
    if (particle) {
      next++;
      continue;
    }
    if (count > 0 && isInitial(words, next)) {
      next++;
      continue;
    }
    if (!isNameShaped(word)) break;
    const capital = isCapitalised(word) && !shouting;
    const surname = words[next - 1];
    const joined = next - 1 > first && surname?.text === 'i';
    const particled = next - 1 > first && (joined || (nameParticles.has(surname?.text ?? '') && surname?.text !== 'y'));
    // Right behind a name, or before what can only be one, a word is part of it, whatever else it means.
    const placed =
      capital &&
      (count > 0
        ? isCapitalised(surname ?? word) || joined || nameParticles.has(surname?.text ?? '')
        : opensName(words, next, context, announced));
    // "Me llamo Gil": a surname alone, which is a word for something else too.
    const onlySurname = announced && count === 0 && wordLikeSurnames.has(word.text) && (capital || certain);
    if (onlySurname && !context.taken(next)) {
      count++;
      end = ++next;
      continue;
    }
    if (placed ? context.takenWithOthers(next) : context.taken(next)) break;
    const known = givenNames.has(word.text);
    const plausible = capital
      ? !context.isOrdinary(word.text) || (placed && !sentenceWords.has(word.text))
      : lowerCase &&
        // "Maria jesus calvo de la fuente": behind a particle a name of three words goes on.
        (count > 0 && (count < 3 || particled) && wordLikeSurnames.has(word.text)
          ? true
          : !context.isOrdinary(word.text) && (known || count < 3 || particled));
    if (!plausible) break;
    // "Me llamo Ana quiero un turno": after a capital letter the name goes on with capitals only.
    if (!capital && count > 0 && isCapitalised(opening) && !shouting) break;
    count++;
    next++;
    end = next;
  }
  return end;
}

const toFound = (words: Word[], from: number, next: number, text: string): FoundText | undefined => {
  let first = from;
  while (first + 1 < next && titles.has(words[first]?.text ?? '')) first++;
  if (titles.has(words[first]?.text ?? '') && !givenNames.has(words[first]?.text ?? '')) return undefined;
  const part = words.slice(first, next);
  const start = part[0]?.start;
  const end = part.at(-1)?.end;
  if (start === undefined || end === undefined) return undefined;
  const raw = part.map((word) => word.raw);
  const plain = raw.every(
    (word) =>
      word === word.toLowerCase() || ((word.length > 2 || nameParticles.has(word.toLowerCase())) && word === word.toUpperCase()),
  );
  const value = raw
    .map((word, index) => {
      if (!plain) return word;
      if (index > 0 && (nameParticles.has(word.toLowerCase()) || word === 'i') && !/^san(ta)?$/i.test(word))
        return word.toLowerCase();
      return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
    })
    // "García-López" keeps its hyphen.
    .reduce((left, right, index) => {
      const between = text.slice(part[index - 1]?.end, part[index]?.start);
      return `${left}${/^[-‐–]$/.test(between) ? '-' : between.startsWith('.') ? '. ' : ' '}${right}`;
    });
  return { value, start, end };
};

function introduced(words: Word[], context: NameContext): FoundText | undefined {
  for (const [index, { text }] of words.entries()) {
    for (const { words: phrase, strong } of introductionsByWord.get(text) ?? []) {
      if (!phrase.every((part, offset) => words[index + offset]?.text === part)) continue;
      let first = index + phrase.length;
      first = behindTitles(words, first);
      if (words[first] !== undefined && articles.has(words[first]?.text ?? '') && words[first + 1] !== undefined) first++;
      for (
        let skipped = 0;
        strong && skipped < 2 && relations.has(words[first]?.text ?? '') && words[first + 1] !== undefined;
        skipped++
      )
        first++;
      const word = words[first];
      if (word === undefined) continue;
      first = behindTitles(words, first);
      const sameSentence = word.sentence === words[index]?.sentence || phrase.includes('mr') || phrase.includes('mrs') || strong;
      const following = words[first + 1];
      // "soy ana": one word in lower case that ends its clause, or a known first name.
      const bare = givenNames.has(word.text) || (phrase[0] === 'soy' && following?.clause !== word.clause);
      const next = readName(words, first, context, strong || bare, true, strong);
      if (next > first && sameSentence) return toFound(words, first, next, context.text);
    }
  }
  return undefined;
}

/** A name right before or after an e-mail address or phone number. */
function besideContact(words: Word[], context: NameContext): FoundText | undefined {
  for (const span of context.contacts) {
    const after = words.findIndex((word) => word.start >= span.end);
    if (after >= 0) {
      const next = readName(words, after, context, givenNames.has(words[after]?.text ?? ''));
      if (next > after && isBelievable(words, after, next)) return toFound(words, after, next, context.text);
    }
    const before = words.findLastIndex((word) => word.end <= span.start);
    for (let first = Math.max(0, before - 3); first <= before; first++) {
      const next = readName(words, first, context, givenNames.has(words[first]?.text ?? ''));
      if (next === before + 1 && isBelievable(words, first, next)) return toFound(words, first, next, context.text);
    }
  }
  return undefined;
}

const isBelievable = (words: Word[], first: number, next: number): boolean =>
  next - first >= 2 || givenNames.has(words[first]?.text ?? '') || isCapitalised(words[first] as Word);

/** "Sofía, quería ir a las 16": a first name alone in the first clause. One that a member of staff has does not count by itself. */
function leading(words: Word[], context: NameContext): FoundText | undefined {
  const first = words[0];
  if (first === undefined || !givenNames.has(first.text) || !isCapitalised(first)) return undefined;
  const next = readName(words, 0, context, false);
  const follower = words[next];
  const alone = follower === undefined || follower.clause !== first.clause || ['y', 'and', 'gracias'].includes(follower.text);
  if (next === 0 || !alone || (next === 1 && context.knownNames.has(first.text))) return undefined;
  return next === words.length && next === 1 ? undefined : toFound(words, 0, next, context.text);
}

/** "Buenas. Lucía Fernández, turno para mechas": first name and surname alone in a clause, and no member of staff. */
function alone(words: Word[], context: NameContext): FoundText | undefined {
  for (const [first, word] of words.entries()) {
    if (words[first - 1]?.clause === word.clause || !givenNames.has(word.text) || !isCapitalised(word)) continue;
    const next = readName(words, first, context, false);
    if (next - first < 2 || words[next]?.clause === word.clause || context.knownNameWords.has(words[next - 1]?.text ?? ''))
      continue;
    const asked = word.question || /^(?:gracias|hola|thanks|hi|hello|hey)$/.test(words[first - 1]?.text ?? '');
    if (!asked) return toFound(words, first, next, context.text);
  }
  return undefined;
}

/** The whole message as a name: it was asked for. */
function answered(words: Word[], context: NameContext): FoundText | undefined {
  const isNothingElse = words.every((word) => isCapitalised(word) || nameParticles.has(word.text));
  for (const [first, word] of words.entries()) {
    const opensClause = words[first - 1]?.clause !== word.clause;
    const before = words[first - 1]?.text ?? '';
    if (!opensClause && !context.isOrdinary(before) && !titles.has(before)) continue;
    // In lower case only a clause that is nothing but the name: "prefiero no decirlo" is none.
    const lowerCase = (opensClause && words.length <= 6) || givenNames.has(word.text);
    const particled = opensClause ? behindParticles(words, first) : first;
    const next = readName(words, particled, context, lowerCase, isNothingElse || particled > first, particled > first);
    if (next === particled) continue;
    const short = next - first >= words.length - 2;
    if (short || givenNames.has(word.text) || (isCapitalised(word) && first === 0))
      return toFound(words, first, next, context.text);
  }
  return undefined;
}

/** "Gil, Ana": as lists have it. */
function listed(words: Word[], context: NameContext): FoundText | undefined {
  const comma = words.findIndex((word) => word.clause !== words[0]?.clause);
  const [last, given] = [words[comma - 1], words[comma]];
  if (last === undefined || given === undefined || !givenNames.has(given.text) || givenNames.has(words[0]?.text ?? ''))
    return undefined;
  if (
    context.text.slice(last.end, given.start).trim() !== ',' ||
    !words.every((word) => isCapitalised(word) || nameParticles.has(word.text))
  )
    return undefined;
  if (readName(words, 0, context, true, true) !== comma || readName(words, comma, context, true, true) !== words.length)
    return undefined;
  const front = toFound(words, comma, words.length, context.text);
  const back = toFound(words, 0, comma, context.text);
  if (front === undefined || back === undefined) return undefined;
  return { value: `${front.value} ${back.value}`, start: back.start, end: front.end };
}

const surnameWords = new Set(['apellido', 'apellidos', 'surname']);

/** The name with what the message says of it further on: "soy Ana, Ana Gil", "mi nombre es Ana y mi apellido Gil". */
function completed(found: FoundText, words: Word[], context: NameContext): FoundText {
  const opening = words.find((word) => word.start >= found.start);
  for (const [index, word] of words.entries()) {
    const again = word.start >= found.end && word.text === opening?.text && word.clause !== opening.clause;
    if (again) {
      const longer = toFound(words, index, readName(words, index, context, !isCapitalised(word), true), context.text);
      if (longer !== undefined && longer.value.length > found.value.length) return longer;
    }
    const told = surnameWords.has(word.text) || (word.text === 'last' && words[index + 1]?.text === 'name');
    if (!told) continue;
    let at = word.text === 'last' ? index + 2 : index + 1;
    while (articles.has(words[at]?.text ?? '') && words[at]?.clause === words[at + 1]?.clause) at++;
    const surname = toFound(words, at, readName(words, at, context, true, true, true), context.text);
    if (surname !== undefined && !found.value.includes(surname.value) && surname.start !== found.start)
      return { value: `${found.value} ${surname.value}`, start: found.start, end: found.end };
  }
  return found;
}

/** "Soy de la cruz" gives a surname alone; "soy de la zona" does not. */
function surnameOnly(words: Word[], context: NameContext): FoundText | undefined {
  for (const [index, { text }] of words.entries()) {
    for (const { words: phrase } of introductionsByWord.get(text) ?? []) {
      const first = index + phrase.length;
      const surname = behindParticles(words, first);
      if (surname === first || !phrase.every((part, offset) => words[index + offset]?.text === part)) continue;
      const end = readName(words, surname, context, true, true, true);
      if (end > surname) return toFound(words, first, end, context.text);
    }
  }
  return undefined;
}

/** The customer's name, where the message gives it. Never a person of the vocabulary, a greeting or an ordinary word. */
export function findName(words: Word[], context: NameContext): FoundText | undefined {
  const found =
    introduced(words, context) ??
    besideContact(words, context) ??
    (context.awaited ? (listed(words, context) ?? answered(words, context)) : (leading(words, context) ?? alone(words, context))) ??
    surnameOnly(words, context);
  return found === undefined ? undefined : completed(found, words, context);
}
