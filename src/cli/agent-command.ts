/** `timonel <agent> …`: what people manage of an agent, through the API of the Timonel that runs here. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { importCounts, resourceDescription } from '../http/resource-schemas.ts';
import { ApiClient } from './api-client.ts';
import { printTable } from './database-command.ts';
import { UsageError } from './usage-error.ts';

type Description = z.infer<typeof resourceDescription>;
type Resource = Description['resources'][number];

interface ListOptions {
  filter: string[];
  sort?: string;
  q?: string;
  json?: boolean;
}

/** The commands of an agent, as the running Timonel describes them. @throws TimonelError where none runs, or it has no such agent */
export async function agentCommand(agent: string): Promise<Command> {
  const api = ApiClient.here();
  const { resources, commands } = await api.get<Description>(`/api/v1/agents/${encodeURIComponent(agent)}/resources`);
  const command = new Command(agent).description(`What people manage of the agent "${agent}"`);
  for (const resource of resources) command.addCommand(resourceCommand(api, resource));
  for (const { name, description } of commands) {
    command
      .command(name)
      .description(description)
      .argument('[input]', 'JSON object, where the command takes one; @file.json reads it from a file')
      .option('--files <folder>', 'sends the text files of a folder along, as `files`, for a command that takes them')
      .action(async (input: string | undefined, { files }: { files?: string }) => {
        const body = { ...objectOf(input), ...(files === undefined ? {} : { files: textFilesOf(files) }) };
        console.log(JSON.stringify(await api.post(`/api/v1/agents/${agent}/commands/${name}`, body), null, 2));
      });
  }
  return command;
}

function resourceCommand(api: ApiClient, resource: Resource): Command {
  const command = new Command(resource.name).description(`${resource.title.en}: ${resource.description}`);
  const narrowed = (subcommand: Command) =>
    subcommand
      .option('-f, --filter <field=value>', `narrow it: ${resource.filters.join(', ') || 'nothing to filter by'}`, collected, [])
      .option('-s, --sort <field>', `${resource.order.join(', ')}; "-" before it turns the order round`)
      .option('-q, --q <words>', 'words to look for');
  narrowed(command.command('list'))
    .description('Print the rows, a page of 100 at a time')
    .option('--json', 'print JSON lines')
    .action((options: ListOptions) => list(api, resource, options));
  narrowed(command.command('export'))
    .description('Print all rows as CSV, or as JSON')
    .option('--format <format>', 'csv or json', 'csv')
    .option('-o, --output <file>', 'write to a file')
    .action(async (options: ListOptions & { format: string; output?: string }) => {
      const query = queryOf(options);
      query.set('format', options.format);
      const text = await api.text(`${resource.path}/export?${query}`);
      if (options.output === undefined) process.stdout.write(text);
      else writeFileSync(options.output, text);
    });
  if (resource.operations.includes('import')) {
    command
      .command('import')
      .description('Import a CSV or JSON file: all of its rows, or none')
      .argument(
        '<file>',
        `its first line names fields: ${resource.fields
          .filter((field) => !field.readOnly)
          .map(({ name }) => name)
          .join(', ')}`,
      )
      .option(
        '-m, --mode <mode>',
        'merge adds and changes, add only adds, replace also removes what the file does not have',
        'merge',
      )
      .option('--check', 'say what it would do, and do nothing')
      .option('--charset <name>', 'how the file is written, e.g. windows-1252; found out where absent')
      .action((file: string, options: { mode: string; check?: boolean; charset?: string }) =>
        importFile(api, resource, file, options),
      );
  }
  return command;
}

async function list(api: ApiClient, { path, name, fields }: Resource, options: ListOptions): Promise<void> {
  const query = queryOf(options);
  query.set('limit', '100');
  let shown = 0;
  for (;;) {
    const { items, next } = await api.get<{ items: Record<string, unknown>[]; next: string | null }>(`${path}?${query}`);
    shown += items.length;
    if (options.json === true) for (const item of items) console.log(JSON.stringify(item));
    else printTable(items.map((item) => Object.fromEntries(fields.map((field) => [field.name, cellText(item[field.name])]))));
    if (next === null) break;
    query.set('after', next);
  }
  if (shown === 0 && options.json !== true) console.log(`No ${name}.`);
}

async function importFile(
  api: ApiClient,
  { path }: Resource,
  file: string,
  { mode, check, charset }: { mode: string; check?: boolean; charset?: string },
): Promise<void> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new UsageError(`${file} could not be read: ${messageOf(error)}`);
  }
  const query = new URLSearchParams({ mode, check: String(check === true), ...(charset === undefined ? {} : { charset }) });
  const type = file.endsWith('.json') ? 'application/json' : 'text/csv';
  const counts = await api.send<z.infer<typeof importCounts>>(`${path}/import?${query}`, bytes, type);
  const { rows, added, changed, unchanged, removed } = counts;
  const done = check === true ? 'Nothing was changed; it would be' : 'Imported';
  console.log(`${done}: ${rows} rows, ${added} added, ${changed} changed, ${unchanged} as before, ${removed} removed.`);
}

function queryOf({ filter, sort, q }: ListOptions): URLSearchParams {
  const query = new URLSearchParams();
  for (const each of filter) {
    const [name = '', ...value] = each.split('=');
    if (value.length === 0)
      throw new UsageError(`--filter takes a field and a value, e.g. --filter active=true; "${each}" has no "=".`);
    query.set(name, value.join('='));
  }
  if (sort !== undefined) query.set('sort', sort);
  if (q !== undefined) query.set('q', q);
  return query;
}

function collected(value: string, before: string[]): string[] {
  return [...before, value];
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cellText).join(', ');
  return typeof value === 'object' ? Object.values(value).join('-') : String(value);
}

/** Text by path below the folder; what begins with a dot is left out. */
function textFilesOf(folder: string): Record<string, string> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const named = files.map((path) => [relative(folder, path).replaceAll('\\', '/'), path] as const);
    return Object.fromEntries(
      named
        .filter(([name]) => !name.split('/').some((part) => part.startsWith('.')))
        .map(([name, path]) => [name, readFileSync(path, 'utf8')]),
    );
  } catch (error) {
    throw new UsageError(`${folder} could not be read: ${messageOf(error)}`);
  }
}

function objectOf(input: string | undefined): object {
  if (input === undefined) return {};
  if (input.startsWith('@')) {
    try {
      return JSON.parse(readFileSync(input.slice(1), 'utf8')) as object;
    } catch (error) {
      throw new UsageError(`${input.slice(1)} could not be read as JSON: ${messageOf(error)}`);
    }
  }
  try {
    return JSON.parse(input) as object;
  } catch {
    throw new UsageError(`"${input}" is no JSON object; write it in quotes, e.g. '{"year":2026}'.`);
  }
}
