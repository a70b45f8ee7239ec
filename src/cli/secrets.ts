import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { UsageError } from './usage-error.ts';

export function secretsCommand(): Command {
  const command = new Command('secrets').description('The secret that tokens are signed with');
  command
    .command('generate')
    .description('Print a new one: timonel secrets generate >> .env')
    .action(() => console.log(`TIMONEL_SECRET=${newSecret()}`));
  command
    .command('rotate')
    .description('Put a new secret beside the one there is; both are valid, so nobody is signed out')
    .option('-f, --file <path>', 'an .env file to change; without it the two lines are printed')
    .action((options: { file?: string }) => rotate(options.file));
  return command;
}

/** 256 random bits. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function rotate(file: string | undefined): void {
  const text = file === undefined ? undefined : readFile(file);
  const current = text === undefined ? process.env['TIMONEL_SECRET'] : valueIn(text, 'TIMONEL_SECRET');
  if (current === undefined || current === '') {
    const where = file === undefined ? 'The environment has' : `${file} has`;
    throw new UsageError(`${where} no TIMONEL_SECRET to rotate. Make a first one: timonel secrets generate`);
  }
  const pair = { TIMONEL_SECRET: newSecret(), TIMONEL_SECRET_PREVIOUS: current };
  if (file === undefined || text === undefined) {
    for (const [name, value] of Object.entries(pair)) console.log(`${name}=${value}`);
  } else {
    writeFile(
      file,
      Object.entries(pair).reduce((lines, [name, value]) => withValue(lines, name, value), text),
    );
    console.error(`${file} has the new secret and the one before.`);
  }
  console.error(
    [
      'Give every process both, and restart them one after the other: what either signed is valid, and new tokens are signed with the new one.',
      'A process that still has the old one alone does not know the new one: with several, first start all with the new one as',
      'TIMONEL_SECRET_PREVIOUS, then swap the two. After a day take TIMONEL_SECRET_PREVIOUS away.',
    ].join('\n'),
  );
}

function readFile(path: string): string {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  return readFileSync(path, 'utf8');
}

const lineOf = (name: string) => new RegExp(`^(?:export )?${name}=(.*)$`, 'm');

function valueIn(text: string, name: string): string | undefined {
  return lineOf(name)
    .exec(text)?.[1]
    ?.trim()
    .replace(/^(["'])(.*)\1$/, '$2');
}

function withValue(text: string, name: string, value: string): string {
  if (lineOf(name).test(text)) return text.replace(lineOf(name), `${name}=${value}`);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
}

/** Nobody reads half a file, and who may read it stays as it was. */
function writeFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: statSync(path).mode & 0o777 });
  renameSync(`${path}.new`, path);
}
