import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import pg from 'pg';
import { readSettings } from '../config.ts';
import { defaultWorkspace, openTimonel } from '../main.ts';
import type { ProjectConfig } from '../project.ts';
import { makeTemporaryHome } from '../store/temporary-home.ts';
import type { Outcome, Reply } from '../vocabulary.ts';
import { type ApiCall, apiCallerOf, type Method } from './api-caller.ts';

/** A turn as the API answers it, after it ended. */
export interface TestTurn {
  run: { id: string; outcome: Outcome; steps: number; error?: { code: string; message: string } };
  reply: Reply;
}

export interface TestOptions {
  /**
   * URL of an empty PostgreSQL database. Without it, and without `postgresUrl`, the embedded store is used, in a folder of its own that is removed
   * at the end.
   */
  databaseUrl?: string;
  /** URL of a PostgreSQL server, with a login that may make databases: a fresh one is made for the test, and removed at the end. */
  postgresUrl?: string;
  /** The time of day that agents see; the real one where absent. See `testClock`. */
  now?: () => Date;
  /** Further settings, as in the environment of a process (docs/operations.md). */
  environment?: Readonly<Record<string, string>>;
}

/** A whole Timonel inside of a test, spoken to by its API. */
export interface TestTimonel extends AsyncDisposable {
  /** An admin key of the default workspace. */
  readonly apiKey: string;
  /** Calls the API without a socket, as JSON, with the admin key unless `headers` has another `authorization`. */
  call<T = Record<string, unknown>>(
    method: Method,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiCall<T>>;
  /** Starts a conversation. @returns its id. */
  converse(agent: string, contact?: object): Promise<string>;
  /** Says something in a conversation and waits for the end of the turn. @throws Error with the answer where there is no turn */
  say(conversation: string, text: string): Promise<TestTurn>;
  /** Starts to listen on a free port of the loopback address. @returns the base URL. */
  listen(): Promise<string>;
  /** Ends it and removes what it stored, but for a database that was given. */
  close(): Promise<void>;
}

/**
 * Starts a Timonel for a test.
 *
 * ```ts
 * await using timonel = await startTimonel({ agents: [myAgent], models: { default: scriptedModel(['Hello!']) } });
 * const turn = await timonel.say(await timonel.converse('my-agent'), 'Hi');
 * ```
 *
 * @throws TimonelError `config_invalid`, `store_unavailable`
 */
export async function startTimonel(project: ProjectConfig, options: TestOptions = {}): Promise<TestTimonel> {
  const home = makeTemporaryHome('test');
  const { now, environment } = options;
  const fresh = options.postgresUrl === undefined ? undefined : await freshDatabase(options.postgresUrl);
  const databaseUrl = options.databaseUrl ?? fresh?.url;
  const settings = readSettings({
    TIMONEL_ENV: 'test',
    TIMONEL_HOME: home,
    TIMONEL_PORT: '0',
    TIMONEL_LOG_LEVEL: 'silent',
    // A test machine that is busy is no reason to refuse requests.
    TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...environment,
  });
  const remove = async () => {
    await rm(home, { recursive: true, force: true });
    await fresh?.remove();
  };
  try {
    const timonel = await openTimonel(settings, project, now === undefined ? {} : { now });
    const apiKey = await timonel.apiKeys.create({ id: randomUUID(), workspaceId: defaultWorkspace, name: 'test', role: 'admin' });
    const caller = apiCallerOf(timonel.app, apiKey);
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= timonel.close().then(remove);
      return closed;
    };
    return { apiKey, ...caller, listen: () => timonel.listen(), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function freshDatabase(server: string): Promise<{ url: string; remove(): Promise<void> }> {
  const name = `timonel_test_${randomUUID().replaceAll('-', '')}`;
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
