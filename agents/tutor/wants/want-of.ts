import { foldText } from '../../../src/dialogue.ts';
import type { Want } from '../contract.ts';
import { englishNegation, englishRules, englishWants } from './english.ts';
import type { WantRule } from './pattern.ts';
import { smallTalkOf } from './small-talk.ts';
import { spanishNegation, spanishRules, spanishWants } from './spanish.ts';

/** Characters at each end of a message that are read: the request stands before a paste, or after it. */
const readable = 2_000;
/** Clauses at each end. */
const mostClauses = 50;

/**
 * What a student wants with a message, without a model. Spanish and English are read together: students mix them. Delegation is looked for in every
 * clause and goes before all else; of the other wants the first in the order of the rules.
 * @param hasCode the message brings code; code within the text is not read
 */
export function wantOf(text: string, hasCode: boolean): Want {
  if (!hasCode && smallTalkOf(text) !== undefined) return 'small-talk';
  const { prose, code } = withoutCode(text);
  const clauses = clausesOf(prose);
  const brings = hasCode || code;
  for (const clause of clauses) if (delegates(clause, brings, prose)) return 'delegation';
  // The lists of both languages are in one order: what counts more comes first, and a plain cry for help after all else.
  for (const [index, spanish] of spanishWants.entries()) {
    const english = englishWants[index];
    const found = clauses.some((clause) => matches(spanish, clause) || (english !== undefined && matches(english, clause)));
    if (found) return spanish.want;
  }
  return brings ? 'validation' : 'other';
}

function matches({ pattern, unless }: WantRule<Want>, clause: string): boolean {
  return pattern.test(clause) && unless?.test(clause) !== true;
}

/** Spanish forms that are an order to "vos" and a past of the first person at once: "escribí todo el programa". */
const orderOrPast = /^(?:\w+\s+){0,2}(?:escribi|resolvi|corregi|construi|converti)\s/;
const tellsOfTrouble =
  /\b(?:pero|no (?:anda|funciona|pasa|me|se|da|entiendo)|falla|error|por que|creo|espero|esta bien|me da|revis|tira)\b/;

function delegates(clause: string, brings: boolean, prose: string): boolean {
  if (orderOrPast.test(clause) && (brings || tellsOfTrouble.test(prose))) return false;
  for (const rules of [spanishRules, englishRules]) {
    for (const { pattern, unless } of rules) {
      const found = pattern.exec(clause);
      if (found === null || unless?.test(clause) === true) continue;
      const before = clause.slice(0, found.index);
      const said = clause.slice(0, found.index + found[0].length);
      if (spanishNegation.test(before) || englishNegation.test(before) || negatedWithin(said)) continue;
      return true;
    }
  }
  return false;
}

/** "No hagas todo el ejercicio": the courtesies before an order may hide its negation. */
function negatedWithin(said: string): boolean {
  return (
    /^(?:por favor |please )?(?:no (?:quiero|me|nos|lo|la|necesito|hagas|des|digas)|don't|do not|never|not)\b/.test(said) &&
    !/\b(?:no puedo|no se)\b/.test(said)
  );
}

const fences = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)/g;
const ticks = /`[^`\n]{1,200}`/g;
const codeLine =
  /^\s*(?:def |class \w+[:({]|import |from \w+ import|for .*:\s*$|while .*:\s*$|if .*:\s*$|elif |else:|return\b|print\(|#|\/\/|[\w.[\]]+\s*[-+*/]?=[^=]|[{}]|(?:let|const|var|public|int|void)\s)/;

function withoutCode(text: string): { prose: string; code: boolean } {
  const read = text.length <= 2 * readable ? text : `${text.slice(0, readable)}\n${text.slice(-readable)}`;
  const outside = read.replace(fences, '\n').replace(ticks, (match) => (/\s/.test(match) ? ' x ' : ` ${match.slice(1, -1)} `));
  const lines = outside.split('\n');
  const prose = lines.filter((line) => !codeLine.test(line));
  return {
    prose: prose.join('\n'),
    code: outside.length !== read.length && /```|~~~/.test(read) ? true : prose.length < lines.length,
  };
}

/** Clauses of folded text. A comma divides too: each side of "no entiendo, haceme el código" is its own request. */
function clausesOf(prose: string): string[] {
  return foldText(prose.toWellFormed())
    .replace(/[^\S\n]+/g, ' ')
    .replace(/["“”«»¿¡*_()[\]…]/g, ' ')
    .replace(/\u200b|\u200c|\u200d|\ufeff/g, '')
    .split(/(?<=[?!])|[.;:,\n]|\s-\s|\bpero\b|\bbut\b/)
    .map((clause) => clause.replace(/!/g, ' ').replace(/\s+/g, ' ').replace(/\s+\?/g, '?').trim())
    .filter((clause) => clause !== '' && clause !== '?')
    .filter((_, index, all) => index < mostClauses || index >= all.length - mostClauses);
}
