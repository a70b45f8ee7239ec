import type { Language } from '../contract.ts';
import type { Token } from '../text.ts';
import type { DayNumber } from './calendar.ts';
import type { SymbolName, Symbols } from './meaning.ts';

/** One way to read a phrase: it ends before token `end` and means `value`. */
export interface Reading<Name extends SymbolName = SymbolName> {
  end: number;
  value: Symbols[Name];
}

/** What rules may look at besides their own phrase. */
export interface Context {
  language: Language;
  text: string;
  tokens: readonly Token[];
  /** Today. */
  today: DayNumber;
  /** Minutes since midnight. */
  minutes: number;
  /** All readings of a phrase of a kind that begins at a token. */
  read<Name extends SymbolName>(name: Name, at: number): readonly Reading<Name>[];
}

/** A phrase that a rule matched. */
export interface Match {
  /** Index of its first token. */
  start: number;
  /** Index of the token after its last. */
  end: number;
  /** Meaning of the nth phrase of a kind in it. */
  get<Name extends SymbolName>(name: Name, nth?: number): Symbols[Name];
  find<Name extends SymbolName>(name: Name, nth?: number): Symbols[Name] | undefined;
  /** Index of the first token of the nth phrase of a kind in it, -1 where there is none. */
  place(name: SymbolName, nth?: number): number;
  /** True where one of its tokens is this word. */
  says(word: string): boolean;
}

/** Reads terminals: phrases that are not spelled out as patterns. */
export type Terminal<Name extends SymbolName> = (context: Context, at: number) => Reading<Name>[];

interface Rule {
  name: SymbolName;
  pattern: string;
  build: (match: Match, context: Context) => Symbols[SymbolName] | undefined;
}

interface TrieNode {
  words: Map<string, TrieNode>;
  phrases: { name: SymbolName; node: TrieNode }[];
  /** Rules that end here, first the one written first. */
  rules: number[];
}

interface Captured {
  name: SymbolName;
  at: number;
  value: Symbols[SymbolName];
}

const newNode = (): TrieNode => ({ words: new Map(), phrases: [], rules: [] });
const nothing: readonly Reading[] = [];

/**
 * Steps through the tries that one text may cost. The steps grow with the text, but "3/4 3/4 3/4" makes a hundred times as many of each
 * token as a sentence does; the longest sentence of a customer takes four hundred.
 */
const mostSteps = 4000;

/** Steps that are left for a text. */
interface Allowance {
  steps: number;
}

/**
 * A grammar of phrases, written as patterns: words, `<phrases>`, groups `(this|or that)` and a `?` behind what may be left out.
 * All patterns of a kind share one trie, and every kind is read at most once per token, so the work grows with the text and not
 * with the number of rules. A phrase must not begin with itself.
 */
export class Grammar {
  readonly #rules: Rule[] = [];
  readonly #roots = new Map<SymbolName, TrieNode>();
  readonly #terminals = new Map<SymbolName, Terminal<SymbolName>>();
  /** First words of the phrases of a kind. Most words of a message begin no date at all, and looking them up here is all they cost. */
  readonly #openers = new Map<SymbolName, ReadonlySet<string>>();
  /** Every word that a pattern spells out. */
  readonly words = new Set<string>();
  /** Words that a terminal may begin with; numbers in digits always may. */
  #terminalWords: ReadonlySet<string> = new Set();

  /** Adds a pattern. Of two that read the same tokens as the same kind, the one added first wins. `build` may decline. */
  rule<Name extends SymbolName>(
    name: Name,
    pattern: string,
    build: (match: Match, context: Context) => Symbols[Name] | undefined,
  ): void {
    const index = this.#rules.push({ name, pattern, build }) - 1;
    const root = this.#roots.get(name) ?? newNode();
    this.#roots.set(name, root);
    for (const sequence of expandPattern(pattern)) this.#insert(root, sequence, index);
  }

  terminal<Name extends SymbolName>(name: Name, read: Terminal<Name>): void {
    this.#terminals.set(name, read as unknown as Terminal<SymbolName>);
  }

  /** Names the words that terminals may begin with. To be called behind the last rule. */
  openTerminalsWith(words: Iterable<string>): void {
    this.#terminalWords = new Set(words);
    this.#openers.clear();
  }

