import { Command } from 'commander';
import { v7 as uuid } from 'uuid';
import { defaultWorkspace } from '../composition/base.ts';
import { readSettings } from '../config.ts';
import type { ApiKeyView } from '../identity/api-keys.ts';
import { type KeyRole, keyRoles, type Permission, permissionsWith } from '../identity/permissions.ts';
import { onTheDatabase, printTable } from './database-command.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  workspace: string;
  role?: string;
  scopes?: string;
  expires?: string;
  overlapHours: string;
  json?: boolean;
}

const workspaceOption = ['-w, --workspace <id>', 'the workspace', defaultWorkspace] as const;
const jsonOption = ['--json', 'print JSON'] as const;

export function keysCommand(): Command {
  const command = new Command('keys').description('API keys for programs: create, list, rotate, revoke; straight on the database');
  command
    .command('create')
    .description('Make a key; its secret is shown once')
    .argument('<name>', 'what it is for, e.g. "front desk"')
    .option(...workspaceOption)
    .option('-r, --role <role>', `${Object.keys(keyRoles).join(', ')} (default: client)`)
    .option('-s, --scopes <list>', 'permissions with commas between them, instead of a role, e.g. conversations:write,agents:read')
    .option('-e, --expires <date>', 'when it ends, e.g. 2027-01-31 or 2027-01-31T12:00:00Z (default: never)')
    .option(...jsonOption)
    .action((name: string, options: Options) => create(name, options));
  command
    .command('list')
    .description('The keys of a workspace, without their secrets')
    .option(...workspaceOption)
    .option('--json', 'print JSON lines')
    .action((options: Options) => list(options));
  command
    .command('rotate')
    .description('Give a key a new secret; the one before stays good for a while')
    .argument('<id>')
    .option(...workspaceOption)
    .option('--overlap-hours <hours>', 'how long the secret before stays good; 0 ends it at once', '24')
    .option(...jsonOption)
    .action((id: string, options: Options) => rotate(id, options));
  command
    .command('revoke')
    .description('End a key at once, in every process')
    .argument('<id>')
    .option(...workspaceOption)
    .action((id: string, options: Options) => revoke(id, options));
  return command;
}

async function create(name: string, options: Options): Promise<void> {
  const { workspace } = options;
  if (name.trim() === '') throw new UsageError('Give the key a name, e.g. timonel keys create "front desk".');
  if (options.role !== undefined && options.scopes !== undefined)
    throw new UsageError('A key has a --role or --scopes: give one of the two.');
  const scopes = options.scopes === undefined ? undefined : await scopesOf(options.scopes);
  const role = scopes === undefined ? roleOf(options.role ?? 'client') : undefined;
  const expiresAt = options.expires === undefined ? undefined : instant(options.expires);
  await onTheDatabase('POST /api/v1/api-keys', async ({ identity, workspaces }) => {
    await workspaces.get(workspace);
    const id = uuid();
    const apiKey = await identity.apiKeys.create({ id, workspaceId: workspace, name: name.trim(), role, scopes, expiresAt });
    if (options.json === true) console.log(JSON.stringify({ id, workspace, apiKey }));
    else console.log(`Key ${id} of "${workspace}". Its secret, shown now and never again:\n${apiKey}`);
  });
}

async function list({ workspace, json }: Options): Promise<void> {
  await onTheDatabase('GET /api/v1/api-keys', async ({ identity, workspaces }) => {
    await workspaces.get(workspace);
    const keys = await identity.apiKeys.list(workspace);
    if (json === true) for (const key of keys) console.log(JSON.stringify(key));
    else if (keys.length === 0) console.log(`"${workspace}" has no keys. Make one: timonel keys create <name>`);
    else {
      const day = (date: Date | null) => date?.toISOString().slice(0, 10) ?? '';
      printTable(
        keys.map((key) => ({
          id: key.id,
          name: key.name,
          begins: key.prefix ?? '',
          may: key.role ?? (key.scopes ?? []).join(','),
          expires: day(key.expiresAt),
          'last used': day(key.lastUsedAt),
          state: stateOf(key),
        })),
      );
    }
  });
}

async function rotate(id: string, { workspace, overlapHours, json }: Options): Promise<void> {
  const hours = Number(overlapHours);
  if (overlapHours.trim() === '' || !(hours >= 0 && hours <= 720)) throw new UsageError('--overlap-hours takes 0 to 720.');
  requireId(id);
  await onTheDatabase(`POST /api/v1/api-keys/${id}/rotate`, async ({ identity }) => {
    const apiKey = await identity.apiKeys.rotate(workspace, id, hours * 3_600_000);
    if (json === true) console.log(JSON.stringify({ id, workspace, apiKey }));
    else console.log(`The secret before is good for ${hours} more hour(s). The new one, shown now and never again:\n${apiKey}`);
  });
}

async function revoke(id: string, { workspace }: Options): Promise<void> {
  requireId(id);
  await onTheDatabase(`DELETE /api/v1/api-keys/${id}`, async ({ identity }) => {
    await identity.apiKeys.revoke(workspace, id);
    console.log(`Key ${id} has ended.`);
  });
}

function stateOf({ revokedAt, expiresAt, needsConfirmation }: ApiKeyView): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt !== null && expiresAt <= new Date()) return 'expired';
  return needsConfirmation ? 'to confirm' : 'valid';
}

function roleOf(role: string): KeyRole {
  if (Object.hasOwn(keyRoles, role)) return role as KeyRole;
  throw new UsageError(`There is no role "${role}" for keys. There are: ${Object.keys(keyRoles).join(', ')}.`);
}

async function scopesOf(list: string): Promise<Permission[]> {
  const catalogue = permissionsWith((await loadProject(readSettings())).agents);
  const names = list.split(/[\s,]+/).filter((name) => name !== '');
  const known = (name: string): name is Permission => catalogue.texts.has(name as Permission);
  const unknown = names.filter((name) => !known(name));
  if (names.length > 0 && unknown.length === 0) return names.filter(known);
  throw new UsageError(
    `--scopes takes permissions; ${unknown.join(', ') || 'nothing'} is none. There are:\n  ${[...catalogue.texts.keys()].join('\n  ')}`,
  );
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new UsageError(`"${text}" is not a date. Write it like 2027-01-31.`);
  if (at <= new Date()) throw new UsageError(`${text} is in the past.`);
  return at;
}

function requireId(id: string): void {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return;
  throw new UsageError(`"${id}" is not the id of a key. \`timonel keys list\` shows them.`);
}
