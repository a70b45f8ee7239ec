import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { TimonelError } from '../errors.ts';
import { canonicalEmail } from '../identity/canonical-email.ts';
import { requireGoodPassword } from '../identity/password-policy.ts';
import { storeUserName, userNamePattern, userNameRule } from '../identity/user-names.ts';
import { isUserName, type User } from '../identity/users.ts';
import { lockWorkspace } from '../identity/workspaces.ts';
import { defaultWorkspace } from '../main.ts';
import { type DatabaseCommand, onTheDatabase, printTable } from './database-command.ts';
import { UsageError } from './usage-error.ts';
import { userLimitsCommand } from './user-limits.ts';

interface Options {
  workspace: string;
  role: string;
  name?: string;
  userName?: string;
  none?: boolean;
  language: string;
  passwordStdin?: boolean;
  everywhere?: boolean;
  json?: boolean;
}

const workspaceOption = ['-w, --workspace <id>', 'the workspace', defaultWorkspace] as const;

export function userCommand(): Command {
  const command = new Command('user').description('People: add, give a role, disable, list; straight on the database');
  command
    .command('add')
    .description('Add a person to a workspace; makes the account where there is none, confirmed')
    .argument('<email>', 'e-mail address to sign in with')
    .option(...workspaceOption)
    .option('-r, --role <role>', 'admin, operator, member, instructor, student or one of the workspace', 'member')
    .option('-n, --name <name>', 'name of the person (default: what is before the @)')
    .option('-u, --user-name <name>', 'to sign in with instead of the address: 3 to 32 letters, digits, hyphens and underscores')
    .option('-l, --language <language>', 'es or en, for mails', 'es')
    .option('--password-stdin', 'read the password from standard input; without it one is made and shown once')
    .option('--json', 'print JSON')
    .action((email: string, options: Options) => add(email, options));
  command
    .command('rename')
    .description('Give a person another user name to sign in with, or take it away; the address goes on opening the account')
    .argument('<person>', 'e-mail address or user name')
    .argument('[user-name]')
    .option('--none', 'take the user name away')
    .action((person: string, userName: string | undefined, options: Options) => rename(person, userName, options));
  command
    .command('role')
    .description('Give a member another role; it takes effect at once')
    .argument('<person>', 'e-mail address or user name')
    .argument('<role>')
    .option(...workspaceOption)
    .action((person: string, role: string, options: Options) => changeRole(person, role, options));
  command
    .command('disable')
    .description('Shut a member out of a workspace at once, and end the sessions there; `user enable` lets them in again')
    .argument('<person>', 'e-mail address or user name')
    .option(...workspaceOption)
    .option('--everywhere', 'shut the account out of every workspace')
    .action((person: string, options: Options) => disable(person, options));
  command
    .command('enable')
    .description('Let a member who was disabled in again; with --everywhere the account, in every workspace')
    .argument('<person>', 'e-mail address or user name')
    .option(...workspaceOption)
    .option('--everywhere', 'undo `disable --everywhere`')
    .action((person: string, options: Options) => enable(person, options));
  command.addCommand(userLimitsCommand());
  command
    .command('list')
    .description('The members of a workspace')
    .option(...workspaceOption)
    .option('--json', 'print JSON lines')
    .action((options: Options) => list(options));
  return command;
}

