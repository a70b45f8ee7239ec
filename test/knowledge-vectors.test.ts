/** Vectors of a provider: made by a job, kept by text, replaced whole, and done without where the provider is down. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collection } from '../src/knowledge/contract.ts';
import { type EmbeddingProvider, startEmbeddingProvider } from './embedding-provider.ts';
import { ask, makeCollection, putDocument } from './knowledge-client.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment, vectorPlaces } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const patience = { timeout: 30_000, interval: 100 };

const places = await vectorPlaces();

describe.each(places)('vectors of collections ($kind, $index)', ({ kind, index, runs }) => {
  if (!runs) return void it.skip('PostgreSQL has no pgvector here');
  let timonel: TestTimonel;
  let provider: EmbeddingProvider;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    provider = await startEmbeddingProvider();
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = { ...fresh.environment, TIMONEL_MODEL_URL: provider.url, TIMONEL_MODEL: 'chat' };
    timonel = await startTimonel(kind, { agents: [notes] }, { environment });
    await makeCollection(timonel, 'house', { language: 'es' });
    for (const [at, text] of ['Hay wifi gratis.', 'La pileta abre en verano.', 'El desayuno es en el patio.'].entries())
      await putDocument(timonel, 'house', `${at}.txt`, text, { type: 'text/plain' });
  });
  afterAll(async () => {
    await timonel.close();
    await provider.close();
    await remove();
  });

  const collection = async () => (await timonel.call<Collection>('GET', '/api/v1/knowledge/collections/house')).body;
  const change = (vectorModel: string | null) =>
    timonel.call('PATCH', '/api/v1/knowledge/collections/house', { vectorModel, vectorIndex: index });
  const modelOf = async () => (await collection()).vectors.model;

  it('refuses a route, whose models may change', async () => {
    const { status, body } = await change('default');
    expect([status, body]).toMatchObject([
      400,
      { code: 'invalid_request', detail: expect.stringContaining('text-embedding-3-small') },
    ]);
  });

  it('makes them by a job, and fuses their ranks with those of the words', async () => {
    expect((await change('configured/one')).status).toBe(200);
    await expect.poll(modelOf, patience).toBe('configured/one');
    expect((await collection()).vectors).toMatchObject({ state: 'ready', building: null, failure: null, searchedIn: index });
    expect(provider.inputs.filter(({ model }) => model === 'one')).toHaveLength(3);
    // The provider knows words as they are written; the analyser leaves function words out.
    const found = await ask(timonel, 'desayuno en el patio');
    expect(found).toMatchObject({ degraded: null, used: expect.arrayContaining(['words', 'vectors']) });
    expect(found.passages[0]).toMatchObject({
      text: 'El desayuno es en el patio.',
      lists: { words: { rank: 1 }, vectors: { rank: 1 } },
    });
    expect(await ask(timonel, 'desayuno en el patio', { strategy: 'vector' })).toMatchObject({ used: ['vectors'] });
    expect((await ask(timonel, 'desayuno en el patio', { strategy: 'lexical' })).used).not.toContain('vectors');
  });

  it('asks for the vector of a text once, of questions and passages alike', async () => {
    const before = provider.inputs.length;
    await ask(timonel, 'desayuno en el patio');
    await putDocument(timonel, 'house', '3.txt', 'La sala de juegos está abajo.', { type: 'text/plain' });
    await expect.poll(async () => provider.inputs.length, patience).toBe(before + 1);
    await expect.poll(async () => (await ask(timonel, 'sala de juegos')).passages[0]?.lists['vectors']?.rank, patience).toBe(1);
    await putDocument(timonel, 'house', '3.txt', 'La sala de juegos está abajo.\n', { type: 'text/plain' });
    await ask(timonel, 'sala de juegos');
    expect(provider.inputs).toHaveLength(before + 2);
  });

  it('goes by words where the provider is down, and says so', async () => {
    provider.mood = 'failing';
    const found = await ask(timonel, 'wifi sin cargo');
    expect(found.passages[0]?.text).toBe('Hay wifi gratis.');
    expect(found.degraded).toContain('Searched by words alone');
    expect(found.used).not.toContain('vectors');
    provider.mood = 'well';
  });

  it('serves the vectors that are complete until those of another model are, and never both', async () => {
    provider.delayMs = 300;
    await change('configured/two');
    const states = new Set<string>();
    await expect
      .poll(async () => {
        const { vectors } = await collection();
        states.add(`${vectors.model} ${vectors.building} ${vectors.state}`);
        if (vectors.model === 'configured/one') expect((await ask(timonel, 'pileta de verano')).degraded).toBe(null);
        return vectors.model;
      }, patience)
      .toBe('configured/two');
    provider.delayMs = 0;
    expect([...states]).toContain('configured/one configured/two building');
    expect((await ask(timonel, 'pileta de verano')).used).toContain('vectors');
    await change(null);
    expect((await collection()).vectors).toMatchObject({ model: null, state: 'none' });
    expect((await ask(timonel, 'pileta de verano')).used).not.toContain('vectors');
  });
});
