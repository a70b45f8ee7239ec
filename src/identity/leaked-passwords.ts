import { readFileSync } from 'node:fs';

let known: ReadonlySet<string> | undefined;

/**
 * Whether the password is among the usual ones of published leaks, in any case. Whole passwords, beside the words of `common-passwords.ts`:
 * a list knows what nobody would derive, e.g. what a film made popular. Read from its file when somebody chooses a password for the first time.
 */
export function isLeaked(password: string): boolean {
  known ??= new Set(
    readFileSync(new URL('./leaked-passwords.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# ')),
  );
  return known.has(password.normalize('NFKC').toLowerCase());
}
