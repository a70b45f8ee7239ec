/** What the other parts stand on: the database, Redis, the server's keys, the workspaces, and who may do what. */
import { channels } from '../diagnostics.ts';
import { createIdentity, type Identity } from '../identity/identity.ts';
import { Mailer } from '../identity/mail/mailer.ts';
import { OutsideClient, type ReachesOutside, reachesOutside } from '../identity/outside.ts';
import { permissionsWith } from '../identity/permissions.ts';
import { ServerKeys } from '../identity/secrets.ts';
import { Workspaces } from '../identity/workspaces.ts';
import { requirePersonalData } from '../run/personal-data.ts';
import { accessTo } from '../run/workspace-access.ts';
import { openRedis, type RedisAddress, type RedisClient, tellOnce } from '../store/cache/redis.ts';
import { type RedisSignals, redisSignals } from '../store/cache/wake-ups.ts';
import type { DatabasePool } from '../store/database.ts';
import { openStore, type Store } from '../store/open.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { JsonObject } from '../vocabulary.ts';
import { type Base, defaultWorkspace } from './base.ts';

export interface Foundation {
  store: Store;
  pool: DatabasePool;
  /** Absent where the settings name no Redis. */
  redis: RedisClient | undefined;
  signals: RedisSignals | undefined;
  keys: ServerKeys;
  workspaces: Workspaces;
  /** Access to the rows of one workspace, for code of agents. */
  access(workspaceId: string, timeZone: string): WorkspaceAccess;
  /** How code of agents reaches systems of others. */
  reaches(workspaceId: string, agent: string): ReachesOutside;
}

/** @throws TimonelError `config_invalid`, `store_unavailable`, `directory_locked`, `migration_refused` */
export async function openFoundation({ settings, project, scope, now, newId, onStoreLost }: Base): Promise<Foundation> {
  const { agents } = project;
  const store = scope.adopt(await openStore(settings, { agents, onLost: onStoreLost }), (each) => each.close());
  const { pool } = store;
  await requirePersonalData(pool, agents);
  const { redis, signals } = openCache(settings.redis, scope);
  const workspaces = new Workspaces(pool);
  await workspaces.ensure({ workspaceId: defaultWorkspace, name: 'Default', timeZone: settings.timeZone });
  const keys = await ServerKeys.open(settings, pool);
  const outside = scope.adopt(new OutsideClient({ anywhere: settings.agentPrivateAddresses }), (each) => each.close());
  const reaches = reachesOutside({ outside, keys, publicUrl: settings.publicUrl, now });
  return {
    store,
    pool,
    redis,
    signals,
    keys,
    workspaces,
    access: accessTo({ pool, now, newId }),
    reaches,
  };
}

function openCache(address: RedisAddress | undefined, scope: AsyncDisposableStack): Pick<Foundation, 'redis' | 'signals'> {
  if (address === undefined) return { redis: undefined, signals: undefined };
  const watch = tellOnce(address);
  const redis = scope.adopt(openRedis(address, watch), (each) => each.disconnect());
  return { redis, signals: scope.adopt(redisSignals(address, watch), (each) => each.close()) };
}

/** @param enqueueMail adds the job that hands a mail to its server. */
export async function openIdentity(
  { settings, project, scope, now, newId }: Base,
  { pool, redis, keys, workspaces }: Foundation,
  enqueueMail: (payload: JsonObject) => Promise<void>,
): Promise<{ identity: Identity; mailer: Mailer }> {
  const mailer = scope.adopt(
    new Mailer({
      settings,
      keys,
      newId,
      enqueue: enqueueMail,
      onPrinted: (mail) => channels.mailPrinted.publish(mail),
    }),
    (each) => each.close(),
  );
  const identity = await createIdentity({
    settings,
    pool,
    redis,
    keys,
    mailer,
    workspaces,
    openWorkspace: defaultWorkspace,
    now,
    newId,
    permissions: permissionsWith(project.agents),
  });
  return { identity: scope.adopt(identity, (each) => each.close()), mailer };
}
