/**
 * What people and keys gave away (invitations, keys, approvals) stands while they could give it now. Looked at in the transaction of every
 * change of who may do what, whichever part makes it, and again when it is used: keys expire without a change.
 */
import type pg from 'pg';
import type { Asker } from '../vocabulary.ts';
import { type AccessNotice, givenTo, permissionsOf, principalIn } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import { installationWorkspace, managesWorkspaces } from './installation.ts';
import type { Mailer } from './mail/mailer.ts';
import { type KeyRole, missingFrom, type Permission, type PermissionCatalogue } from './permissions.ts';

export interface GrantSettings {
  mailer: Mailer;
  record: RecordDeed;
  now(): Date;
  publicUrl: string;
  /** All that can be allowed in this process. */
  catalogue: PermissionCatalogue;
}

/** Something that was given and is still in force. */
interface Grant {
  kind: 'invitation' | 'key' | 'personal-key' | 'approval' | 'remembered';
  id: string;
  workspace_id: string;
  /**
   * "user:…" or "api-key:…"; after "installation:" for an operator of the installation, who gave it in a workspace that is not theirs;
   * null for the installation itself, which does not go.
   */
  giver: string | null;
  /** Of the invitation or the key. */
  role: string | null;
  scopes: string[] | null;
  name: string | null;
  /** It is void whatever the giver may do: an invitation to somebody who was disabled, or has a role already. */
  void: boolean;
}

/** Before a giver who is an operator of the installation and no member of the workspace. */
const ofInstallation = 'installation:';

/** As the maker of a key is written whose account was erased. */
export const erasedMaker = 'erased';

const standing = `
  SELECT 'invitation' AS kind, i.id::text, i.workspace_id, i.invited_by AS giver, i.role, NULL::text[] AS scopes, NULL AS name,
    COALESCE(m.user_id IS NOT NULL OR u.disabled_at IS NOT NULL, false) AS void
  FROM invitations i LEFT JOIN users u ON u.email = i.email
    LEFT JOIN memberships m ON m.workspace_id = i.workspace_id AND m.user_id = u.id
  WHERE i.accepted_at IS NULL AND (i.invited_by = ANY($1) OR u.id = ANY($2) OR i.workspace_id = ANY($3) OR ($4 AND i.invited_by LIKE 'installation:%'))
  UNION ALL
  SELECT CASE WHEN owner_id IS NULL THEN 'key' ELSE 'personal-key' END, id::text, workspace_id,
    CASE WHEN owner_id IS NULL THEN created_by ELSE 'user:' || owner_id END, role, scopes, name, false
  FROM api_keys
  WHERE revoked_at IS NULL AND (owner_id = ANY($2) OR (unconfirmed_since IS NULL AND created_by = ANY($1)) OR workspace_id = ANY($3)
      OR ($4 AND created_by LIKE 'installation:%'))
    AND (owner_id IS NOT NULL OR unconfirmed_since IS NULL)
  UNION ALL
  SELECT 'approval', a.run_id || '/' || a.call_id, a.workspace_id, a.decided_by_id, NULL, NULL, NULL, false
  FROM approvals a JOIN runs r ON r.id = a.run_id AND r.status = 'waiting'
  WHERE a.status = 'approved' AND (a.decided_by_id = ANY($1) OR a.workspace_id = ANY($3))
  UNION ALL
  SELECT 'remembered', run_id || '/' || call_id, workspace_id, decided_by_id, NULL, NULL, NULL, false
  FROM approvals
  WHERE status = 'approved' AND remember IS NOT NULL AND (decided_by_id = ANY($1) OR workspace_id = ANY($3))
  ORDER BY 3, 1, 2`;

export class Grants {
  readonly #settings: GrantSettings;

  constructor(settings: GrantSettings) {
    this.#settings = settings;
  }

