/** What searches find in collections of very different sizes beside each other, and that a warm one costs the same whatever there is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collection } from '../src/knowledge/contract.ts';
import { InventedKnowledge, search } from './invented-knowledge.ts';
import { ask, putDocument } from './knowledge-client.ts';
import { newWorkspace } from './new-workspace.ts';
import { notes } from './notes-agent.ts';
import { storeKinds, vectorPlaces } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** A hundred in the nightly run. */
const workspaces = Number(process.env['TIMONEL_TEST_WORKSPACES'] ?? 6);

const places = await vectorPlaces();

describe.each(places)('collections of all sizes ($kind, $index)', ({ kind, index, runs }) => {
  if (!runs) return void it.skip('PostgreSQL has no pgvector here');
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes] });
  });
  afterAll(() => timonel.close());

  const invented = new InventedKnowledge({ tiny: 10, small: 60, large: 300 }, 32);
  // An index that is built finds nearly all; a scan finds all.
  const nearlyAll = index === 'memory' ? 1 : expect.closeTo(1, 1);

  it('finds the nearest in each, also among random vectors, and nothing of another', async () => {
    const { send } = await invented.prepare(timonel.timonel);
    await send();
    const questions = await invented.giveVectors(timonel.timonel, 20, index);
    for (const collection of ['tiny', 'small', 'large']) {
      expect((await timonel.call<Collection>('GET', `/api/v1/knowledge/collections/${collection}`)).body.vectors).toMatchObject({
        searchedIn: index,
      });
      expect(await invented.recall(timonel.timonel, collection, questions)).toEqual({ recall: nearlyAll, foreign: 0 });
    }
    // What a filter leaves is found whole, however little it is.
    expect(await invented.recall(timonel.timonel, 'large', questions, { tenth: 3 })).toEqual({ recall: 1, foreign: 0 });
    // Warm: which collections are open, and the passages; nothing is read of what is not answered. pgvector is asked in a transaction.
    const { roundTrips } = timonel.timonel.store.pool;
    for (const collection of ['tiny', 'large']) {
      const counts: number[] = [];
      for (let time = 0; time < 8; time++) {
        const before = roundTrips.count;
        await search(timonel.timonel, collection, questions[0]?.text ?? '', 'mmr', 5);
        counts.push(roundTrips.count - before);
      }
      // What runs beside it counts too, in some of them.
      // Of the small one all are compared as well: a scan that ends with too few may have missed some.
      expect(Math.min(...counts)).toBeLessThan((index === 'memory' ? 2 : collection === 'tiny' ? 2 + 6 : 2 + 5) + 3);
    }
  });

  it('finds nothing of a document that is hidden, replaced or gone', async () => {
    const at = '/api/v1/knowledge/collections/small/documents';
    const find = async () => (await ask(timonel, 'w1x w2x', { collections: ['small'], strategy: 'vector', limit: 50 })).passages;
    expect((await find()).map(({ citation }) => citation.key)).toContain('60.md');
    await timonel.call('PATCH', `${at}?key=60.md`, { state: 'hidden' });
    expect(new Set((await find()).map(({ citation }) => citation.key))).toEqual(new Set(['10.md']));
    await timonel.call('PATCH', `${at}?key=60.md`, { state: 'ready' });
    expect((await find()).map(({ citation }) => citation.key)).toContain('60.md');
    await timonel.call('DELETE', `${at}?key=60.md`);
    expect(new Set((await find()).map(({ citation }) => citation.key))).toEqual(new Set(['10.md']));
  });
});

describe.each(storeKinds)('workspaces beside each other (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes] });
  });
  afterAll(() => timonel.close());

  it(`keeps ${workspaces} workspaces apart`, { timeout: 600_000 }, async () => {
    const houses = await Promise.all(
      Array.from({ length: workspaces }, async (_, at) => ({
        canary: `canario${at}zz`,
        headers: await newWorkspace(timonel, `house-${at}`),
      })),
    );
    for (const { canary, headers } of houses) {
      await timonel.call('POST', '/api/v1/knowledge/collections', { name: 'house' }, headers);
      const text = `La contraseña del portón de la casa es ${canary}.`;
      await putDocument(timonel, 'house', 'secret.txt', text, { type: 'text/plain', headers });
    }
    for (const { canary, headers } of houses) {
      for (const other of houses) {
        const found = await ask(timonel, `¿Cuál es la contraseña del portón? ${other.canary}`, {}, headers);
        expect(found.passages.map(({ text }) => text)).toEqual([expect.stringContaining(canary)]);
        expect(JSON.stringify(found).match(/canario\d+zz/g)).toEqual([canary]);
      }
    }
  });
});
