/** Text of models, tools and files on its way to a terminal: nothing in it is obeyed, and every line fits. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/**
 * Control characters but tab and line feed, those that turn the direction of writing, and those that show nothing: a terminal would obey them, or hide
 * what stands there. Joiners of emoji stay.
 */
const unsafe = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/gu;

/** The text with what a terminal would obey written out, e.g. `\u{1b}`. Line ends become line feeds. */
export function terminalText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', '    ')
    .replace(unsafe, (each) => (each === '\n' ? each : `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`));
}

/** Columns that a text takes; of several lines the longest. */
export function widthOf(text: string): number {
  return Math.max(0, ...text.split('\n').map((line) => stringWidth(line)));
}

/** Breaks lines between words, and words that are longer than a line; colours go on. */
export function wrapped(text: string, columns: number): string {
  return wrapAnsi(text, Math.max(10, columns), { hard: true, trim: false, wordWrap: true });
}

/** The text in at most so many columns, with `…` where something was left out. */
export function fitted(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
