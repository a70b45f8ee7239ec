import type { Language, ReferenceTime, TimeMention } from '../contract.ts';
import { tokenise } from '../text.ts';
import { parseClockTime, parseIsoDate } from './calendar.ts';
import { buildEnglishGrammar } from './english-grammar.ts';
import type { Context, Reading } from './grammar.ts';
import { isCount, isIdiom, isMove, isName, isPartOfNumber, markAddresses } from './guards.ts';
import { listedTimes } from './listed-times.ts';
import type { MeaningPiece } from './meaning.ts';
import type { LanguageGrammar } from './mention-rules.ts';
import { type ResolvedMention, settleTimes, writeMention } from './resolve-mention.ts';
import { buildSpanishGrammar } from './spanish-grammar.ts';

const builders: Readonly<Record<Language, () => LanguageGrammar>> = { es: buildSpanishGrammar, en: buildEnglishGrammar };
/** Mentions that are read of one text. A message that names more moments than that says none. */
const mostMentions = 24;

const built = new Map<Language, LanguageGrammar>();

/** Grammars are built at their first use: a process that never reads English does not pay for it. */
function grammarOf(language: Language): LanguageGrammar {
  const grammar = built.get(language) ?? builders[language]();
  built.set(language, grammar);
  return grammar;
}

/**
 * Dates, times, ranges and lengths of time that a text names, in the order of the text, without overlap. Only the first
 * thousand characters are read.
 *
 * A phrase that names a date and a time at once ("esta noche", "tonight") gives two mentions that share its characters.
 */
export function findTimeMentions(text: string, now: ReferenceTime, language: Language): TimeMention[] {
  const { grammar, lexicon } = grammarOf(language);
  const tokens = tokenise(text).map((token) => (token.kind === 'word' ? { ...token, text: lexicon.correct(token.text) } : token));
  const context = grammar.reader({ language, text, tokens, today: parseIsoDate(now.date), minutes: parseClockTime(now.time) });
  const blocked = markAddresses(tokens);
  const found: ResolvedMention[] = [];
  for (let at = 0; at < tokens.length && found.length < mostMentions; ) {
    const reading = blocked[at] === true ? undefined : longestReading(context, at, lexicon);
    if (reading === undefined) {
      at++;
      continue;
    }
    const phrase = { start: at, end: reading.end, pieces: reading.value };
    if (!isName(context, at, reading.end, lexicon)) found.push(phrase, ...listedTimes(context, phrase, lexicon));
    at = Math.max(reading.end, found.at(-1)?.end ?? 0);
  }
  settleTimes(context, found);
  return found.flatMap((phrase) => writeMention(context, phrase));
}

/** True for "from … to …"; a week or month that was named as a whole is one as well and never the object of a move. */
const isClosedSpan = ([piece]: readonly MeaningPiece[]): boolean => piece?.kind === 'span' && piece.joined === true;

function longestReading(context: Context, at: number, lexicon: LanguageGrammar['lexicon']): Reading<'mention'> | undefined {
  let longest: Reading<'mention'> | undefined;
  for (const reading of context.read('mention', at)) {
    if (reading.end <= (longest?.end ?? at)) continue;
    if (isPartOfNumber(context.tokens, at, reading.end) || isCount(context, reading.end, lexicon)) continue;
    const start = context.tokens[at]?.start ?? 0;
    if (isIdiom(context.text.slice(start, context.tokens[reading.end - 1]?.end))) continue;
    if (isClosedSpan(reading.value) && isMove(context, at, lexicon)) continue;
    longest = reading;
  }
  return longest;
}
