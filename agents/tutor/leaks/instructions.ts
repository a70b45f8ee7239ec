/** Instructions for an edit, as sentences tell them: what is replaced, put in, taken out, moved or indented, and where. */
import { dedented } from './indentation.ts';
import { plainText } from './undisguise.ts';

/** For each line of the student's program the lines that stand in its place. Places are counted in the program as it was. */
export type Plan = readonly (readonly string[])[];
/** `undefined`: it does not apply. */
export type Change = (plan: Plan) => Plan | undefined;

export interface Instruction {
  /** Readings, the likeliest first. */
  variants: readonly Change[];
  how: string;
  /** No sentence says it in so many words: it is tried alone. */
  guessed?: boolean;
}

/** One clause: its words without code, the code in it, and the lines that it names. */
interface Clause {
  words: string;
  /** The clause with each piece of code as `⟦n⟧`. */
  marked: string;
  pieces: readonly string[];
  blocks: readonly (readonly string[])[];
  numbers: readonly number[];
  /** Its own, and not those of the clause before. */
  named: boolean;
}

const replacing =
  /\b(?:replac\w*|chang\w*|swap\w*|substitut\w*|use|instead|turn|modify|update|should be|rewrite|reempla\w*|cambi\w*|sustitu\w*|us[aá]\w*|en (?:vez|lugar)|deber[ií]a ser|tendr[ií]a que ser|modific\w*|correg\w*|pon[eé]\w*)(?!\w)/i;
const inserting =
  /\b(?:insert\w*|add\w*|put|append\w*|initiali[sz]e\w*|agreg\w*|a[ñn]ad\w*|pon[eé]\w*|inicializ\w*|write|escrib\w*|sum[aá]\w*)(?!\w)/i;
const removing = /\b(?:remov\w*|delet\w*|drop|eras\w*|elimin\w*|borr\w*|sac[aá]\w*|quit\w*)(?!\w)/i;
const indenting = /\b(?:in|de|un)?dent\w*|\b(?:des)?indent\w*|\bsangr\w*|\b(?:tab|tabs|tabulaci\w*)\b/i;
const moving = /\b(?:mov(?:e|es|ed|ing)|mov[eé]\w*|pas[aá] la l[ií]nea|shift)(?!\w)/i;
const before = /\b(?:above|before|antes|arriba|encima|over)\b/i;
const line =
  /\b(?:lines?|l[ií]neas?|rengl[oó]n(?:es)?)\s+(\d{1,3})((?:\s*(?:,|and|y|e)\s*(?:and\s+|y\s+)?(?:lines?\s+|l[ií]neas?\s+)?\d{1,3})*)/gi;

export function instructionsOf(reply: string, lines: readonly string[]): Instruction[] {
  const found: Instruction[] = [];
  for (const clause of clausesOf(plainText(reply), lines.length)) found.push(...instructionsIn(clause, lines));
  return found.slice(0, 12);
}

