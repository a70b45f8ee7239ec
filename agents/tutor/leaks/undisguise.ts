import { looksLikeCode } from './lines.ts';

/** A text as it is read: with invisible characters gone, and what was encoded, turned around or shifted made plain again. */
export interface View {
  text: string;
  /** What undid the disguise; `plain` where nothing had to be. */
  how: string;
}

const invisible = /\p{Default_Ignorable_Code_Point}/gu;
const alike: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['аɑα', 'a'],
    ['еε', 'e'],
    ['оο', 'o'],
    ['рρ', 'p'],
    ['сϲ', 'c'],
    ['хχ', 'x'],
    ['уγ', 'y'],
    ['іı', 'i'],
    ['ѕ', 's'],
    ['ԁ', 'd'],
    ['ո', 'n'],
    ['т', 't'],
    ['г', 'r'],
    ['п', 'n'],
    ['ν', 'v'],
    ['‘’‚‛′`´', "'"],
    ['“”„‟″«»', '"'],
    ['‐‑‒–—―−', '-'],
    ['⩵', '=='],
    ['∗×', '*'],
    ['∕⁄÷', '/'],
    ['：', ':'],
    ['（', '('],
    ['）', ')'],
    ['≤', '<='],
    ['≥', '>='],
    ['≠', '!='],
  ].flatMap(([from = '', to = '']) => [...from].map((character) => [character, to])),
);
const confusable = new RegExp(
  `[${Object.keys(alike)
    .filter((each) => each !== '`')
    .join('')}]`,
  'gu',
);
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  lpar: '(',
  rpar: ')',
  equals: '=',
  colon: ':',
};

/** Plain characters for those that only look different; HTML and odd line ends made lines. */
export function plainText(text: string): string {
  const whole = text.toWellFormed();
  if (/^[\n\x20-\x25\x27-\x3b\x3d-\x7e]*$/.test(whole)) return whole;
  return whole
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f⏎↵¶␤]/g, '\n')
    .replace(/\t/g, '    ')
    .replace(invisible, '')
    .replace(/<br\s*\/?>|<\/?(?:p|div|li|ul|ol|tr|pre|details|summary|blockquote)(?:\s[^<>]*)?>/gi, '\n')
    .replace(/<\/?(?:code|span|em|strong|b|i|u|td|th|kbd|tt)(?:\s[^<>]*)?>/gi, '')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,6}));/gi, (match, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? match;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code < 0x11_0000 ? String.fromCodePoint(code) : match;
    })
    .normalize('NFKC')
    .replace(confusable, (character) => alike[character] ?? character)
    .replace(/[^\S\n]/g, ' ');
}

/** Everything that a text says, the plain text first. At most {@link mostViews}. */
export function viewsOf(text: string): View[] {
  const views: View[] = [{ text: plainText(text), how: 'plain' }];
  for (let at = 0; at < views.length && views.length < mostViews; at++) {
    const view = views[at];
    // What was decoded once may be encoded again; a third layer no student copies.
    if (view === undefined || view.how.split('+').length > 2) continue;
    for (const { text: decoded, how } of decodings(view.text)) {
      const known = views.some((each) => each.text === decoded);
      if (!known && views.length < mostViews)
        views.push({ text: plainText(decoded), how: view.how === 'plain' ? how : `${view.how}+${how}` });
    }
  }
  return views;
}
const mostViews = 8;

const keywords = ['return', 'print', 'def ', 'function', 'while ', 'import', 'console'];
const turned = new RegExp(keywords.map((word) => [...word].reverse().join('')).join('|'));
const shifted = (word: string, by: number) =>
  word.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + by) % 26) + 97));
const shifts = Array.from({ length: 25 }, (_, index) => ({
  back: 25 - index,
  signs: new RegExp(
    `\\b(?:${['return', 'print(', 'def ', 'function'].map((word) => shifted(word, index + 1).replace('(', '\\(')).join('|')})`,
    'i',
  ),
}));

function decodings(text: string): View[] {
  const found: View[] = [];
  const add = (how: string, decoded: string | undefined) => {
    if (decoded !== undefined && readable(decoded)) found.push({ text: decoded, how });
  };
  // One word of base64 on each line, among prose.
  const words = text
    .split('\n')
    .flatMap((line) => /(?<![A-Za-z0-9+/=])([A-Za-z0-9+/]{4,}={0,2})["'`.,]*$/.exec(line.trimEnd())?.[1] ?? []);
  const packed = words.filter((word) => word.length % 4 === 0 && (word.length >= 8 || /[=A-Z0-9]/.test(word)));
  const unpacked = packed.map((word) => Buffer.from(word, 'base64').toString('utf8')).filter(printable);
  // One word alone is one line of a program, or a word.
  if (packed.length > 1 || unpacked.some(looksLikeCode)) add('base64', unpacked.join('\n'));
  for (const [run] of text.matchAll(/(?:[A-Za-z0-9+/_-]{4,}[ \n>|]*){5,}={0,2}/g)) {
    const packed = run
      .replace(/[\s>|]/g, '')
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    if (packed.length >= 20 && /[A-Z0-9+/]/.test(packed)) add('base64', Buffer.from(packed, 'base64').toString('utf8'));
  }
  for (const [word] of text.matchAll(/(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,}={0,2}/g))
    add('base64', Buffer.from(word.replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('utf8'));
  for (const [run] of text.matchAll(/(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s,;:]{0,2}){16,}/g)) {
    const digits = run.replace(/0x|\\x|%/g, '').replace(/[^0-9a-fA-F]/g, '');
    if (digits.length % 2 === 0) add('hexadecimal', Buffer.from(digits, 'hex').toString('utf8'));
  }
  for (const [run] of text.matchAll(/(?:\b\d{2,3}\b[\s,;]{0,3}){16,}/g))
    add('character codes', String.fromCharCode(...(run.match(/\d+/g) ?? []).map(Number)));
  for (const [run] of text.matchAll(/(?:\b[01]{7,8}\b\s*){12,}/g))
    add('binary', String.fromCharCode(...(run.match(/[01]+/g) ?? []).map((bits) => Number.parseInt(bits, 2))));
  if (/%(?:20|0A|28|3D|3A)/i.test(text))
    add(
      'percent encoding',
      text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  if (/\\u[0-9a-f]{4}|\\x[0-9a-f]{2}/i.test(text))
    add(
      'escapes',
      text.replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, long?: string, short?: string) =>
        String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
      ),
    );
  if (/\\n/.test(text) && /\\n.*(?:return|print|console|[=(:])/.test(text)) {
    const lines = (escaped: string) =>
      escaped
        .replace(/\\n/g, '\n')
        .replace(/\\t/g, '    ')
        .replace(/\\(["'])/g, '$1');
    // The content of a string, and the line as a whole.
    for (const [, double, single] of text.matchAll(
      /"((?:[^"\\\n]|\\.)*\\n(?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*\\n(?:[^'\\\n]|\\.)*)'/g,
    ))
      found.push({ text: lines(double ?? single ?? ''), how: 'escapes' });
    found.push({ text: lines(text), how: 'escapes' });
  }
  if (turned.test(text)) {
    const back = (line: string) => [...line].reverse().join('');
    // Line by line, or the text as a whole.
    const byLine = text.split('\n').map((line) => (turned.test(line) || /^\s*[:);{}]/.test(line) ? back(line.trimEnd()) : line));
    const allLines = text.split('\n').map((line) => back(line.trimEnd()));
    found.push(
      { text: back(text), how: 'reversed' },
      { text: allLines.join('\n'), how: 'reversed lines' },
      { text: byLine.join('\n'), how: 'reversed lines' },
    );
    for (const [run] of text.matchAll(/[^\n]*(?:\n(?!\s*\n)[^\n]*)*/g))
      if (turned.test(run) && run !== text) found.push({ text: back(run), how: 'reversed' });
  }
  if (!/\b(?:return|print\(|def |function)\b/.test(text)) {
    const shift = shifts.find(({ signs }) => signs.test(text));
    if (shift !== undefined)
      found.push({
        text: text.replace(/[a-z]/gi, (letter) => {
          const base = letter <= 'Z' ? 65 : 97;
          return String.fromCharCode(((letter.charCodeAt(0) - base + shift.back) % 26) + base);
        }),
        how: 'shifted letters',
      });
  }
  // Letters with a blank between them; two blanks or more are one.
  if (/(?:\S {1,2}){24,}/.test(text) && /(?:^|\s)(?:d e f|r e t u r n|p r i n t|f u n c t i o n)\s/.test(text))
    found.push({ text: text.replace(/(\S) (?=\S(?: |$))/gm, '$1').replace(/ {2,3}/g, ' '), how: 'spaced letters' });
  return found;
}

/** Text of a person or of a program, and not noise. */
function readable(text: string): boolean {
  return text.length >= 6 && printable(text);
}

function printable(text: string): boolean {
  const plain = text.match(/[\n\t\x20-\x7eáéíóúñü¿¡]/gi)?.length ?? 0;
  return plain / text.length > 0.95;
}
