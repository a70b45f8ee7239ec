/** Patterns over folded text (lower case, no accents), put together from groups of words. */
export interface WantRule<Of extends string> {
  want: Of;
  pattern: RegExp;
  /** What takes the match back, anywhere in the clause. */
  unless?: RegExp | undefined;
}

/** A group of alternatives, from words that are divided by blanks or line breaks. `+` within a word stands for a blank. */
export function words(text: string): string {
  const each = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('+', ' '));
  return `(?:${each.join('|')})`;
}

/** Whole words: not a part of a longer one. */
export function phrase(source: string): RegExp {
  return new RegExp(`(?<![a-z0-9_])${source}(?![a-z0-9_])`);
}

/** From the beginning of a clause, after a greeting, a courtesy or an adverb. */
export function opening(courtesies: string, source: string): RegExp {
  return new RegExp(`^(?:${courtesies}\\s+)*${source}(?![a-z0-9_])`);
}