function instructionsIn(clause: Clause, lines: readonly string[]): Instruction[] {
  const { words, pieces, blocks, numbers, named } = clause;
  const told: Instruction[] = [];
  const add = (variants: readonly Change[], how: string, guessed = false) => {
    if (variants.length > 0) told.push({ variants, how, guessed });
  };
  const statements = pieces.filter((piece) => piece.trim().length > 2);
  const bodies = [...blocks, ...(statements.length > 0 ? [statements] : [])];
  if (moving.test(words) && numbers.length === 2) add(moved(numbers, words, lines), 'a line moved');
  else if (indenting.test(words) && numbers.length > 0 && blocks.length === 0 && !/\bline (?:following|after)\b/i.test(words))
    add(shifted(numbers, lines), 'a line indented');
  const pairs = orderedPairs(clause);
  for (const [from, to] of pairs) add(replacements(lines, from, to, numbers), 'replaced');
  const initial = initialValue(clause);
  if (initial !== undefined) add(assigned(lines, initial, numbers), 'initialised');
  if (told.length === 0) {
    const [first] = numbers;
    if (first !== undefined && inserting.test(words) && !(replacing.test(words) && /\b(?:with|por|con)\b/i.test(words) && named))
      for (const body of bodies) add(inserted(first, body, words, lines), 'lines added');
    else if (first !== undefined && replacing.test(words))
      for (const body of bodies) add(replacedBy(first, body, lines), 'a line replaced');
    if (first !== undefined && removing.test(words) && bodies.length === 0)
      add([(plan) => plan.map((each, at) => (numbers.includes(at + 1) ? [] : each))], 'a line removed');
  }
  if (removing.test(words))
    for (const piece of pieces) {
      const at = lines.findIndex((each) => each.trim() === piece.trim());
      if (at >= 0) add([(plan) => plan.with(at, [])], 'a line removed');
    }
  // What no sentence says in so many words.
  if (pairs.length === 0 && replacing.test(words) && pieces.length > 1) {
    for (const [at, one] of pieces.slice(0, 4).entries()) {
      const other = pieces[at + 1];
      if (other !== undefined)
        add([...replacements(lines, one, other, numbers), ...replacements(lines, other, one, numbers)], 'replaced', true);
    }
  }
  for (const number of numbers)
    for (const piece of statements.filter((each) => !/^\w+$/.test(each.trim())))
      add(replacedBy(number, [piece], lines).slice(0, 1), 'a line replaced', true);
  if (inserting.test(words) && pieces.length > 1) {
    const [one = '', other = ''] = pieces;
    const at = lines.findIndex((each) => each.includes(other));
    if (at >= 0) add([(plan) => inLine(plan, at, (each) => each.replace(other, `${one} ${other}`))], 'inserted', true);
  }
  if (told.length === 0) for (const piece of pieces) add([(plan) => replacedLikest(plan, piece)], 'the likest line replaced', true);
  return told;
}

/** Sentences, and within them what "and then" divides. A clause that names no line is about those of the clause before. */
function clausesOf(text: string, count: number): Clause[] {
  const blocks: string[][] = [];
  const outside = text.replace(/\s*^[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)(?:^[ \t]*(?:```|~~~)|(?![\s\S]))/gm, (_, code: string) => {
    blocks.push(dedented(code.replace(/\n+$/, '').split('\n')));
    return ` ⟦b${blocks.length - 1}⟧\n`;
  });
  let last: number[] = [];
  const sentences = outside.split(/(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚ¿¡])|\n|;\s|\b(?:and|an|y)?\s*(?:then|luego|despu[eé]s)\s+(?=\w+\s)/);
  return sentences
    .filter((sentence) => /\w/.test(sentence))
    .slice(0, 24)
    .map((sentence) => {
      const pieces: string[] = [];
      const marked = sentence.replace(/`{1,3}([^`\n]{1,200})`{1,3}|"([^"\n]{1,120})"/g, (_, ticked?: string, quoted?: string) => {
        pieces.push(ticked ?? quoted ?? '');
        return ` ⟦${pieces.length - 1}⟧ `;
      });
      const words = marked.replace(/⟦\w+⟧/g, ' ');
      const numbers = [...words.matchAll(line)]
        .flatMap(([, first = '', more = '']) => [first, ...(more.match(/\d+/g) ?? [])].map(Number))
        .filter((number) => number >= 1 && number <= count);
      const named = numbers.length > 0;
      if (named) last = numbers;
      const own = [...marked.matchAll(/⟦b(\d+)⟧/g)].map(([, at]) => blocks[Number(at)] ?? []);
      return { words, marked, pieces, blocks: own, numbers: last, named };
    });
}

/** "replace A with B", "change A to B", "B instead of A", "A should be B", "cambiá A por B", "en vez de A, B". */
function orderedPairs({ marked, pieces, words }: Clause): [string, string][] {
  const between =
    /⟦(\d+)⟧\s+(?:(?:call|with|to|by|into|por|should be|has to be|must be|a|en|deber[ií]a ser|tiene que ser|tendr[ií]a que ser)\s+)+(?:a |an |un |una )?⟦(\d+)⟧/gi;
  const backwards = /⟦(\d+)⟧,?\s+(?:instead of|rather than|and not|en (?:vez|lugar) de|y no)\s+⟦(\d+)⟧/gi;
  const piece = (at: string | undefined) => pieces[Number(at)] ?? '';
  const pairs: [string, string][] = [];
  for (const [, from, to] of marked.matchAll(backwards)) pairs.push([piece(to), piece(from)]);
  const turned = /(?:instead of|en (?:vez|lugar) de)\s+⟦(\d+)⟧[^⟦]*⟦(\d+)⟧/i.exec(marked);
  if (turned !== null) pairs.push([piece(turned[1]), piece(turned[2])]);
  if (replacing.test(words)) {
    for (const [, from, to] of marked.matchAll(between)) pairs.push([piece(from), piece(to)]);
    const far = pairs.length === 0 ? /⟦(\d+)⟧[^⟦]*\b(?:with|to|by|por|a)\s+⟦(\d+)⟧/i.exec(marked) : null;
    if (far !== null) pairs.push([piece(far[1]), piece(far[2])]);
    const bare = pairs.length === 0 ? barePair(marked) : undefined;
    if (bare !== undefined) pairs.push(bare);
  }
  return pairs.filter(([from, to]) => from.trim() !== '' && from.trim() !== to.trim());
}

