import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { knownSecret, knownSecrets } from '../operations/secrets/catalogue.ts';
import { agesOf } from '../operations/secrets/report.ts';
import { writeGenerations } from '../secret-generations.ts';
import { ApiClient } from './api-client.ts';
import { rotateBackupIdentity } from './backup-identity.ts';
import { printTable } from './database-command.ts';
import { rotateForeign } from './foreign-secrets.ts';
import { replaceFile, secretPlaceOf } from './secret-place.ts';
import { newSecret, rotateSecret } from './secret-rotation.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  file?: string;
  new?: string;
  to?: string;
  finish?: boolean;
  now?: boolean;
  within: string;
}

export function secretsCommand(): Command {
  const command = new Command('secrets').description(
    'Secrets of the installation: which there are, a first one, and the next of each',
  );
  command
    .command('list')
    .description('Every secret, how old it is, and what is valid while it is rotated; never what one is')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => list(json === true));
  command
    .command('generate')
    .description('Print a first one: timonel secrets generate >> .env')
    .option('-f, --file <path>', 'write it into a new file for TIMONEL_SECRET_FILE, and print nothing')
    .action(({ file }: { file?: string }) => generate(file));
  command
    .command('rotate')
    .description('Put the next secret in the place of one, which stays valid meanwhile; nothing secret is printed')
    .argument('[name]', 'a setting, TIMONEL_BACKUP_IDENTITY, api-key:<id>, webhook:<id> or channel', 'TIMONEL_SECRET')
    .option('-f, --file <path>', 'TIMONEL_SECRET: the file of the secret, or an .env file (default: TIMONEL_SECRET_FILE)')
    .option('--new <path>', 'a secret of somebody else: a file with the new one, which is tried beside the old one')
    .option('--to <path>', 'api-key, webhook: where to write the new one')
    .option('--finish', 'end the one before')
    .option('--now', 'with --finish: what it signed may end at once')
    .option('--within <seconds>', 'how long to wait until all processes have read the file', '60')
    .action((name: string, options: Options) => rotate(name, options));
  return command;
}

async function list(json: boolean): Promise<void> {
  const set = new Map((await agesOf(readSettings())).map((each) => [each.name, each]));
  const rows = knownSecrets.map(({ name, kind, protects, meanwhile }) => {
    const { source = null, changedAt = null } = set.get(name) ?? {};
    return { name, kind, protects, source, changedAt, meanwhile };
  });
  if (json) console.log(JSON.stringify(rows));
  else
    printTable(
      rows.map(({ name, kind, source, changedAt, protects }) => ({
        name,
        kind,
        'set by': source ?? '',
        changed: changedAt?.toISOString().slice(0, 10) ?? '',
        protects,
      })),
    );
}

function generate(file: string | undefined): void {
  if (file === undefined) {
    console.log(`TIMONEL_SECRET=${newSecret()}`);
    return;
  }
  if (existsSync(file))
    throw new UsageError(`There is a file ${file} already. To replace what it has: timonel secrets rotate --file ${file}`);
  replaceFile(file, `${writeGenerations({ current: newSecret(), madeAt: new Date() }, '\n')}\n`);
  console.log(`${file} has a secret that only you can read: TIMONEL_SECRET_FILE=${file}`);
}

async function rotate(name: string, options: Options): Promise<void> {
  const seconds = Number(options.within);
  if (!(seconds >= 0 && seconds <= 3_600))
    throw new UsageError(`--within takes 0 to 3600 seconds, and is "${options.within}". For example: --within 60`);
  const finish = options.finish === true;
  const [kind = '', id] = name.split(':');
  const known = knownSecret(kind);
  if (known === undefined)
    throw new UsageError(`There is no secret "${kind}". There are: ${knownSecrets.map((each) => each.name).join(', ')}.`);
  if (kind === 'TIMONEL_SECRET') {
    const path = options.file ?? process.env['TIMONEL_SECRET_FILE'];
    if (path === undefined || path === '')
      throw new UsageError(
        'Name the file that TIMONEL_SECRET comes from, e.g. --file .env. With TIMONEL_SECRET_FILE processes follow its file without a restart.',
      );
    return rotateSecret(secretPlaceOf(path), { finish, now: options.now === true, withinMs: seconds * 1_000 });
  }
  if (kind === 'TIMONEL_BACKUP_IDENTITY') return rotateBackupIdentity({ finish });
  if (known.kind === 'foreign') return rotateForeign(known, options.new);
  return rotateStored(kind as 'api-key' | 'webhook', id, options.to);
}

const stored = {
  'api-key': { path: 'api-keys', list: 'timonel keys list', field: 'apiKey' },
  webhook: { path: 'webhooks', list: 'timonel webhooks list', field: 'secret' },
} as const;

/** The secret goes to a file that only this user can read. */
async function rotateStored(kind: keyof typeof stored, id: string | undefined, to: string | undefined): Promise<void> {
  const { path, list: lists, field } = stored[kind];
  if (id === undefined || id === '')
    throw new UsageError(`Name one: timonel secrets rotate ${kind}:<id> --to <file>. ${lists} shows them.`);
  if (to === undefined) throw new UsageError('Say where the new one is written: --to <file>.');
  const answer = await ApiClient.here().post<Record<string, string>>(`/api/v1/${path}/${encodeURIComponent(id)}/rotate`, {});
  replaceFile(to, `${answer[field] ?? ''}\n`);
  console.log(`${to} has the new one. The one before is valid for a day.`);
}
