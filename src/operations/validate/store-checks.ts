import type { Check, Finding } from './contract.ts';

const oldestPostgres = 15;
const clockWarningMs = 2_000;
const clockFailureMs = 30_000;

export const database: Check = {
  name: 'database',
  async run({ store, settings }) {
    const [row] = await store.pool.executeText(`SELECT current_setting('server_version') AS version`);
    const version = String(row?.['version']);
    const whole = `${store.kind === 'embedded' ? 'The embedded store' : 'PostgreSQL'} ${version}${store.vectors ? ', pgvector' : ''} answers.`;
    if (store.kind === 'postgres' && Number.parseInt(version, 10) < oldestPostgres)
      return { status: 'fail', said: whole, advice: `Timonel is tested on PostgreSQL ${oldestPostgres} and newer: upgrade it.` };
    if (store.kind === 'embedded' && settings.environment === 'production')
      return {
        status: 'warning',
        said: whole,
        advice: 'The embedded store serves one process. Set DATABASE_URL where an update must not interrupt anybody.',
      };
    return { status: 'pass', said: whole };
  },
};

export const schema: Check = {
  name: 'schema',
  async run({ schema: status }, { beforeDeploy }) {
    const { core, agents } = await status();
    const pending = [...core.pending, ...agents.flatMap(({ agent, pending: files }) => files.map((file) => `${agent}/${file}`))];
    if (pending.length === 0) return { status: 'pass', said: `Up to date: ${core.applied} migrations.` };
    const said = `${pending.length} migrations are not applied: ${pending.slice(0, 5).join(', ')}${pending.length > 5 ? ', …' : ''}.`;
    const advice = 'Take a backup, then: timonel migrate. A start does it too.';
    return { status: beforeDeploy ? 'warning' : 'fail', said, advice };
  },
};

export const connections: Check = {
  name: 'connections',
  async run({ store, settings }, { processes, beforeDeploy }) {
    if (store.kind === 'embedded') return { status: 'skipped', said: 'The embedded store has no connections to run out of.' };
    const [row] = await store.pool.executeText(
      `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
              (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used`,
    );
    const most = Number(row?.['most']);
    // The old version keeps its connections until it has drained.
    const needed = settings.database.poolSize * processes * (beforeDeploy ? 2 : 1);
    const said = `${needed} connections for ${processes} ${processes === 1 ? 'process' : 'processes'}${beforeDeploy ? ', old and new' : ''}, of ${most} that the database gives (${Number(row?.['used'])} in use).`;
    if (needed <= most) return { status: 'pass', said };
    return { status: 'fail', said, advice: 'Lower TIMONEL_POOL_SIZE, or raise max_connections and restart PostgreSQL.' };
  },
};

export const clock: Check = {
  name: 'clock',
  async run({ store, now }) {
    if (store.kind === 'embedded') return { status: 'skipped', said: 'The embedded store has the clock of this machine.' };
    const before = now().getTime();
    const [row] = await store.pool.executeText(`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at`);
    const after = now().getTime();
    const apart = Math.round(Math.abs(Number(row?.['at']) - (before + after) / 2));
    return clockFinding(Math.max(0, apart - (after - before)));
  },
};

/** @param apart how far the clocks are from each other for certain, in milliseconds. */
export function clockFinding(apart: number): Finding {
  const said = `This clock and the database's are ${apart < clockWarningMs ? 'together' : `${(apart / 1_000).toFixed(1)} s apart`}.`;
  if (apart < clockWarningMs) return { status: 'pass', said };
  return {
    status: apart < clockFailureMs ? 'warning' : 'fail',
    said,
    advice: 'Run a time service (chrony, systemd-timesyncd) on both.',
  };
}
