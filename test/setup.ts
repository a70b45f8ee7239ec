/**
 * Starts what the tests need and the machine has: a private PostgreSQL and a private Redis from the system's own binaries, in a temporary
 * directory. Says in one line which stores the tests run on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser URL of a private PostgreSQL; empty where there is none. */
    postgresUrl: string;
    /** URL of a private Redis; empty where there is none. */
    redisUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-test-'));
  const stops: (() => void)[] = [];
  // One form of the tests is for machines without the servers: it can be had on others too.
  const only = process.env['TIMONEL_TEST_STORES'];
  if (only !== undefined && only !== 'embedded')
    throw new Error('TIMONEL_TEST_STORES takes "embedded", or is left out for all there are.');
  const servers = only === undefined;
  const postgresUrl = process.env['TIMONEL_TEST_DATABASE_URL'] ?? (servers ? await ownPostgres(directory, stops) : undefined);
  const redisUrl = process.env['TIMONEL_TEST_REDIS_URL'] ?? (servers ? await ownRedis(directory, stops) : undefined);
  project.provide('postgresUrl', postgresUrl ?? '');
  project.provide('redisUrl', redisUrl ?? '');
  const stores = ['embedded', ...(postgresUrl === undefined ? [] : ['PostgreSQL']), ...(redisUrl === undefined ? [] : ['Redis'])];
  const missing = [...(postgresUrl === undefined ? ['PostgreSQL'] : []), ...(redisUrl === undefined ? ['Redis'] : [])];
  console.log(
    `Stores: ${stores.join(', ')}${missing.length === 0 ? '' : ` (${servers ? 'not installed here' : 'left out'}, their tests are skipped: ${missing.join(', ')})`}`,
  );
  return async () => {
    for (const stop of stops.reverse()) stop();
    rmSync(directory, { recursive: true, force: true });
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
