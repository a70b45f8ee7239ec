import type { EntityKind, Word } from './words.ts';

/**
 * The small language that cues are written in. A pattern is a list of steps over folded words:
 *
 * - `a|b` one of these words; `cancel*` any word that begins so; `@want` a class of words; `<date>` a thing that was found
 * - `a?` may be absent; `..` up to three words of the same clause; `....` up to seven; `>>` whatever is said in between
 * - `^` beginning of a clause; `$` its end
 */
export interface Pattern {
  steps: Step[];
  fromClauseStart: boolean;
  toClauseEnd: boolean;
}

interface Step {
  words: Set<string>;
  prefixes: string[];
  entities: EntityKind[];
  optional: boolean;
  /** Whether the end of the clause will do as well (`la|lo|$`). */
  acceptsEnd: boolean;
  /** Words that may be skipped before this step. */
  gap: number;
  /** Whether they may lie in other clauses. */
  far: boolean;
}

/** Words that `>>` passes over at most. */
const farthest = 40;

/** Words by class name; a class may name others (`@room`). */
export type WordClasses = Readonly<Record<string, string>>;

function addAlternative(step: Step, alternative: string, classes: WordClasses): void {
  if (alternative.startsWith('@')) {
    const members = classes[alternative.slice(1)];
    if (members === undefined) throw new Error(`Unknown word class ${alternative}: declare it in the table's classes.`);
    for (const member of members.split(/\s+/)) addAlternative(step, member, classes);
  } else if (alternative === '$') step.acceptsEnd = true;
  else if (alternative.startsWith('<')) step.entities.push(alternative.slice(1, -1) as EntityKind);
  else if (alternative.endsWith('*')) step.prefixes.push(alternative.slice(0, -1));
  else step.words.add(alternative);
}

/** Compiles one pattern. Throws on an unknown class, so a typing error in a table shows when the module loads. */
export function compilePattern(source: string, classes: WordClasses): Pattern {
  const pattern: Pattern = { steps: [], fromClauseStart: false, toClauseEnd: false };
  let gap = 0;
  for (const part of source.trim().split(/\s+/)) {
    if (part === '^') pattern.fromClauseStart = true;
    else if (part === '$') pattern.toClauseEnd = true;
    else if (part === '..') gap = 3;
    else if (part === '....') gap = 7;
    else if (part === '>>') gap = farthest;
    else {
      const step: Step = {
        words: new Set(),
        prefixes: [],
        entities: [],
        optional: part.endsWith('?'),
        acceptsEnd: false,
        gap,
        far: gap === farthest,
      };
      const alternatives = step.optional ? part.slice(0, -1) : part;
      for (const alternative of alternatives.split('|')) addAlternative(step, alternative, classes);
      pattern.steps.push(step);
      gap = 0;
    }
  }
  return pattern;
}

/** Index after the step when it accepts the word at `index`, otherwise -1. */
function accept(step: Step, words: Word[], index: number): number {
  const word = words[index];
  if (word === undefined) return -1;
  if (step.words.has(word.text) || step.prefixes.some((prefix) => word.text.startsWith(prefix))) return index + 1;
  for (const entity of word.entities) if (step.entities.includes(entity.kind)) return entity.next;
  return -1;
}

function matchFrom(pattern: Pattern, stepIndex: number, words: Word[], index: number, clause: number): number {
  const step = pattern.steps[stepIndex];
  if (step === undefined) {
    const ended = words[index]?.clause !== clause;
    return pattern.toClauseEnd && !ended ? -1 : index;
  }
  for (let skipped = 0; skipped <= step.gap; skipped++) {
    const at = index + skipped;
    const word = words[at];
    if (word === undefined || (!step.far && word.clause !== clause)) break;
    const next = accept(step, words, at);
    if (next < 0) continue;
    const lastClause = words[next - 1]?.clause ?? clause;
    const end = matchFrom(pattern, stepIndex + 1, words, next, lastClause);
    if (end >= 0) return end;
  }
  if (step.acceptsEnd && words[index]?.clause !== clause) return matchFrom(pattern, stepIndex + 1, words, index, clause);
  return step.optional ? matchFrom(pattern, stepIndex + 1, words, index, clause) : -1;
}

/** Index after the last word when the pattern matches from word `index`, otherwise -1. Work is bounded by the pattern's gaps. */
export function matchPattern(pattern: Pattern, words: Word[], index: number): number {
  const word = words[index];
  if (word === undefined) return -1;
  if (pattern.fromClauseStart && words[index - 1]?.clause === word.clause) return -1;
  return matchFrom(pattern, 0, words, index, word.clause);
}

const none: readonly never[] = [];

/** Finds the patterns that can begin at a word without trying all of them. */
export class PatternIndex<T extends { pattern: Pattern }> {
  readonly #byWord = new Map<string, T[]>();
  readonly #byPrefix = new Map<string, { prefix: string; entry: T }[]>();
  readonly #byEntity = new Map<EntityKind, T[]>();

  constructor(entries: readonly T[]) {
    for (const entry of entries) {
      for (const step of entry.pattern.steps) {
        for (const word of step.words) push(this.#byWord, word, entry);
        for (const prefix of step.prefixes) push(this.#byPrefix, prefix.slice(0, 3), { prefix, entry });
        for (const kind of step.entities) push(this.#byEntity, kind, entry);
        if (!step.optional) break;
      }
    }
  }

  /** Entries whose first step, or the one behind optional first steps, accepts the word; an entry may come twice. */
  candidates(word: Word): readonly T[] {
    const { text, entities } = word;
    const byWord = this.#byWord.get(text) ?? none;
    const byPrefix = this.#byPrefix.get(text.slice(0, 3));
    if (byPrefix === undefined && entities.length === 0) return byWord;
    const found: T[] = [...byWord];
    for (const { prefix, entry } of byPrefix ?? []) if (text.startsWith(prefix)) found.push(entry);
    for (const entity of entities) found.push(...(this.#byEntity.get(entity.kind) ?? none));
    return found;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
