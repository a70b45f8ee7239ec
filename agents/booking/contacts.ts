/** Addresses and codes, as people write them. */
import { randomInt } from 'node:crypto';

/** Addresses differ in case only by accident. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/** No 0, O, 1, I or L: read aloud or copied by hand they get mixed up. */
const codeLetters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Random code of six characters, at least one of them a digit and one a letter so that no word looks like a code. */
export function newCode(): string {
  for (;;) {
    const code = Array.from({ length: 6 }, () => codeLetters.charAt(randomInt(codeLetters.length))).join('');
    if (/\d/.test(code) && /[A-Z]/.test(code)) return code;
  }
}

/** A code as stored, from one as typed ("k7m-2qx"). */
export function normaliseCode(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
