/** The parts of identity, put together. */

import type { Settings } from '../config.ts';
import type { RedisClient } from '../store/cache/redis.ts';
import type { DatabasePool } from '../store/database.ts';
import { Notices } from '../store/notices.ts';
import { Access, type AccessNotice, type AccessNotices } from './access.ts';
import { AccessTokens } from './access-tokens.ts';
import { ApiKeys } from './api-keys.ts';
import { Attempts } from './attempts.ts';
import { AuditLog } from './audit/audit-log.ts';
import { Authenticator } from './authenticator.ts';
import type { RecordDeed } from './deeds.ts';
import { Grants } from './grants.ts';
import { Invitations } from './invitations.ts';
import { LocalSignIn } from './local-sign-in.ts';
import type { Mailer } from './mail/mailer.ts';
import { Members } from './members.ts';
import { OidcSignIn } from './oidc/oidc-sign-in.ts';
import { OidcProviders } from './oidc/providers.ts';
import { OwnPassword } from './own-password.ts';
import { Passwords } from './passwords.ts';
import { corePermissions, type PermissionCatalogue } from './permissions.ts';
import { Registration } from './registration.ts';
import { Roles } from './roles.ts';

import { Sealer, secondFactorPurpose } from './sealed.ts';
import { SecondFactor } from './second-factor.ts';
import type { ServerKeys } from './secrets.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { OwnUserName } from './user-names.ts';
import { Users } from './users.ts';
import { VouchedAccounts } from './vouched.ts';
import { WorkspaceAdministration } from './workspace-administration.ts';
import type { Workspaces } from './workspaces.ts';

export interface Identity {
  /** Tells of changes of who may do what, here and in other processes. */
  notices: AccessNotices;
  access: Access;
  apiKeys: ApiKeys;
  authenticator: Authenticator;
  tokens: AccessTokens;
  users: Users;
  passwords: Passwords;
  attempts: Attempts;
  sessions: Sessions;
  signIn: SignIn;
  localSignIn: LocalSignIn;
  registration: Registration;
  ownPassword: OwnPassword;
  ownUserName: OwnUserName;
  secondFactor: SecondFactor;
  invitations: Invitations;
  members: Members;
  roles: Roles;
  oidcProviders: OidcProviders;
  oidcSignIn: OidcSignIn;
  vouched: VouchedAccounts;
  workspaces: Workspaces;
  administration: WorkspaceAdministration;
  grants: Grants;
  audit: AuditLog;
  /** All that can be allowed in this process. */
  permissions: PermissionCatalogue;
  close(): Promise<void>;
}

export interface IdentityDependencies {
  settings: Settings;
  pool: DatabasePool;
  /** Shares the counts of failed attempts between processes; absent where there is no Redis. */
  redis: RedisClient | undefined;
  keys: ServerKeys;
  mailer: Mailer;
  workspaces: Workspaces;
  /** Where those go who register on their own. */
  openWorkspace: string;
  now(): Date;
  newId(): string;
  /** Timonel's permissions and those of the agents; Timonel's own where absent. */
  permissions?: PermissionCatalogue;
}

export async function createIdentity(dependencies: IdentityDependencies): Promise<Identity> {
  const { settings, pool, redis, keys, now, permissions = corePermissions } = dependencies;
  const { registration, emailVerification, publicUrl } = settings;
  const notices: AccessNotices = new Notices<AccessNotice>(pool, (client, told, tell) => grants.settle(client, told, tell));
  const audit = new AuditLog({ pool, keys, now });
  const record: RecordDeed = (deed, client) => audit.append(deed, client);
  const grants = new Grants({ ...dependencies, record, publicUrl, catalogue: permissions });
  const access = new Access({ pool, notices, now, cacheMs: settings.accessCacheMs, permissions });
  const apiKeys = new ApiKeys({ pool, access, notices, record });
  const tokens = new AccessTokens({ keys, algorithm: settings.tokenAlgorithm, now });
  const all = { ...dependencies, record, publicUrl, registration, emailVerification, notices };
  const users = new Users(pool);
  const passwords = new Passwords(settings.passwords);
  const attempts = new Attempts(redis);
  const roles = new Roles({ ...all, catalogue: permissions });
  const sessions = new Sessions({ ...all, lasts: settings.sessions, tokens });
  const invitations = new Invitations({ ...all, roles });
  const secondFactor = new SecondFactor({ ...all, users, sessions, sealer: new Sealer(keys, secondFactorPurpose) });
  const signIn = new SignIn({ ...all, users, passwords, attempts, secondFactor, sessions });
  const members = new Members({ ...all, roles, sessions });
  const { workspaces } = dependencies;
  notices.subscribe((told) => {
    if (told === 'anything') workspaces.forget();
    else for (const notice of told) if (notice.kind === 'workspace') workspaces.forget(notice.workspaceId);
  });
  await notices.open();
  return {
    notices,
    access,
    permissions,
    apiKeys,
    authenticator: new Authenticator({ apiKeys, tokens, access, keys }),
    tokens,
    users,
    passwords,
    attempts,
    sessions,
    signIn,
    localSignIn: new LocalSignIn({ ...all, users, members, signIn }),
    registration: new Registration({ ...all, users, passwords, attempts, invitations, grants, signIn }),
    ownPassword: new OwnPassword({ ...all, users, passwords, attempts, sessions }),
    ownUserName: new OwnUserName({ ...all, users }),
    secondFactor,
    invitations,
    members,
    oidcProviders: new OidcProviders({ ...all, providers: settings.oidcProviders }),
    oidcSignIn: new OidcSignIn({ ...all, users, members, grants, sessions, signIn }),
    vouched: new VouchedAccounts({ ...all, users, sessions }),
    roles,
    workspaces,
    administration: new WorkspaceAdministration({ ...all, invitations, apiKeys }),
    grants,
    audit,
    async close() {
      await apiKeys.close();
      await notices.close();
    },
  };
}
