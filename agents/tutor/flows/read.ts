/** What a student's message brings: code, words, a choice of exercise, the language. No model. */
import { foldText } from '../../../src/dialogue.ts';
import type { Want } from '../contract.ts';
import { wantOf } from '../wants/want-of.ts';

export interface ReadMessage {
  code: string | undefined;
  /** What is said beside the code. */
  words: string;
  /** The message is a fence with nothing in it. */
  empty?: boolean;
}

const fence = /(?:^|\n)[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)(?:\n[ \t]*(?:```|~~~)|$)/g;

/** Fenced code, else lines that look like code. */
export function readMessage(text: string): ReadMessage {
  const filled = text.replace(emptyFence, '\n');
  if (filled !== text && filled.trim() === '') return { code: undefined, words: '', empty: true };
  return readFilled(filled);
}

const emptyFence = /(?:^|\n)[ \t]*(```|~~~)[^\n`]*\n\s*\1[ \t]*(?=\n|$)/g;

function readFilled(text: string): ReadMessage {
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
  // An announced plan is one, whatever it says further on.
  if (/^(?:bueno |ok |si )?(?:mi (?:plan|idea) es|my (?:plan|idea) is)\b/.test(folded)) return 'plan';
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
  // "Primero" within a sentence is an order of steps.
  const short = numbered && folded.split(/\s+/).length <= 4;
  const ordinal = short ? ordinals.findIndex((names) => names.some((name) => new RegExp(`\\b${name}\\b`).test(folded))) : -1;
  if (short && /\b(?:ultimo|ultima|last)\b/.test(folded)) return offers.at(-1)?.code;
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
export function deskWish(words: string): 'list' | 'statement' | undefined {
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

/** Whether they want help to be offered; `undefined` where they say nothing of it. */
export function offersWish(words: string): boolean | undefined {
  const folded = foldText(words);
  if (folded.length > 120) return undefined;
  if (
    /\bsin avisos\b|\bno (?:me )?(?:escribas|avises|mandes|hables|ofrezcas)\b|\b(?:deja|para|basta) de (?:escribirme|avisarme|mandarme|ofrecerme|molestarme)\b|\bno offers\b|\b(?:stop|don't|do not) (?:offer|writ|messag|remind|bother)\w*/.test(
      folded,
    )
  )
    return false;
  return /\bcon avisos\b|\b(?:volve a|podes) (?:avisarme|escribirme|ofrecerme)\b|\boffers on\b/.test(folded) ? true : undefined;
}

/** What no Python has, or no JavaScript: a program that was written for another language. */
export function foreignLanguage(code: string, language: string): string | undefined {
  if (language !== 'c' && language !== 'cpp' && /^\s*#include\s*[<"]/m.test(code)) return 'C';
  if (language !== 'java' && /\bpublic\s+(?:static\s+\w+|class)\b|System\.out\.print/.test(code)) return 'Java';
  if (
    language === 'python' &&
    /^\s*(?:export\s+)?(?:async\s+)?function\s+\w+\s*\([^)]*\)\s*\{|^\s*(?:const|let|var)\s+\w+\s*=|console\.log\(/m.test(code)
  )
    return 'JavaScript';
  if (language === 'javascript' && /^\s*def\s+\w+\s*\(.*\)\s*(?:->.*)?:\s*$|^\s*(?:elif\b.*|else)\s*:\s*$/m.test(code))
    return 'Python';
  return undefined;
}