async function add(email: string, options: Options): Promise<void> {
  const address = canonicalEmail(email);
  if (!z.email().safeParse(address).success) throw new UsageError(`"${email}" is not an e-mail address.`);
  if (options.language !== 'es' && options.language !== 'en') throw new UsageError('--language takes es or en.');
  const { language, role, workspace, userName } = options;
  if (userName !== undefined) requireUserName(userName);
  const given = options.passwordStdin === true ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined;
  await onTheDatabase('POST /api/v1/invitations', async ({ identity, workspaces }) => {
    const { name: workspaceName, classicPasswords } = await workspaces.get(workspace);
    await identity.roles.permissions(workspace, role);
    const known = await identity.users.byEmail(address);
    const name = options.name ?? known?.name ?? address.split('@')[0] ?? address;
    if (known !== undefined && given !== undefined) {
      throw new UsageError(`${address} has an account already, and keeps its password. Leave --password-stdin out.`);
    }
    const made = known === undefined && given === undefined ? `${randomBytes(18).toString('base64url')}-7Aa` : undefined;
    const password = given ?? made;
    if (given !== undefined) {
      requireGoodPassword(given, { email: address, name, workspace: [workspaceName, workspace], classicRule: classicPasswords });
    }
    const passwordHash = known === undefined && password !== undefined ? await identity.passwords.hash(password) : null;
    const id = known?.id ?? uuid();
    await identity.notices.change(async (client, tell) => {
      await lockWorkspace(client, workspace);
      if (known === undefined) {
        const made = await identity.users.create(client, {
          id,
          email: address,
          name,
          language,
          passwordHash,
          verifiedAt: new Date(),
        });
        if (!made) throw new TimonelError('email_taken', `${address} has just got an account. Run this again.`);
      }
      if (userName !== undefined) await storeUserName(client, id, userName);
      await identity.members.add(client, workspace, id, role);
      tell({ kind: 'user', id });
      const target = { kind: 'user', id };
      await identity.audit.append(
        {
          workspaceId: workspace,
          actor: 'system',
          action: 'member-added',
          target,
          details: { role },
          ...(userName === undefined ? {} : { personal: { userName } }),
        },
        client,
      );
    });
    if (options.json === true)
      console.log(
        JSON.stringify({
          id,
          email: address,
          userName: userName ?? known?.userName ?? null,
          workspace,
          role,
          password: made ?? null,
        }),
      );
    else {
      console.log(`${address} is ${role} of "${workspace}"${known === undefined ? '' : ', with the account there was'}.`);
      if (made !== undefined) console.log(`Password, shown now and never again: ${made}`);
      if (known !== undefined && known.disabledAt !== null) console.error('The account is disabled everywhere, and stays so.');
    }
  });
}

async function rename(person: string, userName: string | undefined, { none }: Options): Promise<void> {
  if ((userName === undefined) !== (none === true)) throw new UsageError('Give the new user name, or --none.');
  if (userName !== undefined) requireUserName(userName);
  await onTheDatabase('PATCH /api/v1/users/<id> {"userName": …}', async (command) => {
    const { identity } = command;
    const user = await accountOf(command, person);
    const target = { kind: 'user', id: user.id };
    const personal = { userName: userName ?? null };
    const memberships = await identity.users.workspaces(user.id);
    await identity.notices.change(async (client) => {
      await storeUserName(client, user.id, userName ?? null);
      for (const workspaceId of memberships.map((each) => each.workspaceId).sort())
        await identity.audit.append({ workspaceId, actor: 'system', action: 'user-name-changed', target, personal }, client);
    });
    console.log(
      userName === undefined ? `${user.email} has no user name.` : `${user.email} signs in with the user name ${userName} too.`,
    );
  });
}

function requireUserName(userName: string): void {
  if (!userNamePattern.test(userName)) throw new UsageError(`The user name "${userName}" ${userNameRule}.`);
}

async function changeRole(person: string, role: string, { workspace }: Options): Promise<void> {
  await onTheDatabase('PATCH /api/v1/users/<id> {"role": …}', async (command) => {
    const { identity } = command;
    await identity.roles.permissions(workspace, role);
    const user = await memberOf(command, person, workspace);
    await identity.notices.change(async (client, tell) => {
      await lockWorkspace(client, workspace);
      const { rows } = await client.query<{ before: string }>(
        `UPDATE memberships m SET role = $3 FROM (SELECT role AS before FROM memberships WHERE workspace_id = $1 AND user_id = $2 FOR UPDATE) o
         WHERE m.workspace_id = $1 AND m.user_id = $2 RETURNING o.before`,
        [workspace, user.id, role],
      );
      tell({ kind: 'user', id: user.id });
      const target = { kind: 'user', id: user.id };
      const details = { before: rows[0]?.before ?? null, role };
      await identity.audit.append({ workspaceId: workspace, actor: 'system', action: 'member-changed', target, details }, client);
    });
    console.log(`${user.email} is ${role} of "${workspace}".`);
  });
}

