/** Dates that a text states, in either language: for code that checks a reply against what it rests on. */
import type { IsoDate, Language, ReferenceTime } from '../language/contract.ts';
import { findTimeMentions } from '../language/time/mentions.ts';

const languages: readonly Language[] = ['es', 'en'];
/** Characters that one reading takes; longer texts are read in pieces. */
const piece = 900;

/** A date, with the words that state it. Of a range both ends. */
export interface StatedDate {
  date: IsoDate;
  text: string;
}

/** Every date that a text states by a number, in order. Words alone ("mañana", "lunes a viernes") tell of habits as often as of days. */
export function statedDates(text: string, now: ReferenceTime): StatedDate[] {
  return piecesOf(text).flatMap((part) =>
    languages.flatMap((language) =>
      findTimeMentions(part, now, language).flatMap((mention) => {
        const said = part.slice(mention.start, mention.end);
        if (!/\d/.test(said)) return [];
        if (mention.kind === 'date') return [{ date: mention.date, text: said }];
        if (mention.kind !== 'date-range') return [];
        const { from, to } = mention.range;
        return [from, to].flatMap((date) => (date === undefined ? [] : [{ date, text: said }]));
      }),
    ),
  );
}

/** Pieces that end at a line or a sentence where there is one. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > piece) {
    const end = Math.max(rest.lastIndexOf('\n', piece), rest.lastIndexOf('. ', piece), Math.floor(piece / 2));
    pieces.push(rest.slice(0, end + 1));
    rest = rest.slice(end + 1);
  }
  return [...pieces, rest];
}
