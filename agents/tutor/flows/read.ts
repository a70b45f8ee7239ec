/** What a student's message brings: code, words, a choice of exercise, the language. No model. */
import { foldText } from '../../../src/dialogue.ts';
import type { Want } from '../contract.ts';
import { wantOf } from '../wants/want-of.ts';

export interface ReadMessage {
  code: string | undefined;
  /** What is said beside the code. */
  words: string;
}

const fence = /(?:^|\n)[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)(?:\n[ \t]*(?:```|~~~)|$)/g;

/** Fenced code, else lines that look like code. */
export function readMessage(text: string): ReadMessage {
  const fenced = [...text.matchAll(fence)];
  if (fenced.length > 0) {
    const longest = fenced.map(([, code = '']) => code).sort((one, other) => other.length - one.length)[0] ?? '';
    if (longest.trim() !== '') return { code: ended(longest), words: text.replaceAll(fence, '\n').trim() };
  }
  const lines = text.split(/\r?\n/);
  const marks = lines.map(looksLikeCode);
  const first = marks.indexOf(true);
  const last = marks.lastIndexOf(true);
  const strong = lines.filter((line, at) => marks[at] === true && isStatement(line)).length;
  if (first < 0 || strong === 0) return { code: undefined, words: text.trim() };
  const code = lines.slice(first, last + 1);
  const words = [...lines.slice(0, first), ...lines.slice(last + 1)].join('\n').trim();
  return { code: ended(code.join('\n')), words };
}

function ended(code: string): string {
  return `${code.replace(/\s+$/, '')}\n`;
}

/** What the student wants: a bare command, else what the words say. */
export function wantIn({ code, words }: ReadMessage): Want {
  const folded = foldText(words)
    .replaceAll(/[^a-z ]/g, ' ')
    .trim();
  return commands[folded] ?? wantOf(words, code !== undefined);
}

const commands: Readonly<Record<string, Want>> = {
  probar: 'run-tests',
  proba: 'run-tests',
  run: 'run-tests',
  test: 'run-tests',
  tests: 'run-tests',
  entregar: 'submit',
  entrego: 'submit',
  submit: 'submit',
  pista: 'hint',
  'otra pista': 'hint',
  hint: 'hint',
  'another hint': 'hint',
};

/** A line that only a program has. */
function isStatement(line: string): boolean {
  return (
    /^\s*(def \w+\s*\(.*:|class \w+.*:|(for|while|if|elif|with) .+:\s*(#.*)?$|else\s*:|try\s*:|return\b.*[\w)\]'"]$|import \w|from \w+ import |print\s*\(|function\s+\w+\s*\(|(const|let|var) \w+\s*=|console\.\w+\()/.test(
      line,
    ) || /^\s*[A-Za-z_][\w.[\]]*\s*(=|\+=|-=|\*=|\/=)\s*\S/.test(line)
  );
}

function looksLikeCode(line: string): boolean {
  return (
    isStatement(line) ||
    /^\s{2,}\S/.test(line) ||
    /^\s*[})\]]+[;,]?\s*$/.test(line) ||
    /^\s*(#|\/\/)/.test(line) ||
    /;\s*$/.test(line)
  );
}

/** @param numbered whether a bare number is a choice: where a list was shown. @returns the code of the exercise */
export function pickExercise(
  words: string,
  offers: readonly { code: string; title: string }[],
  numbered: boolean,
): string | undefined {
  const folded = foldText(words).trim();
  if (folded === '') return undefined;
  const explicit = /\b(?:ejercicio|exercise|numero|number|n|#)\s*[°º#.]?\s*(\d{1,2})\b/.exec(folded)?.[1];
  const bare = numbered ? /^(?:el |la |the )?(\d{1,2})\W*$/.exec(folded)?.[1] : undefined;
  const ordinal = numbered ? ordinals.findIndex((names) => names.some((name) => new RegExp(`\\b${name}\\b`).test(folded))) : -1;
  const number = explicit ?? bare ?? (ordinal >= 0 ? String(ordinal + 1) : undefined);
  if (number !== undefined) return offers[Number(number) - 1]?.code;
  const named = offers.filter(({ code, title }) => folded.includes(foldText(code)) || folded.includes(foldText(title)));
  if (named.length === 1) return named[0]?.code;
  if (!numbered) return undefined;
  const partly = offers.filter(
    ({ title }) => folded.length >= 4 && foldText(title).includes(folded.replace(/^(el|la|los|las|the) (de )?/, '')),
  );
  return partly.length === 1 ? partly[0]?.code : undefined;
}

const ordinals = [
  ['primero', 'primer', 'first', 'uno', 'one'],
  ['segundo', 'second', 'dos', 'two'],
  ['tercero', 'tercer', 'third', 'tres', 'three'],
  ['cuarto', 'fourth', 'cuatro', 'four'],
  ['quinto', 'fifth', 'cinco', 'five'],
];

/** What is asked of the desk itself, and is no request for help. */
export function deskWish(words: string): 'list' | 'statement' | 'greeting' | 'thanks' | undefined {
  const folded = foldText(words)
    .replaceAll(/[^\p{L}\p{N} ]/gu, ' ')
    .trim();
  if (
    /^(ejercicios|lista|otro ejercicio|otro|cambiar( de)? ejercicio|que ejercicios hay|list|exercises|(another|other|next) (one|exercise)|siguiente|siguiente ejercicio|next)$/.test(
      folded,
    )
  )
    return 'list';
  if (
    /\b(que|cuales) ejercicios\b|\b(ver|mostra\w*|listar?) (los )?ejercicios\b|\bcambiar de ejercicio\b|\b(show|list|which) (me )?(the )?exercises\b/.test(
      folded,
    )
  )
    return 'list';
  if (
    /^(la )?(consigna|enunciado|statement|task|codigo inicial|starter code)$|\b(ver|mostra\w*|repeti\w*|show|repeat) (me )?(la |el |the )?(consigna|enunciado|statement|task)\b/.test(
      folded,
    )
  )
    return 'statement';
  if (
    /^(hola|buenas|buen dia|buenos dias|buenas tardes|buenas noches|hello|hi|hey|good (morning|afternoon|evening))( .{0,20})?$/.test(
      folded,
    )
  )
    return 'greeting';
  if (/^((muchas )?gracias|genial|dale|ok|listo|thanks|thank you|great|perfecto)( .{0,20})?$/.test(folded)) return 'thanks';
  return undefined;
}

const spanish =
  /\b(el|la|los|las|que|no|por|para|con|un|una|mi|me|es|esta|como|cual|quiero|hola|gracias|ayuda|pista|codigo|probar|entregar|ejercicio|entiendo|hacer|falla|consigna|plan es|dame|tengo)\b/g;
const english =
  /\b(the|is|my|i|you|what|how|why|please|help|hint|run|submit|exercise|hello|hi|thanks|code|do|does|not|give|and|of|to|understand|stuck|solution)\b/g;

/** The language of the words; `undefined` where they do not tell. */
export function languageOf(words: string): 'es' | 'en' | undefined {
  const folded = foldText(words);
  if (/[¿¡ñ]|[áéíóú]/.test(words)) return 'es';
  const es = folded.match(spanish)?.length ?? 0;
  const en = folded.match(english)?.length ?? 0;
  return es === en ? undefined : es > en ? 'es' : 'en';
}