  #openersOf(name: SymbolName): ReadonlySet<string> {
    const known = this.#openers.get(name);
    if (known !== undefined) return known;
    const openers = new Set<string>();
    const seen = new Set<SymbolName>();
    const pending: SymbolName[] = [name];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (this.#terminals.has(next)) for (const word of this.#terminalWords) openers.add(word);
      const root = this.#roots.get(next);
      for (const word of root?.words.keys() ?? []) openers.add(word);
      for (const phrase of root?.phrases ?? []) pending.push(phrase.name);
    }
    this.#openers.set(name, openers);
    return openers;
  }

  /** A context that reads phrases of one text. */
  reader(base: Omit<Context, 'read'>): Context {
    const memory = new Map<SymbolName, (Reading[] | undefined)[]>();
    const allowance: Allowance = { steps: mostSteps };
    const context: Context = {
      ...base,
      read: <Name extends SymbolName>(name: Name, at: number) => {
        const token = base.tokens[at];
        if (token === undefined || (token.kind !== 'number' && !this.#openersOf(name).has(token.text)))
          return nothing as readonly Reading<Name>[];
        let remembered = memory.get(name);
        if (remembered === undefined) {
          remembered = [];
          memory.set(name, remembered);
        }
        const known = remembered[at];
        if (known !== undefined) return known as Reading<Name>[];
        // Set before reading: a phrase that would begin with itself finds nothing instead of recursing.
        remembered[at] = [];
        const readings = this.#read(context, name, at, allowance);
        remembered[at] = readings;
        return readings as Reading<Name>[];
      },
    };
    return context;
  }

  #insert(root: TrieNode, sequence: string[], rule: number): void {
    let node = root;
    for (const element of sequence) {
      let next: TrieNode | undefined;
      if (element.startsWith('<')) {
        const name = element.slice(1, -1) as SymbolName;
        next = node.phrases.find((phrase) => phrase.name === name)?.node;
        if (next === undefined) {
          next = newNode();
          node.phrases.push({ name, node: next });
        }
      } else {
        this.words.add(element);
        next = node.words.get(element) ?? newNode();
        node.words.set(element, next);
      }
      node = next;
    }
    if (!node.rules.includes(rule)) node.rules.push(rule);
  }

  #read(context: Context, name: SymbolName, at: number, allowance: Allowance): Reading[] {
    const readings: (Reading & { rule: number })[] = [];
    for (const reading of this.#terminals.get(name)?.(context, at) ?? []) readings.push({ ...reading, rule: -1 });
    const root = this.#roots.get(name);
    if (root !== undefined) this.#walk(context, root, at, at, [], readings, allowance);
    return readings;
  }

  #walk(
    context: Context,
    node: TrieNode,
    start: number,
    at: number,
    captured: Captured[],
    readings: (Reading & { rule: number })[],
    allowance: Allowance,
  ): void {
    if (allowance.steps-- <= 0) return;
    for (const index of node.rules) {
      const rule = this.#rules[index];
      const rival = readings.findIndex((reading) => reading.end === at);
      if (rule === undefined || (rival >= 0 && (readings[rival]?.rule ?? 0) < index)) continue;
      const value = rule.build(new Phrase(context, start, at, captured), context);
      if (value === undefined) continue;
      if (rival >= 0) readings.splice(rival, 1);
      readings.push({ end: at, value, rule: index });
      break;
    }
    const token = context.tokens[at];
    if (token === undefined) return;
    const byWord = node.words.get(token.text);
    if (byWord !== undefined) this.#walk(context, byWord, start, at + 1, captured, readings, allowance);
    for (const { name, node: next } of node.phrases) {
      for (const reading of context.read(name, at)) {
        captured.push({ name, at, value: reading.value });
        this.#walk(context, next, start, reading.end, captured, readings, allowance);
        captured.pop();
      }
    }
  }
}

class Phrase implements Match {
  readonly start: number;
  readonly end: number;
  readonly #context: Context;
  readonly #captured: readonly Captured[];

  constructor(context: Context, start: number, end: number, captured: readonly Captured[]) {
    this.start = start;
    this.end = end;
    this.#context = context;
    this.#captured = captured;
  }

  #nth(name: SymbolName, nth: number): Captured | undefined {
    let seen = 0;
    for (const captured of this.#captured) if (captured.name === name && seen++ === nth) return captured;
    return undefined;
  }

  get<Name extends SymbolName>(name: Name, nth = 0): Symbols[Name] {
    const found = this.#nth(name, nth);
    if (found === undefined) throw new TypeError(`The pattern has no <${name}> number ${nth + 1}.`);
    return found.value as Symbols[Name];
  }

  find<Name extends SymbolName>(name: Name, nth = 0): Symbols[Name] | undefined {
    return this.#nth(name, nth)?.value as Symbols[Name] | undefined;
  }

  place(name: SymbolName, nth = 0): number {
    return this.#nth(name, nth)?.at ?? -1;
  }

  says(word: string): boolean {
    for (let index = this.start; index < this.end; index++) if (this.#context.tokens[index]?.text === word) return true;
    return false;
  }
}

/** All sequences of words and phrases that a pattern stands for. */
export function expandPattern(pattern: string): string[][] {
  const parts = pattern.match(/\\?[()|?]|<\w+>|[^\s()|?<>]+/g) ?? [];
  let index = 0;
  const alternatives = (): string[][] => {
    const found: string[][] = [];
    for (;;) {
      found.push(...sequence());
      if (parts[index] !== '|') return found;
      index++;
    }
  };
  const sequence = (): string[][] => {
    let sequences: string[][] = [[]];
    while (index < parts.length && parts[index] !== '|' && parts[index] !== ')') {
      let options: string[][];
      if (parts[index] === '(') {
        index++;
        options = alternatives();
        index++;
      } else {
        options = [[(parts[index] ?? '').replace(/^\\/, '')]];
        index++;
      }
      if (parts[index] === '?') {
        options = [...options, []];
        index++;
      }
      sequences = sequences.flatMap((before) => options.map((option) => [...before, ...option]));
    }
    return sequences;
  };
  return alternatives().filter((found) => found.length > 0);
}
