/** Writes `.env.example` from the settings of `src/config.ts`, with what docs/operations.md says of each: `npm run env-example`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { settingNames } from '../src/config.ts';

const target = new URL('../.env.example', import.meta.url);

/** Values that are an address, a key or a choice of yours have no default to show. */
const noDefault = 'none';

/** The text of the file. */
export function envExample(): string {
  const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
  const documented = new Map(
    [...page.matchAll(/^\| `([A-Z][A-Z_]+)` \| (.*?) \| (.*) \|$/gm)].map(([, name = '', value = '', meaning = '']) => [
      name,
      { value, meaning },
    ]),
  );
  const settings = settingNames.map((name) => {
    const { value = noDefault, meaning = '' } = documented.get(name) ?? {};
    const sentences = meaning.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');
    const shown = /^`(.*)`$/.exec(value)?.[1] ?? '';
    return [...wrapped(sentences).map((line) => `# ${line}`), `#${name}=${/\s/.test(shown) ? `"${shown}"` : shown}`].join('\n');
  });
  return `${[header, ...settings].join('\n\n')}\n`;
}

const header = `# Every setting of Timonel with its default, commented out: take the # away from what you change, and keep the file to yourself.
# A supervisor reads it (EnvironmentFile= of systemd), or Node does: node --env-file=.env node_modules/timonel/bin/timonel.mjs up
# "npm run env-example" writes this file from src/config.ts and docs/operations.md.`;

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 118) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

if (import.meta.main) writeFileSync(target, envExample());
