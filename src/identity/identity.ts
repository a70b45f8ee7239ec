/** The parts of identity, put together. */
import type { Settings } from '../config.ts';
import type { DatabasePool } from '../store/database.ts';
import { Notices } from '../store/notices.ts';
import { Access, type AccessNotice, type AccessNotices } from './access.ts';
import { ApiKeys } from './api-keys.ts';
import { Authenticator } from './authenticator.ts';

export interface Identity {
  /** Tells of changes of who may do what, here and in other processes. */
  notices: AccessNotices;
  access: Access;
  apiKeys: ApiKeys;
  authenticator: Authenticator;
  close(): Promise<void>;
}

export interface IdentityDependencies {
  settings: Settings;
  pool: DatabasePool;
  now(): Date;
  onFault(what: string, error: unknown): void;
}

export async function createIdentity({ settings, pool, now, onFault }: IdentityDependencies): Promise<Identity> {
  const notices: AccessNotices = new Notices<AccessNotice>(pool, (error) => onFault('hearing what other processes tell', error));
  const access = new Access({ pool, notices, now, cacheMs: settings.accessCacheMs });
  const apiKeys = new ApiKeys({ pool, access, notices, onFault });
  await notices.open();
  return {
    notices,
    access,
    apiKeys,
    authenticator: new Authenticator(apiKeys),
    async close() {
      await apiKeys.close();
      await notices.close();
    },
  };
}