  /**
   * Ends what those gave who can no longer give it, in the transaction that changes what they may do: invitations and approvals are void,
   * personal keys are revoked, and keys of the workspace wait for an admin, whom a mail asks once.
   */
  async settle(client: pg.ClientBase, notices: readonly AccessNotice[], tell: (notice: AccessNotice) => void): Promise<void> {
    const users = notices.flatMap((notice) => (notice.kind === 'user' ? [notice.id] : []));
    const keys = notices.flatMap((notice) => (notice.kind === 'api-key' ? [notice.id] : []));
    const workspaceIds = notices.flatMap((notice) => (notice.kind === 'roles' ? [notice.workspaceId] : []));
    if (users.length + keys.length + workspaceIds.length === 0) return;
    const own = [...users.map((id) => `user:${id}`), ...keys.map((id) => `api-key:${id}`)];
    const givers = [...own, ...own.map((giver) => `${ofInstallation}${giver}`)];
    if (users.length > 0) givers.push(erasedMaker);
    const { rows } = await client.query<Grant>(standing, [
      givers,
      users,
      workspaceIds,
      workspaceIds.includes(installationWorkspace),
    ]);
    const passedOn = new Map<string, string[]>();
    const held = new Map<string, ReadonlySet<Permission>>();
    for (const grant of rows) {
      if (!grant.void && (await this.#stands(client, grant, held))) continue;
      await this.#end(client, grant, tell);
      if (grant.kind === 'key') {
        const { workspace_id: workspaceId, name } = grant;
        passedOn.set(workspaceId, [...(passedOn.get(workspaceId) ?? []), name ?? grant.id]);
      }
    }
    for (const [workspaceId, names] of passedOn) await this.#askAdmins(client, workspaceId, names);
  }

  /** Whether the inviter could invite to that role now; asked in the transaction that uses the invitation. */
  async mayInvite(
    client: pg.ClientBase,
    invitation: { workspaceId: string; role: string; invitedBy: string | null },
  ): Promise<boolean> {
    const { workspaceId: workspace_id, role, invitedBy: giver } = invitation;
    const grant: Grant = { kind: 'invitation', id: '', workspace_id, giver, role, scopes: null, name: null, void: false };
    return this.#stands(client, grant, new Map());
  }

  /** Withdraws approvals of a run whose deciders could no longer approve, e.g. a key that expired. */
  async settleRun(client: pg.ClientBase, workspaceId: string, runId: string): Promise<void> {
    const { rows } = await client.query<Grant>(
      `SELECT 'approval' AS kind, run_id || '/' || call_id AS id, workspace_id, decided_by_id AS giver FROM approvals
       WHERE workspace_id = $1 AND run_id = $2 AND status = 'approved'`,
      [workspaceId, runId],
    );
    const held = new Map<string, ReadonlySet<Permission>>();
    for (const grant of rows) if (!(await this.#stands(client, grant, held))) await this.#end(client, grant, () => {});
  }

  async #stands(client: pg.ClientBase, grant: Grant, held: Map<string, ReadonlySet<Permission>>): Promise<boolean> {
    const { catalogue } = this.#settings;
    if (grant.giver === null) return true;
    const giver = `${grant.workspace_id} ${grant.giver}`;
    let permissions = held.get(giver);
    if (permissions === undefined) {
      permissions = await this.#permissions(client, grant.workspace_id, grant.giver);
      held.set(giver, permissions);
    }
    switch (grant.kind) {
      // What it may do is never more than what its owner may.
      case 'personal-key':
        return permissions !== nothing;
      case 'approval':
      case 'remembered':
        return permissions.has('runs:decide');
      case 'key':
        return (
          permissions.has('keys:manage') &&
          missingFrom(permissions, givenTo({ role: grant.role as KeyRole | null, scopes: grant.scopes }, catalogue)).length === 0
        );
      case 'invitation': {
        const wanted = await permissionsOfRole(client, grant.workspace_id, grant.role ?? '', catalogue);
        return wanted !== undefined && permissions.has('users:manage') && missingFrom(permissions, wanted).length === 0;
      }
    }
  }

  async #permissions(client: pg.ClientBase, workspaceId: string, giver: string): Promise<ReadonlySet<Permission>> {
    const { now, catalogue } = this.#settings;
    const operator = giver.startsWith(ofInstallation);
    const asker = askerOf(operator ? giver.slice(ofInstallation.length) : giver);
    if (asker === undefined) return nothing;
    const from = operator ? installationWorkspace : workspaceId;
    const principal = await principalIn(client, { workspaceId: from, ...asker }, now(), catalogue);
    if (principal === undefined || (operator && !managesWorkspaces(principal))) return nothing;
    return principal.permissions;
  }

  async #end(client: pg.ClientBase, grant: Grant, tell: (notice: AccessNotice) => void): Promise<void> {
    const { record, now } = this.#settings;
    const { kind, id, workspace_id: workspaceId } = grant;
    const written = (action: string, target: string) =>
      record({ workspaceId, actor: 'system', action, target: { kind: target, id }, details: { giver: grant.giver } }, client);
    switch (kind) {
      case 'invitation':
        await client.query('DELETE FROM invitations WHERE workspace_id = $1 AND id = $2 AND accepted_at IS NULL', [
          workspaceId,
          id,
        ]);
        await written('invitation-voided', 'invitation');
        return;
      case 'approval': {
        const [runId, callId] = [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)];
        await client.query('SELECT FROM runs WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [workspaceId, runId]);
        // The step stays what it was; the decision that comes instead counts.
        const { rowCount } = await client.query(
          `UPDATE approvals a SET status = 'pending', remember = NULL, decided_by = NULL, decided_by_id = NULL, decision_reason = NULL, decided_at = NULL
           FROM runs r WHERE a.workspace_id = $1 AND a.run_id = $2 AND a.call_id = $3 AND r.id = a.run_id AND r.status = 'waiting'`,
          [workspaceId, runId, callId],
        );
        if (rowCount === 1) {
          await client.query('UPDATE runs SET waits_left = waits_left + 1 WHERE workspace_id = $1 AND id = $2', [
            workspaceId,
            runId,
          ]);
          await written('approval-voided', 'approval');
        }
        return;
      }
      case 'remembered': {
        const [runId, callId] = [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)];
        const { rowCount } = await client.query(
          'UPDATE approvals SET remember = NULL WHERE workspace_id = $1 AND run_id = $2 AND call_id = $3 AND remember IS NOT NULL',
          [workspaceId, runId, callId],
        );
        if (rowCount === 1) await written('approval-forgotten', 'approval');
        return;
      }
      case 'personal-key':
        await client.query('UPDATE api_keys SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL', [
          workspaceId,
          id,
          now(),
        ]);
        await written('key-revoked', 'api-key');
        break;
      case 'key':
        await client.query('UPDATE api_keys SET unconfirmed_since = $3 WHERE workspace_id = $1 AND id = $2', [
          workspaceId,
          id,
          now(),
        ]);
        await written('key-unconfirmed', 'api-key');
    }
    // Whatever the key itself gave is looked at next.
    tell({ kind: 'api-key', id });
  }

