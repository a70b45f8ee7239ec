/**
 * Writes the list of leaked passwords that nobody may choose, from the list of the package @zxcvbn-ts/language-common, which is not installed:
 * `npm pack @zxcvbn-ts/language-common && tar xzf *.tgz && node scripts/write-leaked-passwords.ts package`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As the policy compares them. Shorter ones are refused for their length. */
const shortest = 8;

const source = process.argv[2] ?? 'package';
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
const licence = readFileSync(join(source, 'LICENSE.txt'), 'utf8').trim();
const passwords = JSON.parse(readFileSync(join(source, 'src/passwords.json'), 'utf8')) as string[];
const kept = new Set(
  passwords.map((password) => password.normalize('NFKC').toLowerCase()).filter((password) => [...password].length >= shortest),
);
const head = `Leaked passwords, from @zxcvbn-ts/language-common ${version}, whose licence is:\n\n${licence}`;
const comments = head.split('\n').map((line) => `# ${line}`.trim());
writeFileSync('src/identity/leaked-passwords.txt', `${[...comments, ...[...kept].sort()].join('\n')}\n`);
