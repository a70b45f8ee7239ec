/** Protections, and the sources without them. */
export interface Sabotage {
  /** End of the path of a source. */
  file: string;
  protection: string;
  without: string;
}

const saysReady: Sabotage = {
  file: 'src/http/readiness.ts',
  protection: `status: 'down', required: true, detail: { ...detail`,
  without: `status: 'up', required: true, detail: { ...detail`,
};

/** By the drill that has to find it. */
export const sabotages: Readonly<Record<string, readonly Sabotage[]>> = {
  'database-stopped': [saysReady],
  'connections-exhausted': [saysReady],
  'database-slow': [{ file: 'src/http/readiness.ts', protection: 'const databaseMs = 600', without: 'const databaseMs = 600_000' }],
  'database-full': [
    {
      file: 'src/store/embedded/disk-space.ts',
      protection: `if (trouble === undefined || trouble.reason === 'reopening') return;`,
      without: 'if (trouble !== null) return;',
    },
  ],
  'redis-stopped': [
    { file: 'src/http/readiness.ts', protection: 'signals.status(), required: false', without: 'signals.status(), required: true' },
  ],
  'redis-slow': [{ file: 'src/store/cache/redis.ts', protection: 'commandTimeout: 250', without: 'commandTimeout: 600_000' }],
  'process-killed': [{ file: 'src/run/recovery.ts', protection: 'await store.buryDead(processId, isAlive);', without: '' }],
  'disk-full': [{ file: 'src/operations/backup/archive.ts', protection: `tar.on('error', () => {});`, without: '' }],
  'backup-corrupt': [
    {
      file: 'src/operations/backup/verify.ts',
      protection: 'const folder = await mkdtemp',
      without: 'return { rows: 1, tables: 1, artifacts: 0 } as never; const folder = await mkdtemp',
    },
  ],
  'mail-down': [{ file: 'src/composition/work.ts', protection: `name: 'mail', retries: 20`, without: `name: 'mail', retries: 0` }],
  'channel-down': [{ file: 'src/channels/delivery.ts', protection: 'const mostAttempts = 8', without: 'const mostAttempts = 1' }],
  'webhook-storm': [
    {
      file: 'src/channels/inbox.ts',
      protection: 'SELECT workspace, connection, hash, external, kind',
      without: 'SELECT workspace, connection, hash || random()::text, external, kind',
    },
  ],
  'clock-jump': [
    {
      file: 'src/operations/validate/store-checks.ts',
      protection: 'apart < clockWarningMs) return',
      without: 'apart >= 0) return',
    },
  ],
};
