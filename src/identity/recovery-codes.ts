import { createHash, randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that nothing looks like something else and no word comes out. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groups = 4;
const groupLength = 6;

/** How many codes a person gets; each opens the account once, without the authenticator app. */
export const recoveryCodeCount = 10;

/** New codes of 120 random bits each, e.g. `7KQ2M0-XB93TD-ZPWH4N-8RE1VJ`. Shown once; store {@link hashRecoveryCode} of each. */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodeCount }, () =>
    Array.from({ length: groups }, () =>
      Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join(''),
    ).join('-'),
  );
}

/**
 * What is stored of a code. It has 120 random bits, so a plain hash suffices (ASVS 6.5.2 asks for 112). Reads what people type: any case, spaces or dashes
 * anywhere, the letter O for a zero, I and L for a one.
 */
export function hashRecoveryCode(code: string): Buffer {
  const canonical = code
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return createHash('sha256').update(canonical).digest();
}
