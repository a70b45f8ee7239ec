/** Where the agents for code keep what they know: in the user's data directory, never in a repository. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readSettings, type Settings } from '../config.ts';
import { UsageError } from './usage-error.ts';

/** Settings of a server that others use. A project's own `DATABASE_URL` is no place for our tables. */
const ofServers = /^(?:DATABASE_URL|REDIS_URL|TIMONEL_(?:HOME|HOST|PORT|CONFIG|PUBLIC_URL|SMTP_URL|MAIL_FROM|ENV)|ENVIRONMENT)$/;

/**
 * The folder with the repository that a folder is in; the folder itself where there is none.
 * @throws UsageError where there is no such folder
 */
export function repositoryRoot(folder: string): string {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${path} is no folder. Give one with code in it, e.g. timonel code .`);
  const start = realpathSync(path);
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return start;
  }
}

/** The user's data directory of Timonel. */
function userData(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['XDG_DATA_HOME'];
  // By its specification a relative path is to be ignored.
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.local', 'share'), 'timonel');
}

/** Where the code generator keeps what it knows of all projects of a user; made where it is not there. */
export function codegenHome(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const home = join(userData(environment), 'codegen');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return home;
}

/** Where the data directories of repositories are. */
export function codeHomes(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(userData(environment), 'code');
}

/** Name of the data directory of a repository. */
export function codeHomeName(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 16);
}

/** The data directory of a repository; made where it is not there. */
export function codeHome(root: string, environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const home = join(codeHomes(environment), codeHomeName(root));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // For a person who looks into the directory, and for `timonel clean --homes`.
  writeFileSync(join(home, 'project.json'), `${JSON.stringify({ root })}\n`, { mode: 0o600 });
  return home;
}

/** The user's folder of settings, commands and skills, which hold in every project: `$XDG_CONFIG_HOME/timonel`. It need not be there. */
export function userSettingsFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = environment['XDG_CONFIG_HOME'];
  const base = given !== undefined && isAbsolute(given) ? given : join(homedir(), '.config');
  return join(base, 'timonel');
}

/** Where servers of the Model Context Protocol are named, and what is kept of them: tokens for all projects, approvals for this one. */
export function mcpPlaces(home: string, environment: Readonly<Record<string, string | undefined>> = process.env) {
  return {
    settings: join(userSettingsFolder(environment), 'mcp.json'),
    tokens: join(dirname(dirname(home)), 'mcp'),
    approvals: join(home, 'mcp-approved.json'),
  };
}

/** Models and limits come from the environment, as anywhere; store and address are the repository's own. */
export function codeSettings(home: string, environment: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const own = Object.fromEntries(Object.entries(environment).filter(([name]) => !ofServers.test(name)));
  return readSettings({
    ...own,
    TIMONEL_HOME: home,
    TIMONEL_HOST: '127.0.0.1',
    TIMONEL_PORT: '0',
    TIMONEL_SAMPLE: 'false',
    // There is one user, whom no other one's load is to be kept from.
    TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
    // The machine may be busy with what the assistant has it do.
    TIMONEL_POOL_ACQUIRE_TIMEOUT_MS: environment['TIMONEL_POOL_ACQUIRE_TIMEOUT_MS'] ?? '30000',
    // Nobody waits for a terminal that was closed; what is under way goes on with the next start.
    TIMONEL_SHUTDOWN_GRACE_MS: environment['TIMONEL_SHUTDOWN_GRACE_MS'] ?? '2000',
  });
}
