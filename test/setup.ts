/**
 * Starts what the tests need and the machine has: a private PostgreSQL and a private Redis from the system's own binaries, in a temporary
 * directory. Says in one line which stores the tests run on, and in the last one what was skipped because a program is not there.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { unpackedTemplate } from '../src/store/embedded/template.ts';
import { migrationsHash } from '../src/store/migrate.ts';
import { startPostgres } from './postgres.ts';
import { installation, type ProgramName, programs, programsWanted } from './programs.ts';
import { startRedis } from './redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser URL of a private PostgreSQL; empty where there is none. */
    postgresUrl: string;
    /** URL of a private Redis; empty where there is none. */
    redisUrl: string;
    /** A file to which tests write the names of programs that they lacked. */
    lackingPrograms: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-test-'));
  const stops: (() => void)[] = [];
  // A fresh embedded store is a copy of it; without it each would run all migrations.
  if (unpackedTemplate(migrationsHash()) === undefined) execFileSync(process.execPath, ['scripts/build-template.ts']);
  const lackingPrograms = join(directory, 'lacking-programs');
  writeFileSync(lackingPrograms, '');
  project.provide('lackingPrograms', lackingPrograms);
  const given = { postgres: process.env['TIMONEL_TEST_DATABASE_URL'], redis: process.env['TIMONEL_TEST_REDIS_URL'] };
  const postgresUrl = given.postgres ?? (await ownPostgres(directory, stops));
  const redisUrl = given.redis ?? (await ownRedis(directory, stops));
  project.provide('postgresUrl', postgresUrl ?? '');
  project.provide('redisUrl', redisUrl ?? '');
  const stores = ['embedded', ...(postgresUrl === undefined ? [] : ['PostgreSQL']), ...(redisUrl === undefined ? [] : ['Redis'])];
  const missing: ProgramName[] = [
    ...(postgresUrl === undefined ? (['PostgreSQL'] as const) : []),
    ...(redisUrl === undefined ? (['Redis'] as const) : []),
  ];
  if (missing.length > 0 && programsWanted() === 'required')
    throw new Error(`The tests need ${missing.join(', ')}. ${installation(missing)}`);
  console.log(`Stores: ${stores.join(', ')}`);
  return async () => {
    for (const stop of stops.reverse()) stop();
    const recorded = readFileSync(lackingPrograms, 'utf8').split('\n') as ProgramName[];
    rmSync(directory, { recursive: true, force: true });
    const absent = (Object.keys(programs) as ProgramName[]).filter((name) => missing.includes(name) || recorded.includes(name));
    if (absent.length === 0) return;
    const why = programsWanted() === 'none' ? 'left out' : 'not installed here';
    console.log(`Skipped: the tests that need ${absent.join(', ')} (${why}). ${installation(absent)}`);
  };
}

async function ownPostgres(directory: string, stops: (() => void)[]): Promise<string | undefined> {
  const postgres = await startPostgres(directory);
  if (postgres !== undefined) stops.push(() => postgres.stop());
  return postgres?.url;
}

async function ownRedis(directory: string, stops: (() => void)[]): Promise<string | undefined> {
  const redis = await startRedis(directory);
  if (redis !== undefined) stops.push(() => redis.kill());
  return redis?.url;
}
