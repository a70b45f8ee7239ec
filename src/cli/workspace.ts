import { Command } from 'commander';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type { MadeWorkspace } from '../identity/workspace-administration.ts';
import { checkProject } from '../project.ts';
import { Seeds } from '../run/seeds.ts';
import { accessTo } from '../run/workspace-access.ts';
import { isTimeZone } from '../setting-values.ts';
import { type DatabaseCommand, onTheDatabase, printTable } from './database-command.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  name?: string;
  timeZone?: string;
  owner?: string;
  language: string;
  key?: boolean;
  sample?: boolean;
  json?: boolean;
}

export function workspaceCommand(): Command {
  const command = new Command('workspace').description(
    'Workspaces: add, list, disable, enable, fill; straight on the database, or ask the server at /api/v1/workspaces',
  );
  command
    .command('add')
    .description('Make a workspace with somebody to run it; the agents fill it with what they need')
    .argument('<id>', 'small letters, digits and hyphens, e.g. north-shop')
    .option('-n, --name <name>', 'its name (default: the id)')
    .option('-z, --time-zone <zone>', 'IANA time zone (default: TIMONEL_TIME_ZONE)')
    .option('-o, --owner <email>', 'invite its admin; the link of the invitation is printed, to be sent to them')
    .option('-l, --language <language>', 'es or en, for the owner', 'es')
    .option('-k, --key', 'make an admin key; its secret is shown once')
    .option('--json', 'print JSON')
    .action((id: string, options: Options) => add(id, options));
  command
    .command('list')
    .description('The workspaces of the installation')
    .option('--json', 'print JSON lines')
    .action((options: Options) => list(options));
  command
    .command('disable')
    .description('Stop every key and session of a workspace at once; its data stay')
    .argument('<id>')
    .action((id: string) => change(id, true));
  command
    .command('enable')
    .description('Undo `workspace disable`: keys and sessions are good again')
    .argument('<id>')
    .action((id: string) => change(id, false));
  command
    .command('seed')
    .description('Fill a workspace with what an agent brings for it, once')
    .argument('<id>')
    .argument('<agent>', 'name of the agent, e.g. booking')
    .option('--sample', 'its sample data too, which are invented')
    .option('--json', 'print JSON')
    .action((id: string, agent: string, options: Options) => seed(id, agent, options));
  return command;
}

async function add(id: string, { owner, language, key, json, ...options }: Options): Promise<void> {
  requireId(id);
  const name = (options.name ?? id).trim();
  if (name === '' || name.length > 120) throw new UsageError('--name takes 1 to 120 characters, e.g. "North shop".');
  if (options.timeZone !== undefined && !isTimeZone(options.timeZone)) {
    throw new UsageError(`"${options.timeZone}" is not an IANA time zone. Write it like America/Argentina/Cordoba.`);
  }
  if (owner !== undefined && !z.email().safeParse(owner).success) throw new UsageError(`"${owner}" is not an e-mail address.`);
  if (language !== 'es' && language !== 'en') throw new UsageError('--language takes es or en.');
  if (owner === undefined && key !== true) {
    throw new UsageError('Nobody could enter the workspace: give --owner <email>, --key, or both.');
  }
  await onTheDatabase('POST /api/v1/workspaces', async (command) => {
    const seeds = await seedsOf(command);
    const made = await command.identity.administration.make({
      workspaceId: id,
      name,
      timeZone: options.timeZone ?? command.settings.timeZone,
      owner: owner === undefined ? undefined : { email: owner, language },
      apiKey: key === true,
    });
    const failedSeeds = await seeds.fillAll(id);
    if (json === true) console.log(JSON.stringify({ ...made, failedSeeds }));
    else tell(made);
    for (const { agent, problem } of failedSeeds) {
      console.error(`${problem}\nOnce that is mended: timonel workspace seed ${id} ${agent}`);
      process.exitCode = 1;
    }
  });
}

function tell({ workspace, invitation, key }: MadeWorkspace): void {
  console.log(`Workspace "${workspace.workspaceId}" (${workspace.name}, ${workspace.timeZone}).`);
  if (invitation !== null) {
    const until = invitation.expiresAt.toISOString().slice(0, 10);
    console.log(`${invitation.email} becomes its admin by this link, good once and until ${until}:\n${invitation.link}`);
  }
  if (key !== null) console.log(`Its admin key, shown now and never again:\n${key.secret}`);
}

async function list({ json }: Options): Promise<void> {
  await onTheDatabase('GET /api/v1/workspaces', async ({ workspaces }) => {
    const all = await workspaces.list();
    if (json === true) for (const each of all) console.log(JSON.stringify(each));
    else {
      printTable(
        all.map(({ workspaceId, name, timeZone, disabledAt, createdAt, seededAgents }) => ({
          id: workspaceId,
          name,
          'time zone': timeZone,
          created: createdAt.toISOString().slice(0, 10),
          state: disabledAt === null ? 'enabled' : 'disabled',
          seeds: seededAgents.join(','),
        })),
      );
    }
  });
}

async function change(id: string, disabled: boolean): Promise<void> {
  requireId(id);
  await onTheDatabase(`PATCH /api/v1/workspaces/${id} {"disabled": ${disabled}}`, async ({ identity }) => {
    await identity.administration.change(id, { disabled });
    console.log(
      disabled
        ? `"${id}" lets nobody in; its data stay. \`timonel workspace enable ${id}\` undoes it.`
        : `"${id}" is enabled; its keys and sessions are good again.`,
    );
  });
}

async function seed(id: string, agent: string, { sample, json }: Options): Promise<void> {
  requireId(id);
  await onTheDatabase(`POST /api/v1/workspaces/${id}/seed {"agent": "${agent}"}`, async (command) => {
    const filled = await (await seedsOf(command)).fillAsked(id, agent, sample === true);
    await command.identity.administration.recordSeed(id, filled.done);
    if (json === true) console.log(JSON.stringify({ agent, seed: filled.seed, sample: filled.sample }));
    else if (filled.done.length > 0) console.log(`"${id}" has what ${filled.done.join(' and ')} brings.`);
    else console.log(`Nothing was added to "${id}": ${agent} has filled it before, or brings nothing.`);
  });
}

async function seedsOf({ settings, store: { pool }, workspaces }: DatabaseCommand): Promise<Seeds> {
  const agents = checkProject(await loadProject(settings));
  return new Seeds({ agents, workspaces, access: accessTo({ pool, now: () => new Date(), newId: uuid }) });
}

function requireId(id: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) return;
  throw new UsageError(`"${id}" is no id of a workspace: 1 to 63 small letters, digits and hyphens, e.g. north-shop.`);
}
