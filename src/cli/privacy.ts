import { Command } from 'commander';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { defaultWorkspace } from '../composition/base.ts';
import type { PersonQuery } from '../identity/privacy/contract.ts';
import type { Privacy } from '../identity/privacy/privacy.ts';
import { type DatabaseCommand, onTheDatabase } from './database-command.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  workspace: string;
  user?: string;
  email?: string;
  phone?: string;
  yes?: boolean;
}

export function privacyCommand(): Command {
  const command = new Command('privacy').description('What a workspace has of a person: export it, erase it');
  const about = (subcommand: Command) =>
    subcommand
      .option('-w, --workspace <id>', 'the workspace', defaultWorkspace)
      .option('-u, --user <id>', 'id of an account')
      .option('-e, --email <address>', 'e-mail address of an account or a customer')
      .option('-p, --phone <number>', 'phone number of a customer, as people write it');
  about(command.command('export'))
    .description('Print everything as one JSON document')
    .action(async (options: Options) => {
      const person = personOf(options);
      await withPrivacy('POST /api/v1/privacy/export', async (privacy) => {
        console.log(JSON.stringify(await privacy.export(options.workspace, person, { actor: 'system' }), null, 2));
      });
    });
  about(command.command('erase'))
    .description('Erase the person, for good; what money and counts need stays, without the person')
    .option('-y, --yes', 'needed: there is no way back')
    .action(async (options: Options) => {
      const person = personOf(options);
      if (options.yes !== true)
        throw new UsageError('Erasing cannot be undone. Look with `timonel privacy export` first, then add --yes.');
      await withPrivacy('POST /api/v1/privacy/erase', async (privacy) => {
        console.log(JSON.stringify(await privacy.erase(options.workspace, person, { actor: 'system' })));
      });
    });
  return command;
}

/** The agents' tables are a part of it: they are there when it runs. */
async function withPrivacy(route: string, work: (privacy: Privacy) => Promise<void>): Promise<void> {
  await onTheDatabase(
    route,
    async (database) => work(await privacyOf(database)),
    async (settings) => (await loadProject(settings)).agents,
  );
}

async function privacyOf({ settings, store, identity, workspaces }: DatabaseCommand): Promise<Privacy> {
  const { createPrivacy } = await import('../run/personal-data.ts');
  const { agents } = await loadProject(settings);
  const { pool } = store;
  const now = () => new Date();
  return createPrivacy({
    pool,
    identity,
    agents,
    now,
    access: async (workspaceId) => ({
      workspaceId,
      timeZone: (await workspaces.get(workspaceId)).timeZone,
      now,
      newId: uuid,
      query: (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
    }),
  });
}

function personOf({ user, email, phone }: Options): PersonQuery {
  if (user === undefined && email === undefined && phone === undefined)
    throw new UsageError('Say who: --user, --email or --phone.');
  if (user !== undefined && !z.uuid().safeParse(user).success) {
    throw new UsageError(`"${user}" is not the id of an account. For an address use --email.`);
  }
  if (email !== undefined && !z.email().safeParse(email.trim()).success)
    throw new UsageError(`"${email}" is not an e-mail address.`);
  return { userId: user, email, phone };
}
