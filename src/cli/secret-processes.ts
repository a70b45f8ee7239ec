/** The processes of the installation as a rotation sees them: over HTTP where one runs here, else straight from PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../config.ts';
import { ApiClient } from './api-client.ts';
import { findCredentials } from './credentials.ts';
import { onTheDatabase } from './database-command.ts';
import { probe } from './health.ts';
import { loadProject } from './project-file.ts';

export interface SeenProcess {
  host: string;
  pid: number;
  state: string;
  secret: { signs: string; accepts: readonly string[] } | null;
}

/** What is asked of the installation while its secret is rotated. */
export interface Installation {
  /** Those whose lease has not lapsed. */
  processes(): Promise<SeenProcess[]>;
  /** Texts that are sealed with another secret than the current one. */
  sealedBefore(): Promise<number>;
}

/** @param work with `undefined` where nothing runs: the embedded store is of one process */
export async function withInstallation<T>(work: (installation: Installation | undefined) => Promise<T>): Promise<T> {
  const settings = readSettings();
  const credentials = findCredentials(settings.home);
  if (credentials !== undefined && (await probe(credentials.url, '/health/live')).ok)
    return work(overHttp(new ApiClient(credentials)));
  if (settings.database.url === undefined) return work(undefined);
  const [{ listProcesses }, { Rotation }, { ServerKeys }] = await Promise.all([
    import('../store/process-list.ts'),
    import('../identity/rotation.ts'),
    import('../identity/secrets.ts'),
  ]);
  return onTheDatabase('GET /api/v1/processes', async ({ store: { pool }, identity }) => {
    const { agents } = await loadProject(settings);
    const declared = agents.map(({ personalData }) => ({ tables: personalData?.tables ?? [] }));
    return work({
      processes: async () =>
        (await listProcesses(pool))
          .filter(({ state }) => state !== 'gone')
          .map(({ host, pid, state, about }) => ({ host, pid, state, secret: about?.secret ?? null })),
      async sealedBefore() {
        const keys = await ServerKeys.open(readSettings(), pool);
        return new Rotation({ pool, keys, audit: identity.audit, agents: declared }).sealedBefore();
      },
    });
  });
}

function overHttp(api: ApiClient): Installation {
  return {
    async processes() {
      const { processes } = await api.get<{ processes: SeenProcess[] }>('/api/v1/processes');
      return processes.filter(({ state }) => state !== 'gone');
    },
    async sealedBefore() {
      const { rotation } = await api.get<{ rotation: { sealedBefore: number | null } | null }>('/api/v1/secrets');
      return rotation?.sealedBefore ?? 0;
    },
  };
}

const pauseMs = 250;

/** Waits until a thing holds for every live process. @returns those of which it does not, when the time is over */
export async function untilAll(
  installation: Installation,
  holds: (secret: { signs: string; accepts: readonly string[] }) => boolean,
  patienceMs: number,
): Promise<SeenProcess[]> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const others = (await installation.processes()).filter(({ secret }) => secret === null || !holds(secret));
    if (others.length === 0 || performance.now() + pauseMs > end) return others;
    await sleep(pauseMs);
  }
}
