/** The migrations that an agent brings: plain SQL files, read from its folder. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TimonelError } from '../../errors.ts';

/** One file of an agent's folder. */
export interface MigrationFile {
  /** File name, e.g. `0001_books.sql`. */
  name: string;
  sql: string;
  /** SHA-256 of the text with line feeds as line ends, hexadecimal. */
  hash: string;
}

/** The migrations of an agent, in order. */
export interface AgentMigrations {
  agent: string;
  files: readonly MigrationFile[];
}

/** An agent, as far as its migrations are concerned; several versions of one agent share its tables. */
export interface MigratingAgent {
  name: string;
  /** Folder of the SQL files. */
  migrations?: URL;
}

const fileName = /^\d{4}_[a-z0-9_]+\.sql$/;

/** What the names of an agent's tables begin with: `library-desk` → `library_desk_`. */
export function prefixOf(agent: string): string {
  return `${agent.replaceAll('-', '_')}_`;
}

/**
 * Reads the migrations of the agents. Versions of one agent may differ in how many files they have, not in what a file says.
 * @throws TimonelError `migration_refused`
 */
export function readAgentMigrations(agents: Iterable<MigratingAgent>): AgentMigrations[] {
  const byAgent = new Map<string, Map<string, MigrationFile>>();
  for (const { name, migrations } of agents) {
    if (migrations === undefined) continue;
    const files = byAgent.get(name) ?? new Map<string, MigrationFile>();
    byAgent.set(name, files);
    for (const file of readFolder(name, migrations)) {
      const other = files.get(file.name);
      if (other !== undefined && other.hash !== file.hash) {
        throw migrationRefusal(
          name,
          file.name,
          'two versions of the agent bring it with different texts. Give the newer text a new number.',
        );
      }
      files.set(file.name, file);
    }
  }
  const read = [...byAgent].map(([agent, files]) => ({
    agent,
    files: [...files.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
  }));
  requireDistinctPrefixes(read.map(({ agent }) => agent));
  return read;
}

/** Refuses agents whose tables could be taken for each other's. @throws TimonelError `migration_refused` */
export function requireDistinctPrefixes(agents: readonly string[]): void {
  for (const one of agents) {
    const other = agents.find((each) => each !== one && prefixOf(each).startsWith(prefixOf(one)));
    if (other !== undefined) {
      throw new TimonelError(
        'migration_refused',
        `The agents "${one}" and "${other}" both have tables, and a table named ${prefixOf(other)}… could be either's. Rename one of the agents so that neither of ${prefixOf(one)} and ${prefixOf(other)} begins with the other.`,
      );
    }
  }
}

/** One number for all texts: changes when any of them does. */
export function hashOfMigrations(migrations: readonly AgentMigrations[]): string {
  const hash = createHash('sha256');
  for (const { agent, files } of migrations) for (const file of files) hash.update(`${agent}/${file.name}:${file.hash}\n`);
  return hash.digest('hex').slice(0, 16);
}

function readFolder(agent: string, url: URL): MigrationFile[] {
  const folder = folderOf(agent, url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const numbers = new Set<string>();
  return names.sort().map((name) => {
    if (!fileName.test(name)) {
      throw migrationRefusal(agent, name, 'its name has to be four digits, "_" and small letters, e.g. 0002_add_due_dates.sql.');
    }
    const number = name.slice(0, 4);
    if (numbers.has(number))
      throw migrationRefusal(agent, name, `another file has the number ${number} too. Give it the next free one.`);
    numbers.add(number);
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
  });
}

function folderOf(agent: string, url: URL): string {
  if (url.protocol !== 'file:' || !existsSync(url)) {
    throw new TimonelError(
      'migration_refused',
      `The agent "${agent}" names ${url.href} as its migrations, and there is no such folder. Write migrations: new URL('./migrations/', import.meta.url).`,
    );
  }
  return fileURLToPath(url);
}

/** The refusal of one file. */
export function migrationRefusal(agent: string, file: string, why: string, cause?: unknown): TimonelError {
  return new TimonelError('migration_refused', `The migration ${file} of the agent "${agent}" was refused: ${why}`, {
    details: { agent, migration: file },
    ...(cause === undefined ? {} : { cause }),
  });
}