/** "change range(0, n) to range(1, n)", without ticks. */
function barePair(marked: string): [string, string] | undefined {
  const found =
    /\b(?:replace|change|swap|substitute|reemplaz[\wá]*|cambi[\wá]*|sustitu[\wí]*)\s+(?:the |el |la )?([^\s⟦]\S*(?: \S+){0,4}?) (?:with|to|by|for|into|por|a) (?:a |an |un |una )?([^\s⟦]\S*(?: \S+){0,4}?)(?:[.;]|\s+(?:on|in|en|at)\b|,\s|$)/i.exec(
      marked,
    );
  return found?.[1] === undefined || found[2] === undefined ? undefined : [found[1], found[2]];
}

function initialValue({ marked, pieces }: Clause): [string, string] | undefined {
  const found =
    /\b(?:initiali[sz]e|set|start|inicializ[\wá]*|asign[\wá]*|empez[\wá]*)\s+(?:the variable |la variable |con )?(?:⟦(\d+)⟧|(\w+))\s+(?:to|with|at|as|a|en|con)\s+(?:⟦(\d+)⟧|(-?[\w.'"[\]{}()]+))/i.exec(
      marked,
    );
  if (found === null) return undefined;
  const name = found[1] === undefined ? found[2] : pieces[Number(found[1])];
  const value = found[3] === undefined ? found[4]?.replace(/\.$/, '') : pieces[Number(found[3])];
  return name !== undefined && value !== undefined && /^\w+$/.test(name.trim()) ? [name.trim(), value.trim()] : undefined;
}

function assigned(lines: readonly string[], [name, value]: [string, string], numbers: readonly number[]): Change[] {
  const sets = new RegExp(`^(\\s*(?:(?:let|var|const)\\s+)?${name}\\s*=\\s*)(?!=).*$`);
  const places = lines.flatMap((each, at) => (sets.test(each) && (numbers.length === 0 || numbers.includes(at + 1)) ? [at] : []));
  return places
    .slice(0, 2)
    .map((at) => (plan: Plan) => inLine(plan, at, (each) => each.replace(sets, (_, head: string) => head + value)));
}

function inLine(plan: Plan, at: number, change: (line: string) => string): Plan {
  return plan.with(
    at,
    (plan[at] ?? []).map((each) => change(each)),
  );
}

function replacements(lines: readonly string[], from: string, to: string, numbers: readonly number[]): Change[] {
  const found = from.trim();
  if (found === '' || found === to.trim()) return [];
  const whole = /^\w+$/.test(found)
    ? new RegExp(`(?<!\\w)${found}(?!\\w)`, 'g')
    : new RegExp(found.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s*'), 'g');
  // A name stands for its call: "change `range` to `range(1, n)`".
  const called = /^\w+$/.test(found) && new RegExp(`^${found}\\(`).test(to.trim());
  const put = (each: string) =>
    (called ? callReplaced(each, found, to.trim()) : each.replace(whole, () => to.trim())).replace(/::(\s*)$/, ':$1');
  const has = (each: string) => each.search(whole) >= 0;
  const all =
    (chosen: readonly number[]): Change =>
    (plan) =>
      plan.map((each, at) => (chosen.includes(at) ? each.map(put) : each));
  const chosen = numbers.map((number) => number - 1).filter((at) => has(lines[at] ?? ''));
  const places = lines.flatMap((each, at) => (has(each) ? [at] : []));
  if (places.length === 0) return [];
  const readings = chosen.length > 0 ? [all(chosen)] : places.length === 1 ? [] : [...places.slice(0, 3).map((at) => all([at]))];
  return chosen.length > 0 ? readings : [all(places), ...readings];
}

function callReplaced(text: string, name: string, call: string): string {
  const start = text.search(new RegExp(`(?<!\\w)${name}\\(`));
  if (start < 0) return text;
  let depth = 0;
  for (let at = start + name.length; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return text.slice(0, start) + call + text.slice(at + 1);
  }
  return text;
}

const indentOf = (text: string) => /^\s*/.exec(text)?.[0] ?? '';

/** Levels that a line at this place may have: the likeliest first. */
function levels(lines: readonly string[], at: number): string[] {
  const own = lines[at] ?? '';
  const next = lines.slice(at + 1).find((each) => each.trim() !== '') ?? '';
  const inner = /:\s*(?:#.*)?$/.test(own)
    ? [indentOf(next).length > indentOf(own).length ? indentOf(next) : `${indentOf(own)}    `]
    : [];
  const all = lines.filter((each) => each.trim() !== '').map(indentOf);
  return [...new Set([...inner, indentOf(own), indentOf(next), ...all])].slice(0, 6);
}

function inserted(number: number, body: readonly string[], words: string, lines: readonly string[]): Change[] {
  const at = number - 1;
  const flat = dedented(body);
  const put =
    (level: string, above: boolean): Change =>
    (plan) => {
      const written = flat.map((each) => (each === '' ? '' : level + each));
      return plan.with(at, above ? [...written, ...(plan[at] ?? [])] : [...(plan[at] ?? []), ...written]);
    };
  const above = before.test(words);
  const places = levels(lines, at).map((level) => put(level, above));
  return [...places, put(indentOf(lines[at] ?? ''), !above)];
}

function replacedBy(number: number, body: readonly string[], lines: readonly string[]): Change[] {
  const at = number - 1;
  return levels(lines, at - 1)
    .toSorted((one, other) => Number(other === indentOf(lines[at] ?? '')) - Number(one === indentOf(lines[at] ?? '')))
    .slice(0, 3)
    .map(
      (level) => (plan: Plan) =>
        plan.with(
          at,
          dedented(body).map((each) => (each === '' ? '' : level + each)),
        ),
    );
}

function shifted(numbers: readonly number[], lines: readonly string[]): Change[] {
  const [first = 1] = numbers;
  const own = indentOf(lines[first - 1] ?? '');
  const inner = lines.filter((each) => each.trim() !== '').map((each) => indentOf(each));
  const to = [...new Set([...inner, `${own}    `])].filter((each) => each !== own).slice(0, 5);
  return to.map(
    (level) => (plan: Plan) =>
      plan.map((each, at) => (numbers.includes(at + 1) ? each.map((text) => level + text.trimStart()) : each)),
  );
}

function moved([from = 1, to = 1]: readonly number[], words: string, lines: readonly string[]): Change[] {
  const text = (lines[from - 1] ?? '').trim();
  const above = before.test(words);
  const all = [indentOf(lines[to - 1] ?? ''), indentOf(lines[from - 1] ?? '')];
  return [...new Set(all)].map((level) => (plan: Plan) => {
    const without = plan.with(from - 1, []);
    const there = without[to - 1] ?? [];
    return without.with(to - 1, above ? [level + text, ...there] : [...there, level + text]);
  });
}

/** The student's line that shares the most words with the code told, replaced by it. */
export function replacedLikest(plan: Plan, span: string): Plan | undefined {
  const told = new Set(span.match(/\w+|[^\w\s]/g) ?? []);
  if (told.size < 3) return undefined;
  let best = -1;
  let highest = 0.5;
  for (const [at, each] of plan.entries()) {
    const line = each[0] ?? '';
    const own = new Set(line.match(/\w+|[^\w\s]/g) ?? []);
    if (own.size === 0 || line.trim() === span.trim()) continue;
    const shared = [...told].filter((token) => own.has(token)).length / Math.max(told.size, own.size);
    if (shared > highest) [best, highest] = [at, shared];
  }
  if (best < 0) return undefined;
  return plan.with(best, [`${/^\s*/.exec(plan[best]?.[0] ?? '')?.[0] ?? ''}${span.trim()}`]);
}
