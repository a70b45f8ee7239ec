/**
 * The media type of bytes, by the bytes. What a sender calls them is believed only where the content cannot tell: which kind of text it is, or
 * what an unknown binary format is called.
 */

/** Bytes from the beginning that are looked at. */
export const headBytes = 65_536;

export interface DetectedType {
  mediaType: string;
  /** Usual ending of a file name, without a dot. */
  extension: string;
}

/** @param head the first {@link headBytes} of the content, or all of it. @param declared what the sender calls it. */
export async function detectType(head: Buffer, declared: string | undefined): Promise<DetectedType> {
  const markup = markupOf(head);
  if (markup !== undefined) return markup;
  // A kilobyte of tables for each of two hundred formats: loaded with the first artifact.
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head);
  if (found !== undefined) return { mediaType: found.mime, extension: found.ext };
  if (isText(head)) return textType(declared);
  const claimed = essenceOf(declared);
  // A format without a signature that is known here may keep its name, unless the name promises what was looked for and not found.
  return claimed !== undefined && /^application\/(?:x-|vnd\.)[\w.+-]+$/.test(claimed) && !/xml|html|script/.test(claimed)
    ? { mediaType: claimed, extension: 'bin' }
    : { mediaType: 'application/octet-stream', extension: 'bin' };
}

/** What a browser would run, however it begins: with a mark of its encoding, blanks, comments or a declaration. */
function markupOf(head: Buffer): DetectedType | undefined {
  const start = head.subarray(0, 8_192);
  const text =
    (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff) ? utf16(start) : start.toString('latin1');
  const begins = text.replace(/^(?:\u00ef\u00bb\u00bf|\ufeff)?\s*/, '');
  if (!begins.startsWith('<')) return undefined;
  const body = begins.replace(/<!--[\s\S]*?(?:-->|$)|<\?[\s\S]*?(?:\?>|$)/g, '').trimStart();
  if (/^<(?:!doctype\s+svg|svg\b)/i.test(body) || /^<!doctype[^>]*\bsvg\b/i.test(body))
    return { mediaType: 'image/svg+xml', extension: 'svg' };
  if (
    /^<(?:!doctype\s+html|html|head|body|script|iframe|style|title|meta|link|table|div|a|img|p|br|b|h1|form|object|embed)\b/i.test(
      body,
    )
  )
    return { mediaType: 'text/html', extension: 'html' };
  return begins.startsWith('<?xml') || /^<[A-Za-z_!]/.test(body) ? { mediaType: 'application/xml', extension: 'xml' } : undefined;
}

function utf16(bytes: Buffer): string {
  return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
}

/** UTF-8 without control characters; the last character may be cut. */
export function isText(head: Buffer): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text has none of these
  if (/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(head.toString('latin1'))) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Kinds of text that a sender may name, with the usual ending. */
const textKinds: ReadonlyMap<string, string> = new Map([
  ['text/plain', 'txt'],
  ['text/csv', 'csv'],
  ['text/tab-separated-values', 'tsv'],
  ['text/markdown', 'md'],
  ['text/calendar', 'ics'],
  ['text/vcard', 'vcf'],
  ['text/vtt', 'vtt'],
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/yaml', 'yaml'],
  ['application/sql', 'sql'],
  ['text/x-python', 'py'],
  ['text/x-diff', 'diff'],
]);

function textType(declared: string | undefined): DetectedType {
  const claimed = essenceOf(declared) ?? 'text/plain';
  const extension = textKinds.get(claimed);
  return extension === undefined ? { mediaType: 'text/plain', extension: 'txt' } : { mediaType: claimed, extension };
}

/** `type/subtype` in lower case, without parameters. */
function essenceOf(declared: string | undefined): string | undefined {
  const essence = declared?.split(';')[0]?.trim().toLowerCase();
  return essence !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(essence) ? essence : undefined;
}