async function disable(person: string, { workspace, everywhere }: Options): Promise<void> {
  await onTheDatabase('PATCH /api/v1/users/<id> {"disabled": true}', async (command) => {
    const { identity } = command;
    const user = everywhere === true ? await accountOf(command, person) : await memberOf(command, person, workspace);
    const target = { kind: 'user', id: user.id };
    const memberships = await identity.users.workspaces(user.id);
    const where = everywhere === true ? memberships.map(({ workspaceId }) => workspaceId).sort() : [workspace];
    await identity.notices.change(async (client, tell) => {
      for (const workspaceId of where) await lockWorkspace(client, workspaceId);
      if (everywhere === true) {
        await client.query('UPDATE users SET disabled_at = COALESCE(disabled_at, now()) WHERE id = $1', [user.id]);
        await identity.sessions.endAll(client, { userId: user.id }, 'user-disabled');
      } else {
        await client.query(
          'UPDATE memberships SET disabled_at = COALESCE(disabled_at, now()) WHERE workspace_id = $1 AND user_id = $2',
          [workspace, user.id],
        );
        await identity.sessions.endAll(client, { userId: user.id, workspaceId: workspace }, 'member-disabled');
      }
      tell({ kind: 'user', id: user.id });
      const action = everywhere === true ? 'user-disabled' : 'member-disabled';
      for (const workspaceId of where) await identity.audit.append({ workspaceId, actor: 'system', action, target }, client);
    });
    console.log(
      `${user.email} is shut out of ${everywhere === true ? 'every workspace' : `"${workspace}"`}; the sessions there have ended.`,
    );
  });
}

async function enable(person: string, { workspace, everywhere }: Options): Promise<void> {
  await onTheDatabase('PATCH /api/v1/users/<id> {"disabled": false}', async (command) => {
    const { identity } = command;
    const user = everywhere === true ? await accountOf(command, person) : await memberOf(command, person, workspace);
    const memberships = await identity.users.workspaces(user.id);
    await identity.notices.change(async (client, tell) => {
      await (everywhere === true
        ? client.query('UPDATE users SET disabled_at = NULL WHERE id = $1', [user.id])
        : client.query('UPDATE memberships SET disabled_at = NULL WHERE workspace_id = $1 AND user_id = $2', [workspace, user.id]));
      tell({ kind: 'user', id: user.id });
      const where = everywhere === true ? memberships.map(({ workspaceId }) => workspaceId).sort() : [workspace];
      const action = everywhere === true ? 'user-enabled' : 'member-enabled';
      const target = { kind: 'user', id: user.id };
      for (const workspaceId of where) await identity.audit.append({ workspaceId, actor: 'system', action, target }, client);
    });
    console.log(`${user.email} is let into ${everywhere === true ? 'their workspaces' : `"${workspace}"`} again.`);
    if (everywhere !== true && user.disabledAt !== null)
      console.error(`The account is disabled everywhere, and stays so: timonel user enable ${user.email} --everywhere`);
  });
}

async function list({ workspace, json }: Options): Promise<void> {
  await onTheDatabase('GET /api/v1/users', async ({ identity, workspaces }) => {
    await workspaces.get(workspace);
    const rows: Record<string, string>[] = [];
    for (let after: string | undefined; ; ) {
      const page = await identity.members.list(workspace, { after, limit: 200 });
      for (const member of page) {
        if (json === true) console.log(JSON.stringify(member));
        else {
          const state = member.disabled ? 'disabled' : member.emailVerified ? 'active' : 'unconfirmed';
          rows.push({
            email: member.email,
            name: member.name,
            'user name': member.userName ?? '',
            role: member.role,
            state,
            'second factor': member.secondFactor ? 'yes' : 'no',
          });
        }
      }
      after = page.at(-1)?.id;
      if (page.length < 200) break;
    }
    if (rows.length > 0) printTable(rows);
    else if (json !== true) console.log(`"${workspace}" has no members. Add one: timonel user add <email> --role admin`);
  });
}

async function accountOf({ identity }: DatabaseCommand, login: string): Promise<User> {
  const user = await identity.users.byLogin(login);
  if (user !== undefined) return user;
  throw new TimonelError(
    'not_found',
    `There is no account with the ${isUserName(login) ? 'user name' : 'address'} ${canonicalEmail(login)}. \`timonel user list\` shows the members.`,
  );
}

async function memberOf(command: DatabaseCommand, login: string, workspace: string): Promise<User> {
  const user = await accountOf(command, login);
  // Throws where the person is not a member.
  await command.identity.members.get(workspace, user.id).catch(() => {
    throw new TimonelError(
      'not_found',
      `${user.email} is no member of "${workspace}". Add them: timonel user add ${user.email} -w ${workspace}`,
    );
  });
  return user;
}