  /** One mail to each admin, with all keys that one change left without somebody who answers for them. */
  async #askAdmins(client: pg.ClientBase, workspaceId: string, keys: readonly string[]): Promise<void> {
    const { mailer, publicUrl } = this.#settings;
    const { rows } = await client.query<{ email: string; name: string; language: 'es' | 'en'; workspace: string }>(
      `SELECT u.email, u.name, u.language, w.name AS workspace
       FROM memberships m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.workspace_id = m.workspace_id
       WHERE m.workspace_id = $1 AND m.role = 'admin' AND m.disabled_at IS NULL AND u.disabled_at IS NULL ORDER BY u.id LIMIT 50`,
      [workspaceId],
    );
    for (const { email, name, language, workspace } of rows) {
      const content = { kind: 'keys-to-confirm' as const, name, workspace, keys, link: publicUrl };
      await mailer.send({ to: email, language, content });
    }
  }
}

/** How whoever gives something in a workspace is written down. */
export function giverOf({ kind, id, workspaceId }: Asker & { workspaceId: string }, where: string): string {
  return `${workspaceId === where ? '' : ofInstallation}${kind}:${id}`;
}

const nothing: ReadonlySet<Permission> = new Set();

function askerOf(text: string): Asker | undefined {
  const [kind, id = ''] = text.split(':');
  return (kind === 'user' || kind === 'api-key') && id !== '' ? { kind, id } : undefined;
}

async function permissionsOfRole(
  client: pg.ClientBase,
  workspaceId: string,
  role: string,
  catalogue: PermissionCatalogue,
): Promise<ReadonlySet<Permission> | undefined> {
  const shipped = permissionsOf(role, null, catalogue);
  if (shipped.size > 0) return shipped;
  const { rows } = await client.query<{ permissions: string[] }>(
    'SELECT permissions FROM roles WHERE workspace_id = $1 AND name = $2',
    [workspaceId, role],
  );
  return rows[0] === undefined ? undefined : permissionsOf(role, rows[0].permissions, catalogue);
}
