import { TextDecoder } from 'node:util';
import { TimonelError } from '../../errors.ts';

/**
 * Bytes as text: as the charset says, else UTF-8, or UTF-16 with a byte order mark. Nothing is guessed: a text in the wrong encoding is found by
 * nobody.
 * @throws TimonelError `document_invalid`
 */
export function decoded(bytes: Uint8Array, charset: string | undefined): string {
  const name = charset ?? (markOf(bytes) || 'utf-8');
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(name, { fatal: true });
  } catch (error) {
    throw invalid(`There is no encoding "${name}". Take utf-8 or, for example, windows-1252.`, error);
  }
  try {
    return normalizedText(decoder.decode(bytes));
  } catch (error) {
    throw invalid(`The text is not valid ${name}. Say how it is written, e.g. charset=windows-1252, or save it as UTF-8.`, error);
  }
}

/** As it can be stored: PostgreSQL has no U+0000, and no half of a surrogate pair; lines end in one way, so that places do not depend on it. */
export function normalizedText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd').replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

function markOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return '';
}

function invalid(message: string, cause: unknown): TimonelError {
  return new TimonelError('document_invalid', message, { cause });
}
