/** Texts of servers: within bounds, and without characters that hide or reorder what a person reads. */

/** Control characters but line breaks and tabs, marks of direction, and characters without a width. */
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** @param most characters */
export function plainText(text: unknown, most: number): string {
  if (typeof text !== 'string') return '';
  const clean = text.replaceAll('\r\n', '\n').replace(hidden, '');
  return clean.length <= most ? clean : `${clean.slice(0, most)} … [${clean.length - most} more characters]`;
}
