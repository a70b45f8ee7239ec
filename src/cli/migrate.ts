import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { dropAgent, objectsOf } from '../store/agent-migrations/apply.ts';
import { readAgentMigrations } from '../store/agent-migrations/files.ts';
import type { Store } from '../store/open.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  json?: boolean;
  status?: boolean;
  drop?: string;
  yes?: boolean;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description("Bring the schema of the database up to date, the agents' tables too, and end; `up` does the same when it starts")
    .option('--status', 'show what is applied and what is not, and change nothing')
    .option('--drop <agent>', "take the agent's tables away, with all that is in them; for an agent that left the project")
    .option('--yes', 'with --drop: do it')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      if (options.status === true && options.drop !== undefined) {
        throw new UsageError('--status looks and --drop takes away: give one of them.');
      }
      const settings = readSettings();
      const { agents } = await loadProject(settings);
      const untouched = options.status === true || options.drop !== undefined;
      const { openStore } = await import('../store/open.ts');
      const store = await openStore(settings, { agents, migrate: !untouched });
      try {
        if (options.drop !== undefined) await drop(store, options.drop, options);
        else await show(store, agents, options);
      } finally {
        await store.close();
      }
    });
}

async function show(store: Store, agents: Parameters<typeof readAgentMigrations>[0], options: Options): Promise<void> {
  const { schemaStatus } = await import('../store/migrate.ts');
  const status = await schemaStatus(store.pool, readAgentMigrations(agents));
  if (options.json === true) {
    const { core, agents: ofAgents } = status;
    console.log(
      JSON.stringify({
        store: store.kind,
        migrations: core.applied,
        vectors: store.vectors,
        pending: core.pending,
        agents: ofAgents,
      }),
    );
    return;
  }
  if (options.status !== true) {
    const files = status.agents.reduce((count, { applied }) => count + applied.length, 0);
    console.log(`The schema is up to date: ${status.core.applied} migrations, ${files} of agents, ${store.description}.`);
    return;
  }
  console.log(`timonel: ${status.core.applied} applied${pendingText(status.core.pending)}`);
  for (const { agent, project, applied, pending } of status.agents) {
    const gone = project ? '' : `; the project has no such agent: timonel migrate --drop ${agent} takes its tables away`;
    console.log(`${agent}: ${applied.length} applied${pendingText(pending)}${gone}`);
  }
}

function pendingText(pending: readonly string[]): string {
  return pending.length === 0 ? '' : `, not applied yet: ${pending.join(', ')}`;
}

async function drop(store: Store, agent: string, options: Options): Promise<void> {
  if (options.yes !== true) {
    const { objects } = await store.pool.onOneConnection((client) => objectsOf(client, agent));
    throw new UsageError(
      `This takes away, with all that is in them: ${objects.join(', ')}.\nTake a backup first. To do it: timonel migrate --drop ${agent} --yes`,
    );
  }
  const { migrating } = await import('../store/migrate.ts');
  const dropped = await migrating(store.pool, (client) => dropAgent(client, agent));
  if (options.json === true) console.log(JSON.stringify({ dropped: dropped.agent, objects: dropped.objects }));
  else console.log(`Taken away of the agent "${agent}": ${dropped.objects.join(', ')}.`);
}
