import type { NamedThing, Vocabulary } from './contract.ts';
import { type Kind, thingsOf } from './domain.ts';
import type { IsOrdinaryWord } from './people/ordinary-words.ts';
import { foldStretched as fold } from './text.ts';

/** One way to say a thing: its name or an alias, without the small words. */
export interface Phrase {
  tokens: string[];
  thing: NamedThing;
}

/** A list of things, prepared for matching. */
export interface ThingIndex {
  things: readonly NamedThing[];
  /** Phrases by their first token. */
  byFirst: Map<string, Phrase[]>;
  /** Things whose name begins with a token ("corte" of "Corte de cabello"), for a customer who says only that. */
  byHead: Map<string, NamedThing[]>;
  /** Things that have a token behind the first one ("doble" of "Habitación doble"). */
  byInner: Map<string, NamedThing[]>;
  /** All tokens by first letter, for spelling errors. */
  tokens: Map<string, string[]>;
  /** Tokens by stem, for verbs: "cortarme" and "corte". */
  byStem: Map<string, string[]>;
  /** Single things that stand for several others: "Corte y barba" for cut and beard. Keys are sorted ids. */
  combinations: Map<string, NamedThing>;
  /** The things are people. */
  people: boolean;
  isOrdinary: IsOrdinaryWord;
}

/** Words that do not tell one thing from another. */
export const smallWords: ReadonlySet<string> = new Set(
  'de del la el los las un una unos unas y e con para en a al o mi tu su the a an of and with for to my some + &'.split(' '),
);
const conjunction = /\s+(?:y|e|con|and|with)\s+|\s*[+&/]\s*/u;

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
};

/** Verbs that go with every service, and tell none from another: "hacerme las uñas", "get my nails done". */
const lightVerbs =
  /^(?:(?:hacer|hace|haga|poner|pone|ponga|dar|sacar|tener|tomar|realizar|agendar|reservar|pedir|arreglar|ir|venir|pasar|probar)(?:me|te|se|le|nos)?(?:l[oa]s?)?|quiero|quisiera|querria|necesito|busco|haceme|hagan|get|gets|getting|have|having|do|doing|done|make|take|want|need|book)$/;

/** Folded words of a name that tell it from others: without the small ones and without verbs that go with everything, where others are left. */
export function significantTokens(name: string): string[] {
  const words = name.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  // Folding makes "uñas" a small word, which it is not.
  const significant = words.filter((word) => /ñ/iu.test(word.normalize('NFC')) || !smallWords.has(fold(word)));
  const telling = significant.filter((word) => !lightVerbs.test(fold(word)));
  const [most] = [telling, significant, words].filter((list) => list.length > 0);
  return (most ?? []).flatMap((word) => fold(word).match(/[a-z0-9]+/g) ?? []);
}

const clitics = /(?:(?:me|te|se|nos)?(?:lo|la|los|las|le|les)|me|te|se|nos)$/;
const verbEnding = /(?:ar|er|ir|ando|iendo)$/;
const finiteEnding = /(?:ar(?:e|as|a|emos|an|ia|ian)|aron|aste|en|emos|amos)$/;
const nounEnding = /(?:aciones|acion|iciones|icion|ados|adas|ado|ada|ajes|aje|uras|ura|es|as|os|e|a|o|s)$/;

/** Stem of a verb form ("cortarme" → "cort"), or undefined for a word that does not look like one. */
export function verbStem(word: string): string | undefined {
  if (word.length < 5) return undefined;
  const bare = clitics.test(word) && verbEnding.test(word.replace(clitics, '')) ? word.replace(clitics, '') : word;
  for (const ending of [verbEnding, finiteEnding]) {
    if (!ending.test(bare)) continue;
    const stem = bare.replace(ending, '');
    if (stem.length >= 4) return stem;
  }
  return undefined;
}

const nounStem = (word: string): string => word.replace(nounEnding, '');

