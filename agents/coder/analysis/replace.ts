/**
 * Replaces code by its structure: `$A` in a pattern stands for one node, `$$$A` for any number of them, `$_` for one that does not matter. A name that is
 * used twice has to be the same text both times.
 */
import type { FileChange } from '../../../src/files.ts';
import type { CodeLanguage, Place, Project, ProposedChanges, Snapshot } from './contract.ts';
import { type Grammar, grammarOf, type SyntaxNode } from './grammars.ts';
import { isBelow } from './listing.ts';
import { changeOfSpans, placeFinder, type Span } from './span-edits.ts';

export interface ReplaceRequest {
  pattern: string;
  /** What takes its place. Absent: it is only looked for. */
  replacement?: string | undefined;
  under?: string | undefined;
  language?: CodeLanguage | undefined;
}

export type ReplaceResult =
  | ({ kind: 'proposed'; languages: readonly CodeLanguage[] } & ProposedChanges)
  /** In no language of the project is it a whole piece of code, or it is nothing but a hole. */
  | { kind: 'refused'; reason: 'not-a-pattern' | 'unbound'; message: string };

/** A letter that no program uses stands for the dollar while the pattern is parsed. */
const mark = 'µ';
const hole = new RegExp(`^(${mark}{1,3})([A-Z_][A-Z0-9_]*)$`);

export async function replaceByPattern(project: Project, snapshot: Snapshot, request: ReplaceRequest): Promise<ReplaceResult> {
  const { pattern, replacement, under, language: only } = request;
  const marked = pattern.trim().replaceAll(/\${1,3}(?=[A-Z_])/g, (dollars) => mark.repeat(dollars.length));
  const names = new Set([...pattern.matchAll(/\${1,3}([A-Z_][A-Z0-9_]*)/g)].map(([, name]) => name));
  const unbound = [...(replacement ?? '').matchAll(/\${1,3}([A-Z_][A-Z0-9_]*)/g)].find(
    ([, name]) => !names.has(name) || name === '_',
  );
  if (unbound !== undefined) {
    return {
      kind: 'refused',
      reason: 'unbound',
      message: `${unbound[0]} is not in the pattern. What takes the place can only use what the pattern has.`,
    };
  }
  const below = isBelow(under);
  const changes: FileChange[] = [];
  const places: Place[] = [];
  const read = new Map<CodeLanguage, Matcher | undefined>();
  for (const [path, { language }] of snapshot.files) {
    if (!below(path) || (only !== undefined && language !== only)) continue;
    if (!read.has(language)) read.set(language, matcherOf(await grammarOf(language), marked));
    const matcher = read.get(language);
    if (matcher === undefined) continue;
    const { text, hash } = await project.read(path);
    // Most files have not even the words.
    if (!matcher.words.every((word) => text.includes(word))) continue;
    const spans = matcher.grammar.parse(text, (root) => matchesIn(matcher, root, text, replacement));
    if (spans.length === 0) continue;
    const placeAt = placeFinder(path, text);
    places.push(...spans.map(({ start }) => placeAt(start)));
    if (replacement !== undefined) changes.push(changeOfSpans(path, text, hash, spans));
  }
  const languages = [...read].flatMap(([language, matcher]) => (matcher === undefined ? [] : [language]));
  if (languages.length === 0) {
    return {
      kind: 'refused',
      reason: 'not-a-pattern',
      message: `"${pattern}" is no piece of code in ${read.size === 0 ? 'a language that is parsed' : [...read.keys()].join(', ')}. A call is: print($A), or fetch($URL, $$$REST).`,
    };
  }
  return { kind: 'proposed', languages, changes, places, undecided: [], notes: [] };
}

interface Matcher {
  grammar: Grammar;
  /** The pattern as a tree of its own, since the parser frees the other. */
  pattern: PatternNode;
  words: readonly string[];
}

interface PatternNode {
  type: string;
  text: string;
  hole: { many: boolean; name: string } | undefined;
  children: readonly PatternNode[];
}

