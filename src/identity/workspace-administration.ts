import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { AccessNotices } from './access.ts';
import type { ApiKeys, Doer } from './api-keys.ts';
import type { RecordDeed } from './deeds.ts';
import { installationWorkspace } from './installation.ts';
import type { Invitation, Invitations } from './invitations.ts';
import { keyRoles } from './permissions.ts';
import { requireHeld } from './principal.ts';
import { lockWorkspace, type Workspace, type WorkspaceChanges, type Workspaces } from './workspaces.ts';

export interface NewWorkspace {
  workspaceId: string;
  name: string;
  /** IANA time zone. */
  timeZone: string;
  /** Invited as its admin. Nobody is added without accepting it, whether or not there is an account. */
  owner?: { email: string; language: 'es' | 'en' } | undefined;
  /** Makes an admin key. */
  apiKey?: boolean | undefined;
}

export interface MadeWorkspace {
  workspace: Workspace;
  /** The invitation of the owner; the link where it was not mailed. */
  invitation: (Invitation & { link: string | null }) | null;
  /** The admin key with its secret, which is stored nowhere. */
  key: { id: string; secret: string } | null;
}

export interface WorkspaceAdministrationSettings {
  notices: AccessNotices;
  workspaces: Workspaces;
  invitations: Invitations;
  apiKeys: ApiKeys;
  record: RecordDeed;
  newId(): string;
}

/** Workspaces as operators of the installation make, change, disable and enable them. */
export class WorkspaceAdministration {
  readonly #settings: WorkspaceAdministrationSettings;

  constructor(settings: WorkspaceAdministrationSettings) {
    this.#settings = settings;
  }

  /**
   * Makes a workspace with an owner, a key, or both, in one transaction.
   * @param by absent for the command line, which sends no mail: the link of the invitation is in the answer.
   * @throws TimonelError `workspace_exists`, `invalid_request` without an owner and a key, `forbidden` for somebody who has less than an admin
   */
  async make(asked: NewWorkspace, by?: Doer): Promise<MadeWorkspace> {
    const { notices, workspaces, invitations, apiKeys, newId } = this.#settings;
    const { workspaceId, name, owner } = asked;
    if (owner === undefined && asked.apiKey !== true) {
      throw new TimonelError(
        'invalid_request',
        'Nobody could enter the workspace: send "owner" with an "email", "apiKey": true, or both.',
      );
    }
    if (by !== undefined) requireHeld(by.principal, keyRoles.admin, 'The owner of a workspace');
    const expiresAt = await this.#endOf(by);
    const made = await notices.change(async (client, tell) => {
      await lockAll(client, chainsOf(workspaceId, by));
      if (!(await workspaces.create(client, asked))) {
        throw new TimonelError(
          'workspace_exists',
          `There is a workspace "${workspaceId}" already. Choose another id, or change that one: PATCH /api/v1/workspaces/${workspaceId}.`,
        );
      }
      tell({ kind: 'workspace', workspaceId });
      await this.#record(client, workspaceId, 'workspace-made', {}, by);
      const issued = owner && (await invitations.issue(client, { workspaceId, email: owner.email, role: 'admin' }, by));
      if (owner !== undefined && issued !== undefined && by !== undefined) {
        await invitations.mail(owner, { workspaceName: name, invitedBy: by.principal.name, link: issued.link });
      }
      const id = newId();
      const key = { id, workspaceId, name: 'owner', role: 'admin', expiresAt } as const;
      const secret = asked.apiKey === true ? await apiKeys.add(client, key, by) : undefined;
      return {
        invitation: issued === undefined ? null : { ...issued.invitation, link: by === undefined ? issued.link : null },
        key: secret === undefined ? null : { id, secret },
      };
    });
    return { workspace: await workspaces.get(workspaceId), ...made };
  }

  /**
   * Changes a workspace. One that is disabled lets nobody in, at once and in every process; its rows stay, and what its people gave.
   * @throws TimonelError `not_found`, `workspace_indispensable`
   */
  async change(workspaceId: string, changes: WorkspaceChanges, by?: Doer): Promise<Workspace> {
    const { notices, workspaces } = this.#settings;
    if (workspaceId === installationWorkspace && changes.disabled === true) {
      throw new TimonelError(
        'workspace_indispensable',
        `The workspace "${installationWorkspace}" is the one from which the installation is run: it cannot be disabled. Disable single members and keys.`,
      );
    }
    await notices.change(async (client, tell) => {
      await lockAll(client, chainsOf(workspaceId, by));
      await workspaces.change(client, workspaceId, changes);
      tell({ kind: 'workspace', workspaceId });
      const { disabled } = changes;
      const action = disabled === undefined ? 'workspace-changed' : disabled ? 'workspace-disabled' : 'workspace-enabled';
      const changed = Object.entries(changes).flatMap(([member, value]) => (value === undefined ? [] : [member]));
      await this.#record(client, workspaceId, action, { changed }, by);
    });
    return workspaces.get(workspaceId);
  }

  /** Writes down that agents filled a workspace. */
  async recordSeed(workspaceId: string, parts: readonly string[], by?: Doer): Promise<void> {
    if (parts.length === 0) return;
    await this.#settings.notices.change(async (client, tell) => {
      tell({ kind: 'workspace', workspaceId });
      await this.#record(client, workspaceId, 'workspace-seeded', { parts: [...parts] }, by);
    });
  }

  /**
   * Writes it into the chain of the workspace, and into the installation's where somebody of the installation did it. Where from is written in
   * their own chain only.
   */
  async #record(client: pg.ClientBase, workspaceId: string, action: string, details: JsonObject, by?: Doer) {
    for (const chain of chainsOf(workspaceId, by)) {
      await this.#settings.record(
        {
          workspaceId: chain,
          actor: by?.principal ?? 'system',
          action,
          target: { kind: 'workspace', id: workspaceId },
          origin: chain === by?.principal.workspaceId ? by.origin : undefined,
          details,
        },
        client,
      );
    }
  }

  /** No key outlives the key that makes it. */
  async #endOf(by: Doer | undefined): Promise<Date | undefined> {
    if (by?.principal.kind !== 'api-key') return undefined;
    return (await this.#settings.apiKeys.get(by.principal.workspaceId, by.principal.id)).expiresAt ?? undefined;
  }
}

/** The chains that tell of it, in the order in which everybody takes the locks. */
function chainsOf(workspaceId: string, by: Doer | undefined): string[] {
  return by?.principal.workspaceId === workspaceId ? [workspaceId] : [...new Set([installationWorkspace, workspaceId])].sort();
}

async function lockAll(client: pg.ClientBase, workspaceIds: readonly string[]): Promise<void> {
  for (const each of workspaceIds) await lockWorkspace(client, each);
}
