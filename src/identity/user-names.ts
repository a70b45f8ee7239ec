import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import { driverError } from '../store/database-errors.ts';
import type { AccessNotices } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import { installationWorkspace } from './installation.ts';
import type { Origin, Principal } from './principal.ts';
import type { User, Users } from './users.ts';

/** Letters, digits, hyphens and underscores, 3 to 32 of them: no @, so that none can be an e-mail address, and shorter than an id. */
export const userNamePattern = /^[A-Za-z0-9_-]{3,32}$/;

export const userNameRule = 'must be 3 to 32 letters, digits, hyphens and underscores, e.g. ana-paz';

/**
 * Gives an account a user name, or takes it away; the installation has each name once, in any case of its letters.
 * @throws TimonelError `user_name_taken`
 */
export async function storeUserName(client: pg.ClientBase, userId: string, userName: string | null): Promise<void> {
  try {
    await client.query('UPDATE users SET user_name = $2 WHERE id = $1', [userId, userName]);
  } catch (error) {
    if ((driverError(error) as { code?: string }).code !== '23505') throw error;
    throw new TimonelError('user_name_taken', `Somebody has the user name "${userName}" already. Take another one.`);
  }
}

/**
 * Whether a workspace may name a person: an account belongs to the installation, so only while it is in no other workspace, or from the
 * workspace that runs the installation.
 * @throws TimonelError `forbidden`
 */
export async function requireMayName(client: pg.ClientBase, workspaceId: string, userId: string): Promise<void> {
  if (workspaceId === installationWorkspace) return;
  const { rows } = await client.query('SELECT FROM memberships WHERE user_id = $1 AND workspace_id <> $2 LIMIT 1', [
    userId,
    workspaceId,
  ]);
  if (rows.length === 0) return;
  throw new TimonelError(
    'forbidden',
    'The account is not of this workspace alone: its owner sets the user name, with PATCH /api/v1/auth/me.',
  );
}

export interface OwnUserNameSettings {
  users: Users;
  notices: AccessNotices;
  record: RecordDeed;
}

/** The user name that people give themselves. */
export class OwnUserName {
  readonly #settings: OwnUserNameSettings;

  constructor(settings: OwnUserNameSettings) {
    this.#settings = settings;
  }

  /** @param userName null takes it away. @throws TimonelError `user_name_taken` */
  async change(person: Principal, userName: string | null, origin: Origin): Promise<User> {
    const { users, notices, record } = this.#settings;
    const { id, workspaceId } = person;
    await notices.change(async (client) => {
      await storeUserName(client, id, userName);
      const target = { kind: 'user', id };
      await record({ workspaceId, actor: person, action: 'user-name-changed', target, origin, personal: { userName } }, client);
    });
    const user = await users.byId(id);
    if (user === undefined) throw new TimonelError('unauthenticated', 'The account is gone.');
    return user;
  }
}
