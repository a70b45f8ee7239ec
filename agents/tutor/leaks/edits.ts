import { codeLinesOf } from './lines.ts';
import { plainText } from './undisguise.ts';

/** The student's program after an edit that a reply tells. */
export interface EditedProgram {
  code: string;
  how: string;
}

const most = 12;
const codeSpan = /`{1,3}([^`\n]{1,200})`{1,3}|"([^"\n]{1,120})"/g;
const lineNumber = /\b(?:lines?|l[ií]neas?|rengl[oó]n(?:es)?)\s+(\d{1,3})((?:\s*(?:,|and|y|e)\s*(?:and\s+|y\s+)?\d{1,3})*)/gi;
const replacing =
  /\b(?:replac\w*|chang\w*|swap\w*|substitut\w*|use|instead|turn|modify|update|should be|reempla\w*|cambi\w*|sustitu\w*|us[aá]\w*|en (?:vez|lugar)|deber[ií]a ser|modific\w*|correg\w*|pon[eé]\w*)\b/i;
const inserting =
  /\b(?:insert\w*|add\w*|put|append\w*|initiali[sz]e\w*|agreg\w*|a[ñn]ad\w*|pon[eé]\w*|insert[aá]\w*|inicializ\w*|write|escrib\w*)\b/i;
const removing = /\b(?:remov\w*|delet\w*|drop|elimin\w*|borr\w*|sac[aá]\w*|quit\w*)\b/i;

/** Edits of the student's program that a reply spells out: "replace `a` with `b` on line 3", "agregá `x` después de la línea 2". */
export function editsOf(reply: string, studentCode: string): EditedProgram[] {
  const text = plainText(reply);
  const lines = studentCode.split('\n');
  const edits: EditedProgram[] = [];
  const add = (edited: readonly string[], how: string) => {
    const code = edited.join('\n');
    if (code !== studentCode && edits.length < most && !edits.some((each) => each.code === code)) edits.push({ code, how });
  };
  let together = lines;
  for (const sentence of sentencesOf(text)) {
    const numbers = [...sentence.matchAll(lineNumber)]
      .flatMap(([, first = '', more = '']) => [first, ...(more.match(/\d+/g) ?? [])].map(Number))
      .filter((number) => number >= 1 && number <= lines.length);
    const spans = [...sentence.matchAll(codeSpan)]
      .map(([, ticked, quoted]) => ticked ?? quoted ?? '')
      .filter((span) => span.trim() !== '');
    const words = replacing.test(sentence) ? barePairOf(sentence) : undefined;
    const pairs = words === undefined ? pairsOf(spans) : [words, ...pairsOf(spans)];
    const before = edits.length;
    if (replacing.test(sentence)) {
      for (const [from, to] of pairs) {
        for (const edited of replacements(lines, from, to, numbers)) add(edited, 'replaced');
        // Each sentence may be one part of a change.
        together = replacements(together, from, to, numbers)[0] ?? together;
      }
    }
    for (const number of numbers) {
      const own = lines[number - 1] ?? '';
      for (const span of spans) if (span.trim().length > 3) add(lines.with(number - 1, indentedLike(own, span)), 'a line replaced');
    }
    if (inserting.test(sentence)) {
      for (const span of spans.slice(0, 3)) {
        for (const number of numbers) {
          const own = lines[number - 1] ?? '';
          const after = /(?::\s*)$/.test(own) ? `${/^\s*/.exec(own)?.[0]}    ` : own;
          add(
            [...lines.slice(0, number), indentedLike(after === own ? own : `${after}x`, span), ...lines.slice(number)],
            'a line added',
          );
          add([...lines.slice(0, number - 1), indentedLike(own, span), ...lines.slice(number - 1)], 'a line added');
        }
        const next = spans[spans.indexOf(span) + 1];
        const at = next === undefined ? -1 : lines.findIndex((line) => line.includes(next));
        if (next !== undefined && at >= 0) add(lines.with(at, (lines[at] ?? '').replace(next, `${span} ${next}`)), 'inserted');
      }
    }
    if (removing.test(sentence)) {
      for (const number of numbers)
        add(
          lines.filter((_, at) => at !== number - 1),
          'a line removed',
        );
      for (const span of spans) {
        const at = lines.findIndex((line) => line.trim() === span.trim());
        if (at >= 0)
          add(
            lines.filter((_, index) => index !== at),
            'a line removed',
          );
      }
    }
    if (edits.length === before && spans.length > 0)
      for (const span of spans) for (const edited of likest(lines, span)) add(edited, 'the likest line replaced');
  }
  if (together !== lines) add(together, 'replaced together');
  const block = codeLinesOf(text);
  if (block.length > 0 && block.length < lines.length) {
    let edited = lines;
    for (const line of block) edited = likest(edited, line)[0] ?? edited;
    add(edited, 'the likest lines replaced');
  }
  return edits;
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚ¿¡])|\n/)
    .filter((sentence) => /[\w]/.test(sentence))
    .slice(0, 20);
}

function pairsOf(spans: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < spans.length && pairs.length < 4; at++) {
    const [one = '', other = ''] = [spans[at], spans[at + 1]];
    pairs.push([one, other], [other, one]);
  }
  return pairs;
}

/** "change range(0, n) to range(1, n)", without ticks. */
function barePairOf(sentence: string): [string, string] | undefined {
  const found =
    /\b(?:replace|change|swap|substitute|reemplaz\w*|cambi\w*|sustitu\w*)\s+(?:the |el |la )?([^\s`]\S*(?: \S+){0,4}?) (?:with|to|by|for|into|por|a) (?:a |an |un |una )?([^\s`]\S*(?: \S+){0,4}?)(?:[.;]|\s+(?:on|in|en|at)\b|,\s|$)/i.exec(
      sentence,
    );
  return found?.[1] === undefined || found[2] === undefined ? undefined : [found[1], found[2]];
}

function replacements(lines: readonly string[], from: string, to: string, numbers: readonly number[]): string[][] {
  const found = from.trim();
  if (found === '' || found === to.trim()) return [];
  const whole = /^\w+$/.test(found)
    ? new RegExp(`(?<!\\w)${found}(?!\\w)`, 'g')
    : new RegExp(found.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s*'), 'g');
  const put = () => to.trim();
  const has = (line: string) => line.search(whole) >= 0;
  const chosen = numbers.filter((number) => has(lines[number - 1] ?? ''));
  if (chosen.length > 0) return [lines.map((line, at) => (chosen.includes(at + 1) ? line.replace(whole, put) : line))];
  const places = lines.flatMap((line, at) => (has(line) ? [at] : []));
  if (places.length === 0) return [];
  const everywhere = lines.map((line) => line.replace(whole, put));
  return places.length === 1
    ? [everywhere]
    : [everywhere, ...places.slice(0, 3).map((at) => lines.with(at, (lines[at] ?? '').replace(whole, put)))];
}

/** The student's line that shares the most words with the code told, replaced by it; the code may be the end of the line. */
function likest(lines: readonly string[], span: string): string[][] {
  const told = new Set(span.match(/\w+|[^\w\s]/g) ?? []);
  if (told.size < 3) return [];
  let best = -1;
  let highest = 0.5;
  for (const [at, line] of lines.entries()) {
    const own = new Set(line.match(/\w+|[^\w\s]/g) ?? []);
    if (own.size === 0 || line.trim() === span.trim()) continue;
    const shared = [...told].filter((token) => own.has(token)).length / Math.max(told.size, own.size);
    if (shared > highest) [best, highest] = [at, shared];
  }
  return best < 0 ? [] : [lines.with(best, indentedLike(lines[best] ?? '', span))];
}

function indentedLike(line: string, span: string): string {
  return `${/^\s*/.exec(line)?.[0] ?? ''}${span.trim()}`;
}
