/** Codes that customers read aloud, copy by hand, and prove with what is theirs. */
import { randomInt } from 'node:crypto';

/** No 0, O, 1, I or L: they get mixed up. */
const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Random code, at least one digit and one letter in it so that no word looks like a code. @param length 2 or more */
export function newConfirmationCode(length: number): string {
  for (;;) {
    const code = Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('');
    if (/\d/.test(code) && /[A-Z]/.test(code)) return code;
  }
}

/** A code as stored, from one as typed ("k7m-2qx"). */
export function normaliseCode(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
