/** Characters that a screen does not show as they are: controls, format and direction marks, blanks that are no blank, unassigned and private ones. */
const hidden =
  /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0|[\u{e0000}-\u{e0fff}]|[\ufe00-\ufe0f]/gu;

/** The text as a person must see it: what a screen would hide or act on is written as `\u{…}`. Line ends stay. */
export function shownText(text: string): string {
  return text.replace(hidden, (character) => (character === '\n' ? character : escaped(character)));
}

function escaped(character: string): string {
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  if (character === '\0') return '\\0';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Whether a line has characters that a screen hides, beside line ends and tabs. */
export function hidesText(text: string): boolean {
  // Nearly all lines are plain.
  if (/^[\n\t\x20-\x7e]*$/.test(text)) return false;
  return text.replace(hidden, (character) => (character === '\n' || character === '\t' ? character : '')).length !== text.length;
}
