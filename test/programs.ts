/** Programs that tests use and a machine may lack: where they are found, and the Debian package that brings each. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** By its name for people: the programs without which it is not there. Tests say `needs('Redis')`. */
export const programs = {
  PostgreSQL: { files: ['initdb', 'pg_ctl'], package: 'postgresql' },
  Redis: { files: ['redis-server'], package: 'redis-server' },
  Prometheus: { files: ['prometheus', 'promtool'], package: 'prometheus' },
  Alertmanager: { files: ['prometheus-alertmanager', 'amtool'], package: 'prometheus-alertmanager' },
  Chromium: { files: ['chromium'], package: 'chromium' },
  FFmpeg: { files: ['ffmpeg', 'ffprobe'], package: 'ffmpeg' },
  'eSpeak NG': { files: ['espeak-ng'], package: 'espeak-ng' },
  bubblewrap: { files: ['bwrap'], package: 'bubblewrap' },
  Git: { files: ['git'], package: 'git' },
  nginx: { files: ['nginx'], package: 'nginx-light' },
  // An extension, which no file on the PATH tells of: `vectorPlaces` asks PostgreSQL.
  pgvector: { files: [], package: 'postgresql-17-pgvector' },
} as const satisfies Record<string, { files: readonly string[]; package: string }>;

export type ProgramName = keyof typeof programs;

/**
 * What `TIMONEL_TEST_PROGRAMS` says: `none` runs the tests as on a machine with nothing but Node and npm, `required` fails where a program
 * is lacking; without it their tests are skipped.
 */
export function programsWanted(): 'all' | 'none' | 'required' {
  const wanted = process.env['TIMONEL_TEST_PROGRAMS'] ?? 'all';
  if (wanted === 'all' || wanted === 'none' || wanted === 'required') return wanted;
  throw new Error('TIMONEL_TEST_PROGRAMS takes "none" or "required", or is left out for those that are here.');
}

/** Finds a program on the PATH or where Debian and others put PostgreSQL's. */
export function findProgram(name: string): string | undefined {
  if (programsWanted() === 'none') return undefined;
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
    '/opt/homebrew/opt/postgresql@17/bin',
    '/usr/local/pgsql/bin',
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Those of the programs that are not here. */
export function lacking(names: readonly ProgramName[]): ProgramName[] {
  return names.filter((name) => programs[name].files.some((file) => findProgram(file) === undefined));
}

/** How to get them. */
export function installation(names: readonly ProgramName[]): string {
  return `On Debian: apt-get install ${[...new Set(names.map((name) => programs[name].package))].join(' ')}`;
}
