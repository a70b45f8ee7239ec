/**
 * How long it takes to have a store of a gigabyte back: backup, verification, restore into an empty store, start.
 *
 *     npm run bench:recovery                      PostgreSQL, 1 GB
 *     npm run bench:recovery -- --store embedded --gigabytes 0.2
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DiskStorage } from '../src/artifacts/storage/disk.ts';
import { localKey } from '../src/cli/local-key.ts';
import { readSettings } from '../src/config.ts';
import { openTimonel } from '../src/main.ts';
import { Backups } from '../src/operations/backup/backups.ts';
import { restoreBackup } from '../src/operations/backup/restore.ts';
import { openStore } from '../src/store/open.ts';
import { notes } from '../test/notes-agent.ts';
import { ArchivedPostgres } from '../test/operations/archived-postgres.ts';
import { storeEnvironment } from '../test/store-environment.ts';

const { values } = parseArgs({
  options: { store: { type: 'string', default: 'postgres' }, gigabytes: { type: 'string', default: '1' } },
});
const kind = values.store === 'embedded' ? 'embedded' : 'postgres';
const artifactBytes = 24_000_000;
/** Of a row: a kilobyte of text that no compression makes small, and its columns. */
const rowBytes = 1_100;
const rowsAtOnce = 10_000;
const bytes = Number(values.gigabytes) * 1e9;
const artifacts = Math.ceil((bytes * 0.6) / artifactBytes);
const rows = Math.ceil((bytes * 0.42) / rowBytes / rowsAtOnce) * rowsAtOnce;

const folder = mkdtempSync(join(tmpdir(), 'timonel-recovery-'));
chmodSync(folder, 0o755);
const times: Record<string, string> = {};
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  times[what] = `${((performance.now() - started) / 1_000).toFixed(1)} s`;
  console.log(`${what}: ${times[what]}`);
  return result;
}

// With the safety that a database of customers has: what is restored is on the disk.
const postgres = kind === 'postgres' ? await ArchivedPostgres.start(join(folder, 'postgres'), undefined) : undefined;
const stores = [await storeEnvironment(postgres?.url), await storeEnvironment(postgres?.url)];
try {
  const [source = {}, target = {}] = stores.map(
    ({ environment }, at): Record<string, string> => ({
      ...environment,
      TIMONEL_LOG_LEVEL: 'error',
      TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
      TIMONEL_ARTIFACT_FOLDER: join(folder, `artifacts-${at}`),
      TIMONEL_BACKUP_FOLDER: join(folder, 'backups'),
      TIMONEL_STATEMENT_TIMEOUT_MS: '0',
    }),
  );
  const project = { agents: [notes] };
  await timed('filled', async () => {
    const timonel = await openTimonel(readSettings(source), project);
    const authorization = `Bearer ${await localKey(timonel, source['TIMONEL_HOME'] ?? '', 'bench')}`;
    for (let count = 0; count < artifacts; count++) {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(randomBytes(artifactBytes))]), 'noise.bin');
      const request = new Request('http://localhost/', { method: 'POST', body: form });
      const headers = { authorization, 'content-type': request.headers.get('content-type') ?? '' };
      const payload = Buffer.from(await request.arrayBuffer());
      const { statusCode } = await timonel.app.inject({ method: 'POST', url: '/api/v1/artifacts', payload, headers });
      if (statusCode !== 201) throw new Error(`An artifact was not stored: ${statusCode}.`);
    }
    for (let from = 0; from < rows; from += rowsAtOnce)
      await timonel.store.pool.executeText(
        `INSERT INTO files (id, workspace_id, name, media_type, content)
         SELECT md5(n::text), 'default', 'row', 'text/plain', (SELECT string_agg(md5((n * 32 + i)::text), '') FROM generate_series(1, 32) AS i)
         FROM generate_series(${from}, ${from + rowsAtOnce - 1}) AS n`,
      );
    await timonel.close();
  });
  const settings = readSettings(source);
  const store = await openStore(settings, { migrate: false });
  const backups = new Backups({ store, settings, agents: project.agents, version: '0.0.0', now: () => new Date() });
  const taken = await timed('backup', () => backups.create());
  await store.close();
  const { rows: verified } = await timed('verify', () => backups.verify(taken.name));
  const into = await openStore(readSettings(target), { migrate: false });
  const storage = new DiskStorage(target['TIMONEL_ARTIFACT_FOLDER'] ?? '');
  const backup = await backups.open(taken.name);
  const restored = await timed('restore', () => restoreBackup(backup, { store: into, storage, agents: [] }));
  await into.close();
  await timed('start', async () => (await openTimonel(readSettings(target), project)).close());
  console.log(JSON.stringify({ store: kind, rows: verified, artifacts: restored.artifacts, backupBytes: taken.bytes, ...times }));
  if (restored.artifacts !== artifacts || restored.rows < rows) throw new Error('Not all came back.');
} finally {
  for (const { remove } of stores) await remove().catch(() => {});
  postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
