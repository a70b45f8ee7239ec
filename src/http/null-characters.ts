import { TimonelError } from '../errors.ts';

/**
 * PostgreSQL stores every character of a text but U+0000, so one that got as far as a statement would
 * come back as a fault of ours. Asked once for all routes, before any of them looks at its input.
 * The walk keeps its own stack: a body may be nested deeper than calls may be.
 *
 * @param input What the caller sent, by the name it is spoken of in the message.
 * @throws TimonelError `invalid_request` that says where the character is.
 */
export function refuseNullCharacters(input: Readonly<Record<string, unknown>>): void {
  const open: { path: string; value: unknown }[] = Object.entries(input).map(([path, value]) => ({ path, value }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    if (typeof value === 'string') check(value, path);
    // Bytes are no text yet.
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      for (const [key, member] of Object.entries(value)) {
        check(key, `a name in ${path}`);
        if (typeof member === 'string' || typeof member === 'object') open.push({ path: `${path}.${key}`, value: member });
      }
    }
  }
}

function check(text: string, where: string): void {
  const position = text.indexOf('\0');
  if (position < 0) return;
  throw new TimonelError(
    'invalid_request',
    `There is a null character at position ${position} of ${where}. Send text, not binary data.`,
  );
}
