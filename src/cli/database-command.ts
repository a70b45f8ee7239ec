import { v7 as uuid } from 'uuid';
import { defaultWorkspace } from '../composition/base.ts';
import { readSettings, type Settings } from '../config.ts';
import { channels, type Fault } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { permissionsWith } from '../identity/permissions.ts';
import { ServerKeys } from '../identity/secrets.ts';
import { Workspaces } from '../identity/workspaces.ts';
import type { MigratingAgent } from '../store/agent-migrations/files.ts';
import type { Store } from '../store/open.ts';
import { loadProject } from './project-file.ts';

/** What a command has that works on the database itself, without a server. */
export interface DatabaseCommand {
  settings: Settings;
  store: Store;
  identity: Identity;
  workspaces: Workspaces;
}

/**
 * Runs a command straight on the database: who may reach it needs no other key. Processes that run on the same PostgreSQL hear of every
 * change at once. An embedded store belongs to the process that has it open.
 * @param route what to ask of that process instead.
 * @param agentsOf the agents whose tables the command works on; the tables of others stay as they are.
 */
export async function onTheDatabase<T>(
  route: string,
  work: (command: DatabaseCommand) => Promise<T>,
  agentsOf: (settings: Settings) => Promise<Iterable<MigratingAgent>> = async () => [],
): Promise<T> {
  const settings = readSettings();
  // Changes of who may do what are judged by all that can be allowed.
  const permissions = permissionsWith((await loadProject(settings)).agents);
  // Most commands ask a Timonel that runs, and need none of this.
  const [{ openStore }, { createIdentity }, { Mailer }] = await Promise.all([
    import('../store/open.ts'),
    import('../identity/identity.ts'),
    import('../identity/mail/mailer.ts'),
  ]);
  const store = await openStore(settings, { agents: await agentsOf(settings) }).catch((error: unknown) => {
    if (!(error instanceof TimonelError) || error.code !== 'directory_locked') throw error;
    throw new TimonelError(
      'directory_locked',
      `The embedded store is open in process ${String(error.details['pid'])}, and one process has it at a time. Ask that one: ${route} (with the key of ${settings.home}/credentials.json). Or stop it, and run this again.`,
      { cause: error },
    );
  });
  let identity: Identity | undefined;
  channels.fault.subscribe(printFault);
  try {
    const { pool } = store;
    const keys = await ServerKeys.open(settings, pool);
    const workspaces = new Workspaces(pool);
    identity = await createIdentity({
      settings,
      pool,
      redis: undefined,
      keys,
      mailer: new Mailer({
        settings,
        keys,
        newId: uuid,
        enqueue: () => Promise.reject(new Error('The command line sends no mail.')),
        onPrinted: () => {},
      }),
      workspaces,
      openWorkspace: defaultWorkspace,
      now: () => new Date(),
      newId: uuid,
      permissions,
    });
    await workspaces.ensure({ workspaceId: defaultWorkspace, name: 'Default', timeZone: settings.timeZone });
    return await work({ settings, store, identity, workspaces });
  } finally {
    await identity?.close();
    await store.close();
    channels.fault.unsubscribe(printFault);
  }
}

function printFault(message: unknown): void {
  const { what, error } = message as Fault;
  console.error(`${what}: ${messageOf(error)}`);
}

/** Rows as a table, each column as wide as it needs. */
export function printTable(rows: readonly Readonly<Record<string, string>>[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const titles = Object.keys(first);
  const widths = titles.map((title) => Math.max(title.length, ...rows.map((row) => row[title]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, position) => cell.padEnd(widths[position] ?? 0))
      .join('  ')
      .trimEnd();
  console.log([line(titles), ...rows.map((row) => line(titles.map((title) => row[title] ?? '')))].join('\n'));
}
