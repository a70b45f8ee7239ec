import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { openStore } from '../store/open.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the schema of the database up to date, and end; `up` does the same when it starts')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const store = await openStore(readSettings());
      const applied = await store.pool.executeText<{ count: number }>('SELECT count(*)::int AS count FROM timonel_migrations');
      const migrations = applied[0]?.count ?? 0;
      await store.close();
      if (options.json === true) console.log(JSON.stringify({ store: store.kind, migrations, vectors: store.vectors }));
      else console.log(`The schema is up to date: ${migrations} migrations, ${store.description}.`);
    });
}
