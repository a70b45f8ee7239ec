import { realpathSync } from 'node:fs';
import { Command } from 'commander';
import { defaultWorkspace } from '../composition/base.ts';
import { readSettings, type Settings } from '../config.ts';
import { publishFault } from '../diagnostics.ts';
import type { Timonel } from '../main.ts';
import { orAfter } from '../run/or-after.ts';
import { prepareDirectory } from '../store/home.ts';
import { writeCredentials } from './credentials.ts';
import { localKey } from './local-key.ts';
import { loadProject } from './project-file.ts';
import { startSpinner } from './spinner.ts';
import { onStop, startedByNpm } from './stopping.ts';
import { UsageError } from './usage-error.ts';

export function upCommand(): Command {
  return new Command('up')
    .description('Start Timonel: the API, the agents and their background work, in one process')
    .option('-p, --port <port>', 'port to listen on (default: TIMONEL_PORT or 8000; 0 takes a free one)')
    .option('--host <host>', 'address to listen on (default: TIMONEL_HOST or 127.0.0.1)')
    .option('--sample', 'fill a fresh workspace with the sample data of the agents, in production too (default: not in production)')
    .option('--json', 'print one JSON line when it is ready, instead of text')
    .action(async (options: { port?: string; host?: string; sample?: boolean; json?: boolean }) => {
      if (options.port !== undefined && !(/^\d{1,5}$/.test(options.port) && Number(options.port) <= 65_535)) {
        throw new UsageError(`--port takes 0 to 65535, and is "${options.port}". For example: timonel up --port 8000`);
      }
      const settings = readSettings({
        ...process.env,
        ...(options.port === undefined ? {} : { TIMONEL_PORT: options.port }),
        ...(options.sample === true ? { TIMONEL_SAMPLE: 'true' } : {}),
        ...(options.host === undefined ? {} : { TIMONEL_HOST: options.host }),
      });
      await up(settings, options.json === true);
    });
}

async function up(settings: Settings, json: boolean): Promise<void> {
  const started = performance.now();
  const serving: { timonel?: Timonel } = {};
  stopWhenAsked(serving);
  // Before a database is asked: on every store, the key of this machine is written there.
  prepareDirectory(settings.home);
  const { startLogs } = await import('../telemetry/logs.ts');
  const { logger } = await startLogs(settings);
  const spinner = json ? undefined : startSpinner('Starting Timonel');
  let timonel: Timonel | undefined;
  let url: string;
  try {
    const project = await loadProject(settings);
    // Nearly all of Timonel: other commands do without it, and so does a start that fails before.
    const { openTimonel } = await import('../main.ts');
    timonel = await openTimonel(settings, project, { onStoreLost: giveUp });
    url = await timonel.listen();
  } catch (error) {
    // What was taken up meanwhile is for another process to go on with.
    if (timonel !== undefined) await orAfter(timonel.close(), (await import('../main.ts')).unwindMs);
    throw error;
  } finally {
    spinner?.stop();
  }
  const credentials = writeCredentials(settings.home, { url, apiKey: await localKey(timonel, settings.home, 'local admin') });
  serving.timonel = timonel;

  const milliseconds = Math.round(performance.now() - started);
  const agents = [...timonel.agents.keys()];
  if (json) {
    console.log(
      JSON.stringify({ url, docs: `${url}/docs`, store: timonel.store.kind, agents, credentials, pid: process.pid, milliseconds }),
    );
    return;
  }
  const model = timonel.gateway.modelOf(defaultWorkspace, undefined);
  const planner = model === undefined ? 'no model configured: the flow planner answers' : `model ${model}`;
  console.log(
    [
      `Timonel is up (${milliseconds} ms, ${planner})`,
      `  Console ${consoleLine(timonel, url)}`,
      `  API     ${url}/api/v1`,
      `  Docs    ${url}/docs`,
      `  Data    ${timonel.store.description}`,
      `  Key     ${credentials}`,
      `  Agents  ${agents.join(', ')}`,
      '',
      `Talk to one from a second terminal: npx timonel chat ${agents[0] ?? ''}`,
      ...(startedByNpm()
        ? [`Under a supervisor, without npm: node ${realpathSync(process.argv[1] ?? '')} up (deploy/systemd)`]
        : []),
    ].join('\n'),
  );
  if (!timonel.store.vectors) {
    logger.warn(
      'The database has no "vector" extension: vectors are searched in memory. Install pgvector for collections with more than a process can hold.',
    );
  }
  if (timonel.developmentSecret) {
    logger.warn('TIMONEL_SECRET is not set: the database keeps the secret that tokens are signed with. For development only.');
  }
  if (timonel.store.kind === 'postgres' && !timonel.store.pool.memberRole) {
    logger.warn(
      'This login cannot use the role timonel_member: row-level security binds it only if it is not a superuser. See docs/decisions.',
    );
  }
}

/** With a link to sign in by, where a person reads it: what is piped ends in a log. */
function consoleLine({ identity }: Timonel, url: string): string {
  if (!process.stdout.isTTY) return `${url}/console (npx timonel console prints a link to sign in by)`;
  return `${url}/console#sign-in=${identity.localSignIn.issue(defaultWorkspace).token} (once, within ten minutes)`;
}

/** Without its store the process is of no use, and a supervisor can start another one. */
function giveUp(error: Error): void {
  console.error(`timonel: ${error.message}`);
  // The log is written asynchronously.
  setTimeout(() => process.exit(1), 200);
}

/** Stops what is up; a process that is asked to end while it starts ends at once, which loses nothing. */
function stopWhenAsked(started: { timonel?: Timonel }): void {
  onStop(
    (why) => {
      const { timonel } = started;
      if (timonel === undefined) process.exit(1);
      timonel.close().then(
        () => process.exit(0),
        (error: unknown) => {
          publishFault(`shutting down on ${why}`, error);
          process.exit(1);
        },
      );
    },
    // Whoever asks again does not want to wait.
    () => process.exit(1),
  );
}
