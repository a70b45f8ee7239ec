import type { Language } from './contract.ts';
import type { CueTable } from './cue-table.ts';
import { compilePattern, matchPattern, type Pattern, PatternIndex } from './pattern.ts';
import type { Word } from './words.ts';

/** How much speaks for each intent; absent means nothing does. */
export type Scores<I extends string = string> = Map<I, number>;

interface Cue {
  pattern: Pattern;
  /** Undefined for a pattern whose words are to be ignored. */
  intent: string | undefined;
  weight: number;
  askedOnly: boolean;
  negationProof: boolean;
  /** Of a pattern to ignore: its first word wants no appointment, the rest stands. */
  firstOnly: boolean;
}

interface Hit {
  intent: string;
  weight: number;
  start: number;
  end: number;
}

interface Grammar {
  index: PatternIndex<Cue>;
  negators: Set<string>;
  betweenNegation: Set<string>;
}

const reachOfNegation = 4;
/** A cue of the language that the message is not written in counts a little less. */
const otherLanguageFactor = 0.85;

function compileLine(line: string, intent: string | undefined, table: CueTable, firstOnly = false): Cue[] {
  const head = line.slice(0, line.indexOf(' '));
  return line
    .slice(head.length)
    .split(' / ')
    .map((source) => ({
      pattern: compilePattern(source, table.classes),
      intent,
      weight: Number.parseFloat(head),
      askedOnly: head.endsWith('?'),
      negationProof: head.endsWith('!'),
      firstOnly,
    }));
}

function compileGrammar(table: CueTable, intents: readonly string[]): Grammar {
  const cues: Cue[] = [
    ...table.ignore.flatMap((line) => compileLine(`0 ${line}`, undefined, table)),
    ...table.ignoreFirst.flatMap((line) => compileLine(`0 ${line}`, undefined, table, true)),
  ];
  for (const intent of intents) for (const line of table.cues[intent] ?? []) cues.push(...compileLine(line, intent, table));
  return {
    index: new PatternIndex(cues),
    negators: new Set(table.negators),
    betweenNegation: new Set(table.betweenNegation),
  };
}

/** True where a negator of the same clause governs the words that begin at `start`. */
function isNegated(words: Word[], start: number, grammar: Grammar): boolean {
  const clause = words[start]?.clause;
  for (let index = start - 1; index >= Math.max(0, start - reachOfNegation); index--) {
    const word = words[index];
    if (word === undefined || word.clause !== clause) return false;
    if (grammar.negators.has(word.text)) return true;
    if (!grammar.betweenNegation.has(word.text)) return false;
  }
  return false;
}

/** What the intents of a domain are to its cues. */
export interface ScoredIntents {
  /** All of them. */
  intents: readonly string[];
  /** Wishes and orders, which a "no" turns round; "no sé cuánto sale" still asks for the price. */
  negatable: ReadonlySet<string>;
  /** Those that a "quiero" speaks for, unless it begins "quiero saber si …". */
  wished: ReadonlySet<string>;
}

function findHits(words: Word[], grammar: Grammar, { negatable, wished }: ScoredIntents, factor: number): Hit[] {
  const ignored = new Array<boolean>(words.length).fill(false);
  const notWished = new Set<number>();
  const hits: Hit[] = [];
  for (const [start, word] of words.entries()) {
    for (const cue of grammar.index.candidates(word)) {
      if (cue.askedOnly && !word.question) continue;
      const end = matchPattern(cue.pattern, words, start);
      if (end < 0) continue;
      if (cue.intent === undefined) {
        if (cue.firstOnly) notWished.add(start);
        else ignored.fill(true, start, end);
      } else if (!cue.negationProof && negatable.has(cue.intent) && isNegated(words, start, grammar)) {
        hits.push({ intent: cue.intent, weight: -cue.weight * factor, start, end });
      } else hits.push({ intent: cue.intent, weight: cue.weight * factor, start, end });
    }
  }
  return hits.filter(
    (hit) => !(ignored[hit.start] || ignored[hit.end - 1] || (wished.has(hit.intent) && notWished.has(hit.start))),
  );
}

/** Strongest cue counts in full; what else says the same elsewhere in the message adds a little. */
function combine(hits: Hit[]): number {
  const ordered = hits.filter((hit) => hit.weight > 0).toSorted((left, right) => right.weight - left.weight);
  const strongest = ordered[0];
  if (strongest === undefined) return 0;
  const negated = hits.filter((hit) => hit.weight < 0);
  const apart = ordered.filter((hit) => hit.start >= strongest.end || hit.end <= strongest.start).slice(0, 3);
  const denied = negated.some((hit) => -hit.weight >= strongest.weight) ? strongest.weight : 0;
  return strongest.weight + apart.reduce((sum, hit) => sum + hit.weight * 0.1, 0) - denied;
}

/** Adds up what the words say for each intent. */
export type Scorer = (words: Word[], language: Language) => Scores;

/**
 * Compiles the cues of a domain.
 * @throws Error naming a word class that a cue uses and its table does not have
 */
export function createScorer(tables: Readonly<Record<Language, CueTable>>, scored: ScoredIntents): Scorer {
  const grammars: Readonly<Record<Language, Grammar>> = {
    es: compileGrammar(tables.es, scored.intents),
    en: compileGrammar(tables.en, scored.intents),
  };
  return (words, language) => {
    const hits = [
      ...findHits(words, grammars[language], scored, 1),
      ...findHits(words, grammars[language === 'es' ? 'en' : 'es'], scored, otherLanguageFactor),
    ];
    const scores: Scores = new Map();
    for (const [intent, own] of Map.groupBy(hits, (hit) => hit.intent)) {
      const score = combine(own);
      if (score > 0) scores.set(intent, score);
    }
    return scores;
  };
}

/** Every whole word that the tables name. Such a word is seldom anybody's name. */
export function wordsOfTables(tables: readonly CueTable[]): Set<string> {
  const all = new Set<string>();
  for (const table of tables) {
    const texts = [
      ...Object.values(table.classes),
      ...Object.values(table.cues).flatMap((lines) => lines ?? []),
      ...table.ignore,
      ...table.ignoreFirst,
    ];
    for (const text of texts) for (const word of text.match(/[a-z]+/g) ?? []) all.add(word);
  }
  return all;
}
