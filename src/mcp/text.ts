/** Texts of servers: within bounds, and without characters that hide or reorder what a person reads. */

/** Control characters, marks of direction, and characters without a width, but for line breaks, tabs, and what joins signs of one script. */
const hidden = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const unclear = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** @param most characters */
export function plainText(text: unknown, most: number): string {
  if (typeof text !== 'string') return '';
  const clean = text.replaceAll('\r\n', '\n').replace(hidden, '');
  return clean.length <= most ? clean : `${clean.slice(0, most)} … [${clean.length - most} more characters]`;
}

/** What a person decides about, with all that is in it: such characters are shown by their numbers. */
export function visibleText(text: string): string {
  return text.replace(unclear, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
