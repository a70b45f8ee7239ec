import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivatePostgres, startPostgres } from '../postgres.ts';
import { storeEnvironment } from '../store-environment.ts';
import { storeKinds } from '../stores.ts';
import { Cluster, healedWithinMs } from './cluster.ts';
import { violations } from './history.ts';

describe.skipIf(!storeKinds.includes('postgres'))('no turn is lost when PostgreSQL is killed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-postgres-'));
  let postgres: PrivatePostgres;
  let cluster: Cluster;

  beforeAll(async () => {
    const started = await startPostgres(directory);
    if (started === undefined) throw new Error('These tests need the programs of PostgreSQL on this machine.');
    postgres = started;
    const { environment } = await storeEnvironment(postgres.url);
    cluster = await Cluster.start(environment, 2);
  });
  afterAll(async () => {
    await cluster?.close();
    postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([5, 60, 250])('%i ms into a burst of turns', async (moment) => {
    const conversations = await Promise.all(Array.from({ length: 8 }, () => cluster.converse()));
    const talking = conversations.map(async (conversation, index) => {
      for (const turn of ['a', 'b', 'c']) {
        await cluster.say(conversation, `${moment}-${index}${turn}: write_row; read_slowly+write_row; call_outside`);
      }
    });
    await sleep(moment);
    postgres.kill();
    // Long enough for every process to notice, and for every lease to lapse.
    await sleep(2_000);
    await postgres.start();
    const healed = performance.now();
    await Promise.all(talking);
    await cluster.settle(healedWithinMs - (performance.now() - healed));
    expect(await violations(cluster)).toEqual([]);
  });
});
