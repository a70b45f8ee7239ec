import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { FlagInput } from '../flags/flag.ts';
import type { flagHistory, flagList, flagVersion } from '../http/routes/flags.ts';
import type { ofrepSuccess } from '../http/routes/ofrep.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './usage-error.ts';

type Flag = z.infer<typeof flagList>['flags'][number];
type History = z.infer<typeof flagHistory>;
type Version = z.infer<typeof flagVersion>;
type Answer = z.infer<typeof ofrepSuccess>;

interface SetOptions {
  default?: string;
  split?: string;
  enable?: boolean;
  disable?: boolean;
}

/** Everything here goes over the API, as the key of this machine may. */
export function flagsCommand(): Command {
  const flags = new Command('flags').description('Feature flags: values that change while agents run, for all or for some');
  flags
    .command('list')
    .description('The flags in force')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { flags: found } = await ApiClient.here().get<z.infer<typeof flagList>>('/api/v1/flags');
      if (json === true) console.log(JSON.stringify(found));
      else console.log(found.length === 0 ? 'No flags. Set one: timonel flags set <key> <file>' : found.map(line).join('\n'));
    });
  flags
    .command('show <key>')
    .description('A flag as JSON that `set` takes, or its stored versions')
    .option('--history', 'who stored which version when, newest first')
    .action(async (key: string, { history }: { history?: boolean }) => {
      const { flag, versions } = await ApiClient.here().get<History>(pathOf(key));
      if (history === true) console.log(versions.map(versionLine).join('\n'));
      else if (flag === null) throw new UsageError(`${key} was removed. What it was: timonel flags show ${key} --history`);
      else console.log(JSON.stringify(writtenOf(flag), null, 2));
    });
  flags
    .command('set <key> [file]')
    .description('Store a flag from a JSON file, or change the one that is stored; fallback.<agent> needs no file')
    .option('--default <variant>', 'what those get whom no rule gives another variant')
    .option('--split <shares>', 'shares of everybody else in percent, e.g. on=10 or blue=25,green=25; the one that will grow last')
    .option('--enable', 'switch it on')
    .option('--disable', 'switch it off: everybody gets the default variant')
    .action(async (key: string, file: string | undefined, options: SetOptions) => {
      const client = ApiClient.here();
      const before = await find(client, key);
      const from = file === undefined ? (before.flag ?? bareOf(key)) : parse(file);
      const definition = changed(from, options);
      const stored = await client.put<Version>(pathOf(key), definition, { 'if-match': `"${before.version}"` });
      console.log(`${key} is at version ${stored.version}, in force now.`);
    });
  flags
    .command('remove <key>')
    .description('Remove a flag: those who ask get the default of their code; its versions stay')
    .action(async (key: string) => {
      await ApiClient.here().delete(pathOf(key));
      console.log(`${key} is removed.`);
    });
  flags
    .command('explain <key>')
    .description('What a flag is worth to somebody, and why')
    .option('--for <targeting key>', 'who asks: a conversation, a user, …')
    .option('--context <json>', 'what else is known of them, e.g. {"channel": "whatsapp"}')
    .option('--json', 'print JSON')
    .action(async (key: string, { for: targetingKey, context, json }: { for?: string; context?: string; json?: boolean }) => {
      const asked = { ...objectOf(context), ...(targetingKey === undefined ? {} : { targetingKey }) };
      const answer = await ApiClient.here().post<Answer>(`/ofrep/v1/evaluate/flags/${encodeURIComponent(key)}`, { context: asked });
      if (json === true) console.log(JSON.stringify(answer));
      else console.log(explanation(answer));
    });
  return flags;
}

function pathOf(key: string): string {
  return `/api/v1/flags/${encodeURIComponent(key)}`;
}

/** The flag in force, and the version that a change is made from: 0 where none was stored. */
async function find(client: ApiClient, key: string): Promise<{ flag: FlagInput | undefined; version: number }> {
  const { flags } = await client.get<z.infer<typeof flagList>>('/api/v1/flags');
  const flag = flags.find((each) => each.key === key);
  if (flag !== undefined) return { flag: writtenOf(flag), version: flag.version };
  const { versions } = await client.get<History>(pathOf(key)).catch(() => ({ versions: [] as Version[] }));
  return { flag: undefined, version: versions[0]?.version ?? 0 };
}

/** What a decision about an agent can be, while nobody has decided. */
function bareOf(key: string): FlagInput {
  if (!key.startsWith('fallback.')) {
    throw new UsageError(
      `There is no flag ${key}. Give a file with its type, variants and defaultVariant: timonel flags set ${key} <file>`,
    );
  }
  const variants = { none: 'none', flows: 'flows', http: 'http' };
  return { type: 'string', variants, defaultVariant: 'none', description: `What answers instead of the model of ${key.slice(9)}` };
}

function changed(flag: FlagInput, { default: defaultVariant, split, enable, disable }: SetOptions): FlagInput {
  if (enable === true && disable === true) throw new UsageError('Either --enable or --disable.');
  const switched = enable === true ? { enabled: true } : disable === true ? { enabled: false } : {};
  const rules = split === undefined ? {} : { rules: [...targeted(flag), { split: sharesOf(split) }] };
  return { ...flag, ...switched, ...rules, ...(defaultVariant === undefined ? {} : { defaultVariant }) };
}

/** The rules with conditions; one for everybody would decide before a new split is asked. */
function targeted({ rules = [] }: FlagInput): NonNullable<FlagInput['rules']> {
  return rules.filter(({ when = [] }) => when.length > 0);
}

function sharesOf(text: string): { variant: string; percentage: number }[] {
  return text.split(',').map((share) => {
    const [, variant, percentage] = /^\s*([\w.-]+)\s*=\s*([\d.]+)\s*$/.exec(share) ?? [];
    if (variant === undefined || percentage === undefined || !Number.isFinite(Number(percentage)))
      throw new UsageError(`--split is "${text}"; say which variant gets how much, e.g. on=10 or blue=25,green=25`);
    return { variant, percentage: Number(percentage) };
  });
}

function writtenOf({ key: _key, version: _version, ...definition }: Flag): FlagInput {
  return definition;
}

function parse(file: string): FlagInput {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FlagInput;
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON: ${messageOf(error)}`);
  }
}

function objectOf(text: string | undefined): object {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new UsageError(`--context is ${text}; give an object in JSON, e.g. {"channel": "whatsapp"}`);
}

function line({ key, version, type, enabled, defaultVariant, rules, description }: Flag): string {
  const state = enabled
    ? rules.length === 0
      ? defaultVariant
      : `${defaultVariant}, ${rules.length} rule(s)`
    : `off (${defaultVariant})`;
  return `${key.padEnd(28)} ${type.padEnd(8)} ${state.padEnd(22)} version ${version}  ${description}`.trimEnd();
}

function versionLine({ version, createdAt, createdBy, definition }: Version): string {
  return `${String(version).padStart(4)}  ${createdAt.slice(0, 19)}  ${createdBy}  ${definition === null ? 'removed' : JSON.stringify(definition)}`;
}

function explanation({ key, value, variant, reason, metadata }: Answer): string {
  return [
    `${key} = ${JSON.stringify(value)}`,
    `  variant  ${variant}`,
    `  reason   ${reason}: ${metadata.why}`,
    `  version  ${metadata.version}`,
  ].join('\n');
}