function matcherOf(grammar: Grammar, marked: string): Matcher | undefined {
  for (const text of [marked, `${marked};`]) {
    const pattern = grammar.parse(text, (root) => {
      if (root.hasError) return undefined;
      let node = root;
      while (node.namedChildCount === 1 && (node.id === root.id || text !== marked || node.type === 'expression_statement')) {
        const inner = node.namedChild(0);
        if (inner === null || inner.text.length < marked.length) break;
        node = inner;
      }
      return node.id === root.id ? undefined : patternOf(node);
    });
    if (pattern !== undefined && pattern.hole === undefined) {
      return { grammar, pattern, words: leavesOf(pattern).filter((word) => /^\w{2,}$/.test(word)) };
    }
  }
  return undefined;
}

function patternOf(node: SyntaxNode): PatternNode {
  const found = hole.exec(node.text);
  const children = childrenOf(node).map(patternOf);
  return {
    type: node.type,
    text: node.text,
    hole: found === null ? undefined : { many: found[1]?.length === 3, name: found[2] ?? '' },
    children: found === null ? children : [],
  };
}

function leavesOf(node: PatternNode): string[] {
  if (node.hole !== undefined) return [];
  return node.children.length === 0 ? [node.text] : node.children.flatMap(leavesOf);
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter((each): each is SyntaxNode => each !== null && !/comment$/.test(each.type));
}

type Bound = ReadonlyMap<string, readonly SyntaxNode[]>;

function matchesIn({ pattern }: Matcher, root: SyntaxNode, text: string, replacement: string | undefined): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const node of root.descendantsOfType(pattern.type)) {
    // The outer of two is replaced.
    if (node === null || node.startIndex < from) continue;
    const bound = matched(pattern, node, new Map());
    if (bound === undefined) continue;
    from = node.endIndex;
    spans.push({
      start: node.startIndex,
      end: node.endIndex,
      new: replacement === undefined ? '' : filled(replacement, bound, text),
    });
  }
  return spans;
}

function matched(pattern: PatternNode, node: SyntaxNode, bound: Bound): Bound | undefined {
  if (pattern.hole !== undefined) return node.isNamed ? bind(pattern.hole.name, [node], bound) : undefined;
  if (pattern.type !== node.type) return undefined;
  if (pattern.children.length === 0) return pattern.text === node.text ? bound : undefined;
  return matchedAll(pattern.children, childrenOf(node), bound);
}

function matchedAll(patterns: readonly PatternNode[], nodes: readonly SyntaxNode[], bound: Bound): Bound | undefined {
  const [first, ...rest] = patterns;
  if (first === undefined) return nodes.length === 0 ? bound : undefined;
  // `f($A, $$$REST)` is `f(1)` too: the comma goes with what is not there.
  if (first.text === ',' && rest[0]?.hole?.many === true && nodes[0]?.type !== ',') return matchedAll(rest, nodes, bound);
  if (first.hole?.many !== true) {
    const [node, ...others] = nodes;
    const after = node === undefined ? undefined : matched(first, node, bound);
    return after === undefined ? undefined : matchedAll(rest, others, after);
  }
  for (let taken = 0; taken <= nodes.length; taken += 1) {
    const after = bind(first.hole.name, nodes.slice(0, taken), bound);
    const whole = after === undefined ? undefined : matchedAll(rest, nodes.slice(taken), after);
    if (whole !== undefined) return whole;
  }
  return undefined;
}

function bind(name: string, nodes: readonly SyntaxNode[], bound: Bound): Bound | undefined {
  if (name === '_') return bound;
  const before = bound.get(name);
  if (before === undefined) return new Map(bound).set(name, nodes);
  const textOf = (each: readonly SyntaxNode[]) => each.map((node) => node.text).join(' ');
  return textOf(before) === textOf(nodes) ? bound : undefined;
}

function filled(replacement: string, bound: Bound, text: string): string {
  return replacement.replaceAll(/\${1,3}([A-Z_][A-Z0-9_]*)/g, (_whole, name: string) => {
    const nodes = bound.get(name) ?? [];
    const [first, last] = [nodes[0], nodes.at(-1)];
    return first === undefined || last === undefined ? '' : text.slice(first.startIndex, last.endIndex);
  });
}
