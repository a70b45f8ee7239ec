/** A PostgreSQL of its own whose log is archived by pgBackRest, on a machine that can be lost. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../postgres.ts';
import { findProgram } from '../programs.ts';

const verifier = new URL('../../deploy/pgbackrest/verify-repository', import.meta.url).pathname;

/** Why it cannot be run here; `undefined` where it can. */
export function noArchive(): string | undefined {
  const lacks = [
    ['initdb', 'postgresql'],
    ['pgbackrest', 'pgbackrest'],
  ].flatMap(([program = '', name]) => (findProgram(program) === undefined ? [name] : []));
  return lacks.length === 0 ? undefined : `It needs ${lacks.join(' and ')}: apt-get install ${lacks.join(' ')}`;
}

export class ArchivedPostgres {
  readonly #folder: string;
  readonly #config: string;
  readonly #port: number;
  #data: string;

  /** @param folder is made; @param archiveSeconds `archive_timeout`; none is archived where absent */
  static async start(folder: string, archiveSeconds: number | undefined): Promise<ArchivedPostgres> {
    const made = new ArchivedPostgres(folder, await freePort());
    made.#run('initdb', '-D', made.#data, '-A', 'trust', '-U', 'timonel', '--no-sync', '-E', 'UTF8');
    if (archiveSeconds === undefined) {
      made.#launch();
      return made;
    }
    made.#launch('-c archive_mode=on', `-c archive_timeout=${archiveSeconds}`, made.#archiving());
    made.#backrest('stanza-create');
    made.#backrest('--type=full', 'backup');
    return made;
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.#data = join(folder, 'first');
    this.#config = join(folder, 'pgbackrest.conf');
    for (const name of ['repository', 'spool', 'log', 'lock']) mkdirSync(join(folder, name), { recursive: true });
    this.#configure();
    this.#own();
  }

  get url(): string {
    return `postgresql://timonel@127.0.0.1:${this.#port}/postgres`;
  }

  /** A full backup, as by a schedule. */
  backup(): void {
    this.#backrest('--type=full', 'backup');
  }

