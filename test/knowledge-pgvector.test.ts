/** Vectors that pgvector searches: what a filter leaves, and that a store without them, or without the extension, goes on with those in memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collection } from '../src/knowledge/contract.ts';
import { statementsOf } from '../src/knowledge/documents.ts';
import { Pgvector } from '../src/knowledge/pgvector/pgvector.ts';
import { beginSearch, nearestRows } from '../src/knowledge/pgvector/statements.ts';
import { defaultWorkspace } from '../src/main.ts';
import { InventedKnowledge, type InventedQuestion, search } from './invented-knowledge.ts';
import { makeCollection } from './knowledge-client.ts';
import { notes } from './notes-agent.ts';
import { storeKinds, vectorPlaces } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const patience = { timeout: 60_000, interval: 200 };
const at = '/api/v1/knowledge/collections/house';
const places = (await vectorPlaces()).filter(({ index }) => index === 'pgvector');

describe.each(places)('vectors that pgvector searches ($kind)', ({ kind, runs }) => {
  if (!runs) return void it.skip('PostgreSQL has no pgvector here');
  let timonel: TestTimonel;
  let questions: InventedQuestion[];
  const invented = new InventedKnowledge({ house: 300 }, 32);
  const house = async () => (await timonel.call<Collection>('GET', at)).body;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes] });
    await (await invented.prepare(timonel.timonel)).send();
    questions = await invented.giveVectors(timonel.timonel, 10, 'pgvector');
  });
  afterAll(() => timonel.close());

  it('scans on until a filter has left enough, by its index alone', async () => {
    const { pool } = timonel.timonel.store;
    const set = { workspaceId: defaultWorkspace, collectionId: (await house()).id, model: 'bench/random' };
    const vector = (each: InventedQuestion) => `[${each.vector.join(',')}]`;
    // 200 are looked at first, of which a sixth fits.
    const found = (each: InventedQuestion, setting: string) =>
      pool.inTransaction(async (client) => {
        const run = statementsOf(client);
        expect(await beginSearch(run, set)).toBe('strict_order');
        await run(`SELECT set_config('hnsw.iterative_scan', $1, true)`, [setting]);
        const query = { vector: vector(each), limit: 45, filter: { tenth: [3] }, exact: false };
        return (await nearestRows(run, set, query)).length;
      });
    for (const each of questions) {
      expect(await found(each, 'strict_order')).toBe(45);
      expect(await found(each, 'off')).toBeLessThan(45);
    }
    // Where a filter leaves few they are all compared, whatever the scan finds.
    for (const { vector: asked } of questions)
      expect(await new Pgvector(pool).nearest(set, { vector: asked, limit: 45, filter: { tenth: 3 } })).toHaveLength(45);
    const scans = async () => {
      const [row] = await pool.executeText<{ scans: number }>(
        `SELECT sum(idx_scan)::int AS scans FROM pg_stat_user_indexes WHERE indexrelname LIKE '%_hnsw'`,
      );
      return row?.scans;
    };
    await expect.poll(scans, patience).toBeGreaterThanOrEqual(questions.length);
  });

  it('searches in memory where its tables are gone, as after a restore, and makes them again', async () => {
    await timonel.timonel.store.pool.executeText('DROP SCHEMA timonel_nearest CASCADE');
    const [first] = questions;
    const passages = await search(timonel.timonel, 'house', first?.text ?? '', 'vector', 10);
    expect(passages).toHaveLength(10);
    await expect.poll(async () => (await house()).vectors.searchedIn, patience).toBe('pgvector');
    const { recall } = await invented.recall(timonel.timonel, 'house', questions);
    expect(recall).toBeGreaterThan(0.9);
  });

  it('searches in memory without the extension, and when that is asked for', async () => {
    await timonel.timonel.store.pool.executeText('DROP EXTENSION vector CASCADE');
    expect(await invented.recall(timonel.timonel, 'house', questions)).toEqual({ recall: 1, foreign: 0 });
    expect((await house()).vectors).toMatchObject({ index: 'pgvector', searchedIn: 'memory' });
    await timonel.call('PATCH', at, { vectorIndex: 'memory' });
    expect((await house()).vectors).toMatchObject({ index: 'memory', searchedIn: 'memory' });
    await timonel.timonel.knowledge.sweep();
    const left = await timonel.timonel.store.pool.executeText(`SELECT FROM pg_tables WHERE schemaname = 'timonel_nearest'`);
    expect(left).toEqual([]);
  });
});

describe.each(storeKinds)('a store without pgvector (%s)', (kind) => {
  it('refuses to search with it, and says what is lacking', async () => {
    const timonel = await startTimonel(kind, { agents: [notes] });
    await timonel.timonel.store.pool.executeText('DROP EXTENSION IF EXISTS vector CASCADE');
    await makeCollection(timonel, 'house');
    const { status, body } = await timonel.call('PATCH', at, { vectorIndex: 'pgvector' });
    expect([status, body]).toMatchObject([400, { detail: expect.stringContaining('Install pgvector 0.8 or newer') }]);
    await timonel.close();
  });
});
