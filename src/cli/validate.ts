import { Command } from 'commander';
import { readSettings, type Settings } from '../config.ts';
import { TimonelError } from '../errors.ts';
import type { CheckStatus, Validation, ValidationOptions } from '../operations/validate/contract.ts';
import { version } from '../package-file.ts';
import { ApiClient } from './api-client.ts';
import { findCredentials } from './credentials.ts';
import { probe } from './health.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  beforeDeploy?: boolean;
  liveModel?: boolean;
  processes: string;
  json?: boolean;
}

export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'Look at all that this installation stands on, and say what to do: the process that runs here where there is one, else the settings and the database alone. Exit code 1 where a check fails',
    )
    .option('--before-deploy', 'another version is about to start: a verified backup and room for twice the connections are needed')
    .option('--live-model', 'ask the default model once, which costs money')
    .option('--processes <count>', 'processes that will run at once on the database', '1')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const processes = Number(options.processes);
      if (!(Number.isInteger(processes) && processes >= 1 && processes <= 1_000))
        throw new UsageError(`--processes takes 1 to 1000, and is "${options.processes}". For example: --processes 3`);
      const found = await validated({
        beforeDeploy: options.beforeDeploy === true,
        liveModel: options.liveModel === true,
        processes,
      });
      if (options.json === true) console.log(JSON.stringify(found));
      else console.log(told(found));
      if (found.status === 'fail') process.exitCode = 1;
    });
}

async function validated(options: ValidationOptions): Promise<Validation> {
  const settings = readSettings();
  const credentials = findCredentials(settings.home);
  if (credentials !== undefined && (await probe(credentials.url, '/health/live')).ok)
    return new ApiClient(credentials).post<Validation>('/api/v1/validations', options);
  if (options.liveModel)
    throw new UsageError('--live-model is asked by a running Timonel, and none runs here. Start one first: timonel up');
  return fromOutside(settings, options);
}

/** Without a process: settings, database and folders. */
async function fromOutside(settings: Settings, options: ValidationOptions): Promise<Validation> {
  const { agents } = await loadProject(settings);
  const [{ openStore }, { schemaStatus }, { readAgentMigrations }, { Backups }, { validate }] = await Promise.all([
    import('../store/open.ts'),
    import('../store/migrate.ts'),
    import('../store/agent-migrations/files.ts'),
    import('../operations/backup/backups.ts'),
    import('../operations/validate/validate.ts'),
  ]);
  const store = await openStore(settings, { migrate: false }).catch((error: unknown) => {
    if (error instanceof TimonelError && error.code === 'directory_locked')
      throw new TimonelError('directory_locked', 'A Timonel has the store open, and does not answer: timonel health', {
        cause: error,
      });
    throw error;
  });
  const redis = await openCache(settings.redis);
  try {
    const now = () => new Date();
    const migrations = readAgentMigrations(agents);
    const schema = () => schemaStatus(store.pool, migrations);
    const backups = new Backups({ settings, agents, version, now });
    return await validate({ settings, store, schema, redis, backups, agents, running: undefined, now }, options);
  } finally {
    redis?.disconnect();
    await store.close();
  }
}

async function openCache(address: Settings['redis']) {
  if (address === undefined) return undefined;
  const { openRedis } = await import('../store/cache/redis.ts');
  const redis = openRedis(address, (client) => client.on('error', () => {}));
  await new Promise((resolve) => {
    redis.once('ready', resolve);
    redis.once('close', resolve);
  });
  return redis;
}

const marks: Readonly<Record<CheckStatus, string>> = { pass: '✓', fail: '✗', warning: '!', skipped: '–' };

function told({ status, checks }: Validation): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, status: each, said, advice, milliseconds }) =>
    [
      `${marks[each]} ${name.padEnd(width)}  ${said} (${milliseconds} ms)`,
      ...(advice === undefined || each === 'pass' ? [] : [`${' '.repeat(width + 4)}→ ${advice}`]),
    ].join('\n'),
  );
  const count = (of: CheckStatus) => checks.filter((check) => check.status === of).length;
  const result = `${count('pass')} passed, ${count('fail')} failed, ${count('warning')} warnings, ${count('skipped')} skipped.`;
  return [...lines, '', status === 'pass' ? `In order: ${result}` : `Not in order: ${result}`].join('\n');
}
