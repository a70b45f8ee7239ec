/**
 * Writes `.cache/template-<hash>-<hash>.tar.gz`: the embedded store after initdb, all migrations and those of the bundled agents; and the same
 * as a folder, which is copied in a fifth of the time that unpacking takes. Does nothing when both are there.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PgBoss } from 'pg-boss';
import { bundledProject } from '../src/bundled-project.ts';
import { readSettings } from '../src/config.ts';
import { hashOfMigrations, readAgentMigrations } from '../src/store/agent-migrations/files.ts';
import { openEmbedded } from '../src/store/embedded/open.ts';
import { templateName } from '../src/store/embedded/template.ts';
import { migrate, migrationsHash } from '../src/store/migrate.ts';

const folder = fileURLToPath(new URL('../.cache', import.meta.url));
const agents = readAgentMigrations((await bundledProject()).agents);
const target = join(folder, templateName(migrationsHash(), hashOfMigrations(agents)));
const unpacked = target.slice(0, -'.tar.gz'.length);
if (!existsSync(target) || !existsSync(unpacked)) {
  mkdirSync(folder, { recursive: true });
  const directory = mkdtempSync(join(tmpdir(), 'timonel-template-'));
  const { poolSize, ...limits } = readSettings({}).database;
  const store = await openEmbedded(directory, { size: poolSize, ...limits }, { template: false });
  await migrate(store.pool, agents);
  // The queue's own tables too: creating them takes longer than all of ours.
  const queue = new PgBoss({
    backend: 'pglite',
    db: { executeSql: async (text, values) => ({ rows: await store.pool.executeText(text, values) }) },
  });
  await queue.start();
  await queue.stop({ close: false, graceful: false });
  await store.dump(`${target}.new`);
  await store.close();
  for (const old of readdirSync(folder).filter((name) => /^template-/.test(name) && !name.endsWith('.new')))
    rmSync(join(folder, old), { recursive: true });
  const copy = `${unpacked}.new`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(directory, 'pgdata'), copy, { recursive: true });
  rmSync(directory, { recursive: true, force: true });
  renameSync(copy, unpacked);
  renameSync(`${target}.new`, target);
  console.log(`Template: ${target}`);
}
