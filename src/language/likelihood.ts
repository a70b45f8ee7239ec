import type { Language } from './contract.ts';
import type { WordClasses } from './pattern.ts';
import type { Word } from './words.ts';

/**
 * A small logistic model over words and pieces of words. It knows what sentences look like that no cue was written for, so it breaks
 * ties between cues and speaks where they are silent. Its weights are data of the domain, as `scripts/train-intents.ts` writes them.
 */
export interface LikelihoodModel {
  /** One row of weights per bucket, one column per intent. */
  weights: Int8Array;
  /** What one step of a weight is worth. */
  scale: number;
}

/** Number of buckets that features are hashed into. A power of two. */
export const buckets = 8192;

/** Words that are read; a longer message says what it wants in them or says too much for this. */
const longestMessage = 60;

/** Weights as a data file has them. */
export interface StoredWeights {
  scale: number;
  /** {@link LikelihoodModel.weights}, base64. */
  weights: string;
}

export function decodeWeights({ scale, weights }: StoredWeights): LikelihoodModel {
  return { weights: new Int8Array(Buffer.from(weights, 'base64')), scale };
}

/** Families of words that the cues are made of: a word that no sentence showed yet is known by the company it keeps there. */
export type FamiliesOf = (word: string) => readonly string[];

export function wordFamilies(tables: Readonly<Record<Language, { classes: WordClasses }>>): FamiliesOf {
  const families = new Map<string, string[]>();
  for (const language of ['es', 'en'] as const) {
    for (const [name, members] of Object.entries(tables[language].classes)) {
      for (const member of members.split(/\s+/)) {
        if (!/^[a-z]+\*?$/.test(member)) continue;
        families.set(member, [...(families.get(member) ?? []), `@${name} ${language}`]);
      }
    }
  }
  const prefixes = [...families.keys()].filter((member) => member.endsWith('*')).map((member) => member.slice(0, -1));
  return (word) => {
    const known = families.get(word);
    if (known !== undefined) return known;
    const prefix = prefixes.find((start) => word.startsWith(start));
    return prefix === undefined ? [] : (families.get(`${prefix}*`) ?? []);
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value ^= value >>> 15;
  return (value >>> 0) & (buckets - 1);
}

/** What the model sees of a word: its kind where it is a date, a service and the like, otherwise the word. */
function shapeOf(word: Word): string {
  const [entity] = word.entities;
  if (entity !== undefined) return `<${entity.kind}>`;
  return /^\d/.test(word.text) ? '<number>' : word.text;
}

/** Buckets of the features of a message, each once. */
export function featuresOf(words: readonly Word[], familiesOf: FamiliesOf): number[] {
  const found = new Set<number>();
  const add = (feature: string): void => {
    found.add(hash(feature));
  };
  const shapes: string[] = [];
  for (let index = 0; index < Math.min(words.length, longestMessage); ) {
    const word = words[index];
    if (word === undefined) break;
    const shape = shapeOf(word);
    shapes.push(shape);
    if (shape.startsWith('<')) {
      index = Math.max(index + 1, word.entities[0]?.next ?? 0);
      continue;
    }
    for (const family of familiesOf(shape)) add(family);
    const framed = `^${shape}$`;
    for (let at = 0; at + 4 <= framed.length; at++) add(framed.slice(at, at + 4));
    index++;
  }
  for (const [index, shape] of shapes.entries()) {
    add(shape);
    add(`${shapes[index - 1] ?? '^'} ${shape}`);
  }
  const asked = words.some((word) => word.question);
  add(`${shapes.at(-1) ?? ''} $${asked}`);
  add(`? ${asked} ${shapes[0] ?? ''}`);
  add(`length ${Math.min(6, shapes.length)}`);
  add('always');
  return [...found];
}

/** How likely each intent is by the words alone, in the order of the intents. Sums to 1. */
export function likelihoods(
  words: readonly Word[],
  intents: readonly string[],
  familiesOf: FamiliesOf,
  model: LikelihoodModel,
): Map<string, number> {
  if (words.length === 0) return new Map([['other', 1]]);
  const features = featuresOf(words, familiesOf);
  const step = model.scale / Math.sqrt(features.length);
  const sums = new Array<number>(intents.length).fill(0);
  for (const feature of features) {
    const row = feature * intents.length;
    for (let column = 0; column < sums.length; column++) sums[column] = (sums[column] ?? 0) + (model.weights[row + column] ?? 0);
  }
  const strengths = sums.map((sum) => Math.exp(Math.min(40, sum * step)));
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  return new Map(intents.map((intent, index) => [intent, (strengths[index] ?? 0) / total]));
}