/** Singular of a folded word, roughly: "cortes" → "corte", "colores" → "color", "books" → "book". */
export function singulars(word: string): string[] {
  const forms = [word];
  if (word.length > 3 && word.endsWith('s')) forms.push(word.slice(0, -1));
  if (word.length > 4 && word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.length > 4 && word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  if (word.length > 4 && word.endsWith('ces')) forms.push(`${word.slice(0, -3)}z`);
  return forms;
}

function addPhrase(index: ThingIndex, tokens: string[], thing: NamedThing): void {
  const first = tokens[0];
  if (first === undefined) return;
  const known = index.byFirst.get(first) ?? [];
  if (!known.some((phrase) => phrase.thing === thing && phrase.tokens.join(' ') === tokens.join(' ')))
    push(index.byFirst, first, { tokens, thing });
  for (const token of tokens) {
    push(index.tokens, token.slice(0, 1), token);
    if (token.length >= 4) push(index.byStem, nounStem(token), token);
  }
}

function indexThings(things: readonly NamedThing[], people: boolean, isOrdinary: IsOrdinaryWord): ThingIndex {
  const index: ThingIndex = {
    things,
    byFirst: new Map(),
    byHead: new Map(),
    byInner: new Map(),
    tokens: new Map(),
    byStem: new Map(),
    combinations: new Map(),
    people,
    isOrdinary,
  };
  for (const thing of things) {
    for (const name of [thing.name, ...(thing.aliases ?? [])]) addPhrase(index, significantTokens(name), thing);
    const tokens = significantTokens(thing.name);
    const [head, ...inner] = tokens;
    if (head !== undefined && tokens.length > 1) push(index.byHead, head, thing);
    for (const token of inner) if (!people && (!isOrdinary(token) || token.length > 4)) push(index.byInner, token, thing);
  }
  if (!people) addCombinations(index);
  return index;
}

function addCombinations(index: ThingIndex): void {
  for (const thing of index.things) {
    for (const name of [thing.name, ...(thing.aliases ?? [])]) {
      const parts = fold(name).split(conjunction).map(significantTokens);
      if (parts.length < 2) continue;
      const ids = parts.map((tokens) => resolvePart(index, tokens, thing));
      if (ids.every((id) => id !== undefined)) index.combinations.set([...new Set(ids)].toSorted().join('\n'), thing);
    }
  }
}

/** Id of the thing that a part of "corte y barba" names by itself. */
function resolvePart(index: ThingIndex, tokens: string[], except: NamedThing): string | undefined {
  const first = tokens[0] ?? '';
  const exact = (index.byFirst.get(first) ?? []).find(
    (phrase) => phrase.thing !== except && phrase.tokens.join(' ') === tokens.join(' '),
  );
  if (exact !== undefined) return exact.thing.id;
  return (index.byHead.get(first) ?? []).find((thing) => thing !== except && !conjunction.test(fold(thing.name)))?.id;
}

/** True for a thing that is several at once by its own name ("Corte y barba"). */
export const isCombination = (thing: NamedThing): boolean => conjunction.test(fold(thing.name));

/** The lists of a workspace. */
export interface VocabularyIndex {
  /** By the name of the kind. */
  things: ReadonlyMap<string, ThingIndex>;
  /** First names and aliases of the people, folded. */
  knownNames: ReadonlySet<string>;
  /** All their names, surnames included. */
  knownNameWords: ReadonlySet<string>;
}

/** Prepares each vocabulary once; the result lives as long as the vocabulary object. */
export function createVocabularyIndexer(
  kinds: Readonly<Record<string, Kind>>,
  isOrdinary: IsOrdinaryWord,
): (vocabulary: Vocabulary) => VocabularyIndex {
  const prepared = new WeakMap<Vocabulary, VocabularyIndex>();
  return (vocabulary) => {
    const known = prepared.get(vocabulary);
    if (known !== undefined) return known;
    const things = new Map<string, ThingIndex>();
    for (const [name, kind] of Object.entries(kinds)) {
      const people = kind.people === true;
      const list = thingsOf(vocabulary, kind);
      const index = indexThings(list, people, isOrdinary);
      // A first name alone is how customers call them.
      if (people) for (const person of list) addPhrase(index, significantTokens(person.name).slice(0, 1), person);
      things.set(name, index);
    }
    const persons = [...things.values()].filter(({ people }) => people);
    const index = {
      things,
      knownNames: new Set(persons.flatMap(({ byFirst }) => [...byFirst.keys()])),
      knownNameWords: new Set(persons.flatMap(({ tokens }) => [...tokens.values()].flat())),
    };
    prepared.set(vocabulary, index);
    return index;
  };
}