  /** A standby that each commit waits for. @returns promotes it, at the address of the one that was lost */
  async synchronousStandby(): Promise<() => Promise<void>> {
    const port = await freePort();
    const data = join(this.#folder, 'standby');
    this.#run('pg_basebackup', '-D', data, '-R', '-h', '127.0.0.1', '-p', String(this.#port), '-U', 'timonel', '-c', 'fast');
    this.#launchAt(data, port);
    await this.#query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await this.#query('SELECT pg_reload_conf()');
    await this.#until(`SELECT count(*) = 1 AS done FROM pg_stat_replication WHERE sync_state = 'sync'`);
    return async () => {
      this.#run('pg_ctl', '-D', data, '-w', 'promote');
      this.#run('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
      // The address of the one that was lost, as a name or a balancer gives it; there is no third one to wait for.
      this.#data = data;
      this.#launch(`-c synchronous_standby_names=`);
    };
  }

  /** The machine is gone: processes by SIGKILL, and the disk. @returns when, and when the last segment that was archived had been closed */
  lose(): { lostAt: Date; closedAt: Date } {
    const postmaster = Number(execFileSync('head', ['-1', join(this.#data, 'postmaster.pid')]).toString());
    for (const pid of [postmaster, ...childrenOf(postmaster)]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    const lostAt = new Date();
    const closedAt = this.#lastArchived();
    rmSync(this.#data, { recursive: true, force: true, maxRetries: 10 });
    return { lostAt, closedAt };
  }

  /** Restores on a folder of another machine, up to the end of the archive, and starts it there. @returns seconds */
  async restore(): Promise<number> {
    const started = performance.now();
    this.#data = join(this.#folder, 'second');
    this.#configure();
    this.#backrest('restore');
    this.#launch('-c archive_mode=on', this.#archiving());
    await this.#until('SELECT NOT pg_is_in_recovery() AS done');
    return Math.round((performance.now() - started) / 100) / 10;
  }

  /** What the repository is said to be, by pgBackRest's exit code and by what is made of its text. */
  verify(): { exitCode: number | null; whole: boolean; said: string } {
    const bare = spawnSync('runuser', ['-u', 'postgres', '--', 'pgbackrest', ...this.#options(), 'verify']);
    const read = spawnSync('runuser', ['-u', 'postgres', '--', 'sh', verifier, ...this.#options()], { cwd: this.#folder });
    return { exitCode: bare.status, whole: read.status === 0, said: `${read.stdout}${read.stderr}` };
  }

  /** Files of the repository whose path has this in it, the largest first. */
  filesOf(part: string): string[] {
    const all = readdirSync(join(this.#folder, 'repository'), { recursive: true, withFileTypes: true })
      // One that was being written when the machine was lost has another name.
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
      .map((entry) => join(entry.parentPath, entry.name));
    return all.filter((path) => path.includes(part)).sort((one, other) => statSync(other).size - statSync(one).size);
  }

  stop(): void {
    spawnSync('runuser', ['-u', 'postgres', '--', findProgram('pg_ctl') ?? '', '-D', this.#data, '-m', 'immediate', 'stop'], {
      cwd: this.#folder,
    });
  }

  #lastArchived(): Date {
    const archived = this.filesOf('/archive/')
      .map((path) => path.split('/').at(-1) ?? '')
      .filter((name) => /^[0-9A-F]{24}-/.test(name))
      .sort();
    const segment = archived.at(-1)?.slice(0, 24) ?? '';
    // The last write to a segment is the one that closes it.
    const found = statSync(join(this.#data, 'pg_wal', segment), { throwIfNoEntry: false });
    return segment === '' || found === undefined ? new Date(0) : found.mtime;
  }

  #archiving(): string {
    return `-c archive_command='pgbackrest ${this.#options().join(' ')} archive-push %p'`;
  }

  #configure(): void {
    const folders = ['spool', 'log', 'lock'].map((name) => `${name}-path=${join(this.#folder, name)}`);
    const global = [`repo1-path=${join(this.#folder, 'repository')}`, ...folders, 'start-fast=y', 'repo1-retention-full=2'];
    const own = [`pg1-path=${this.#data}`, `pg1-port=${this.#port}`, `pg1-socket-path=${this.#folder}`, 'pg1-user=timonel'];
    writeFileSync(this.#config, ['[global]', ...global, '[timonel]', ...own, ''].join('\n'));
  }

  #options(): string[] {
    return [`--config=${this.#config}`, '--stanza=timonel'];
  }

  #backrest(...args: string[]): void {
    this.#as('pgbackrest', ...this.#options(), ...args);
  }

  #launch(...options: string[]): void {
    this.#launchAt(this.#data, this.#port, ...options);
  }

  #launchAt(data: string, port: number, ...options: string[]): void {
    const all = [`-p ${port} -k ${this.#folder} -c listen_addresses=127.0.0.1 -c max_connections=100`, ...options].join(' ');
    this.#run('pg_ctl', '-D', data, '-w', '-t', '300', '-l', join(this.#folder, 'postgres.log'), '-o', all, 'start');
  }

  #run(program: string, ...args: string[]): void {
    this.#as(findProgram(program) ?? program, ...args);
  }

  #as(program: string, ...args: string[]): void {
    execFileSync('runuser', ['-u', 'postgres', '--', program, ...args], { stdio: 'pipe', cwd: this.#folder });
  }

  #own(): void {
    const user = Number(execFileSync('id', ['-u', 'postgres']).toString());
    for (const path of [this.#folder, ...readdirSync(this.#folder).map((name) => join(this.#folder, name))])
      chownSync(path, user, -1);
  }

  async #query(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  async #until(question: string): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      const [row] = await this.#query(question).catch((): Record<string, unknown>[] => []);
      if (row?.['done'] === true) return;
      await sleep(200);
    }
    throw new Error(`It did not come true: ${question}`);
  }
}

/** The backends, and what archives a segment just then. */
function childrenOf(parent: number): number[] {
  const children = spawnSync('pgrep', ['-P', String(parent)])
    .stdout.toString()
    .split('\n')
    .filter(Boolean)
    .map(Number);
  return children.flatMap((pid) => [pid, ...childrenOf(pid)]);
}
