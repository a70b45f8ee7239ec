import { foldStretched } from './text.ts';

/**
 * Kinds of thing that a cue can ask for by kind instead of by word: `date`, `time`, `email`, `phone`, `number` and the kinds of the
 * vocabulary.
 */
export type EntityKind = string;

/** One word of a message, folded for comparison, with its place in the text. */
export interface Word {
  /** Without case, accents and apostrophes; three or more of the same letter in a row are one. */
  text: string;
  raw: string;
  start: number;
  end: number;
  /** Index of the clause that it belongs to. Punctuation and "pero" begin a new one. */
  clause: number;
  /** Index of its sentence; commas do not end a sentence. */
  sentence: number;
  /** True where its sentence is asked, that is, ends in a question mark. */
  question: boolean;
  /** Things that begin at this word, with the index of the word after their last. */
  entities: { kind: EntityKind; next: number }[];
}

const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’´`][\p{L}\p{M}]+)*/gu;
const clauseBreak = /[.,;:!?¿¡\n…()"“”]|\s[-–—]\s/;
const sentenceBreak = /[.;!?¿¡\n…]/;
/** Forms of address, as they stand before a name. Their dot ends no sentence. */
export const titles: ReadonlySet<string> = new Set(
  'sr sra srta sres senor senora senorita don dona dn d dr dra doctor doctora ing arq lic prof profe profesor profesora mr mrs ms miss mister madam sir'.split(
    ' ',
  ),
);
/** Titles that are words of other sentences when nothing with a capital letter follows. */
const abbreviated = new Set('sr sra srta sres dn d dr dra ing arq lic prof mr mrs ms st sta'.split(' '));
const clauseOpeners = new Set(['pero', 'but', 'sino', 'aunque', 'although', 'porque', 'because']);

/** Words that carry no meaning here and would come between the words of a cue. */
const fillers = new Set(
  'che eh em m mmm mm hmm hm ah aah uh um uff uf ay oh porfa porfis porfavor please pls plz pliz kindly bueno well mira osea just'.split(
    ' ',
  ),
);

/** A filler with a capital letter behind one of these is no surname: "Hola Bueno". */
const courtesies = new Set('hola buenas buenos dias tardes ok si dale perfecto listo gracias hello hi hey yes'.split(' '));

const shorthand: Readonly<Record<string, string>> = {
  q: 'que',
  k: 'que',
  xq: 'porque',
  pq: 'porque',
  x: 'por',
  pa: 'para',
  bn: 'bien',
  tmb: 'tambien',
  tb: 'tambien',
  d: 'de',
  grax: 'gracias',
  grcs: 'gracias',
  u: 'you',
  ur: 'your',
  r: 'are',
  wanna: 'want',
  gonna: 'going',
  appt: 'appointment',
  tmrw: 'tomorrow',
  thx: 'thanks',
  ty: 'thanks',
  hs: 'horas',
};

const signs: readonly (readonly [string, string])[] = [
  ['👍', 'dale'],
  ['👌', 'dale'],
  ['✅', 'dale'],
  ['👎', 'no'],
  ['❌', 'no'],
  ['👋', 'hola'],
  ['🙏', 'gracias'],
];

/** Splits a message into words and marks clauses, sentences and questions. One pass; every step is linear. */
export function readWords(text: string): Word[] {
  const words: Word[] = [];
  let clause = 0;
  let sentence = 0;
  let sentenceStart = 0;
  let previousEnd = 0;
  const closeSentence = (question: boolean): void => {
    if (question) for (let index = sentenceStart; index < words.length; index++) (words[index] as Word).question = true;
    sentenceStart = words.length;
    sentence++;
  };
  for (const match of text.matchAll(wordPattern)) {
    const raw = match[0];
    const start = match.index;
    const gap = text.slice(previousEnd, start);
    const last = words.at(-1);
    // "Sra. Del Río", "Juan C. Pérez": a dot behind a title or an initial, before a capital letter, ends nothing.
    const abbreviation =
      last !== undefined &&
      /^\.\s?$/.test(gap) &&
      last.end === previousEnd &&
      (abbreviated.has(foldStretched(last.raw)) ? /^\p{L}/u.test(raw) : /^\p{Lu}$/u.test(last.raw) && /^\p{Lu}/u.test(raw));
    const between = abbreviation ? ' ' : gap;
    const folded = foldStretched(raw);
    const plain = shorthand[folded] ?? folded;
    if (clauseBreak.test(between)) clause++;
    else if (clauseOpeners.has(plain)) clause++;
    if (sentenceBreak.test(between)) closeSentence(between.includes('?'));
    previousEnd = start + raw.length;
    // "Ana Bueno": right behind a name it is one.
    const before = words.at(-1);
    const surname =
      /^\p{Lu}/u.test(raw) &&
      between === ' ' &&
      before !== undefined &&
      /^\p{Lu}/u.test(before.raw) &&
      !courtesies.has(before.text);
    if (fillers.has(plain) && !surname) continue;
    if (plain === 'favor' && words.at(-1)?.text === 'por') {
      words.pop();
      continue;
    }
    words.push({ text: plain, raw, start, end: previousEnd, clause, sentence, question: false, entities: [] });
  }
  closeSentence(text.slice(previousEnd).includes('?'));
  if (words.length === 0) {
    // A message that is nothing but a thumb answers as well as a word.
    for (const [sign, meaning] of signs) {
      const start = text.indexOf(sign);
      if (start < 0) continue;
      words.push({ text: meaning, raw: sign, start, end: start + sign.length, clause, sentence, question: false, entities: [] });
      break;
    }
  }
  return words;
}

/** Marks the words that lie in `[start, end)` of the text as one thing of a kind. */
export function markEntity(words: Word[], kind: EntityKind, start: number, end: number): void {
  const first = words.findIndex((word) => word.end > start);
  if (first < 0) return;
  let next = first;
  while (next < words.length && (words[next] as Word).start < end) next++;
  if (next > first) (words[first] as Word).entities.push({ kind, next });
}
