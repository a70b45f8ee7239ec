import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, makeCollection, putDocument } from './knowledge-client.ts';
import { newWorkspace } from './new-workspace.ts';
import { notes } from './notes-agent.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const house = `# Casa Aurora

## Horarios

Atendemos de lunes a sábado de 9 a 19. Los domingos y los feriados el local está cerrado.

## Pagos

Se puede pagar en efectivo, con tarjeta de débito o por transferencia. No aceptamos cheques.

## Mascotas

Los perros chicos pueden esperar en la recepción, siempre con correa.
`;

const english = `# Refunds

A deposit is refunded in full when the appointment is cancelled at least 24 hours before it begins.

# Parking

There is a free parking lot behind the building, with 12 places.
`;

describe.each(storeKinds)('knowledge over HTTP (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes] });
    await makeCollection(timonel, 'house');
    await putDocument(timonel, 'house', 'casa.md', house, { metadata: { area: 'front', year: 2026 } });
    await putDocument(timonel, 'house', 'en/policies.md', english, { metadata: { area: ['front', 'back'], year: 2025 } });
  });
  afterAll(() => timonel.close());

  it('finds a passage in Spanish and in English, and quotes it with its place', async () => {
    const found = await ask(timonel, '¿Qué días abren y a qué hora cierran?');
    expect(found).toMatchObject({ degraded: null, used: expect.arrayContaining(['words']) });
    const pay = await ask(timonel, 'aceptan pagos con tarjeta?');
    expect(pay.evidence).toBe('strong');
    const [first] = pay.passages;
    expect(first).toMatchObject({
      text: expect.stringContaining('tarjeta de débito'),
      citation: { collection: 'house', key: 'casa.md', title: 'Casa Aurora', heading: ['Casa Aurora', 'Pagos'] },
      metadata: { area: 'front' },
    });
    const text = await timonel.call<string>('GET', '/api/v1/knowledge/collections/house/documents/text?key=casa.md');
    const { start = 0, end = 0 } = first?.citation ?? {};
    expect([...text.body].slice(start, end).join('')).toBe(first?.text);
    const dog = await ask(timonel, 'cancel appointment refund of the deposit');
    expect(dog.passages[0]).toMatchObject({ text: expect.stringContaining('24 hours'), citation: { key: 'en/policies.md' } });
  });

  it('checks a quotation against what is stored', async () => {
    const { passages } = await ask(timonel, 'perros en la recepción');
    const [first] = passages;
    expect(passages.map(({ score }) => score)).toEqual(passages.map(({ score }) => score).toSorted((one, other) => other - one));
    // What is found is one of the passages of its document, at the same place.
    const chunks = '/api/v1/knowledge/collections/house/documents/chunks?key=casa.md&limit=2';
    type Chunks = { chunks: { id: string; ordinal: number; start: number; text: string }[]; next: number | null };
    const { body: page } = await timonel.call<Chunks>('GET', chunks);
    const { body: rest } = await timonel.call<Chunks>('GET', `${chunks}&after=${page.next}`);
    const all = [...page.chunks, ...rest.chunks];
    expect(all.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2]);
    expect(all.find(({ id }) => id === first?.citation.chunkId)).toMatchObject({ start: first?.citation.start, text: first?.text });
    const { documentId, documentVersion, start, end } = first?.citation ?? {};
    const check = async (quotation: string | undefined, from = start) =>
      (
        await timonel.call('POST', '/api/v1/knowledge/citations/check', {
          documentId,
          documentVersion,
          start: from,
          end,
          quotation,
        })
      ).body;
    expect(await check(first?.text)).toEqual({ matches: true });
    expect(await check(first?.text, (start ?? 0) + 1)).toEqual({ matches: false });
    expect(await check('Los perros grandes también.')).toEqual({ matches: false });
  });

  it('tells a question that nothing answers from one that something does', async () => {
    expect((await ask(timonel, '¿Cuál es la capital de Mongolia?')).evidence).not.toBe('strong');
    expect(await ask(timonel, 'xyzzy plugh')).toMatchObject({ evidence: 'none' });
  });

  it('narrows to documents whose metadata fits, before it counts the passages', async () => {
    const of = async (filter: object) =>
      (await ask(timonel, 'appointment parking tarjeta local', { filter, limit: 50 })).passages.map(({ citation }) => citation.key);
    expect(new Set(await of({ area: 'back' }))).toEqual(new Set(['en/policies.md']));
    expect(new Set(await of({ year: [2025, 2026] }))).toEqual(new Set(['casa.md', 'en/policies.md']));
    expect(await of({ area: 'roof' })).toEqual([]);
  });

  it('is replaced whole: what did not change keeps its passages, twice the same changes nothing', async () => {
    await makeCollection(timonel, 'versions');
    const first = await putDocument(timonel, 'versions', 'casa.md', house);
    expect(first.body).toMatchObject({ outcome: 'added', chunks: { added: 3, kept: 0, removed: 0 }, document: { version: 1 } });
    const before = await ask(timonel, 'cheques efectivo', { collections: ['versions'] });
    expect((await putDocument(timonel, 'versions', 'casa.md', house)).body).toMatchObject({ outcome: 'unchanged' });
    const changed = house.replace('correa', 'correa y bozal').replace('# Casa', 'Nuevo.\n\n# Casa');
    const second = await putDocument(timonel, 'versions', 'casa.md', changed);
    expect(second.body).toMatchObject({ outcome: 'replaced', chunks: { added: 2, kept: 2, removed: 1 }, document: { version: 2 } });
    const after = await ask(timonel, 'cheques efectivo', { collections: ['versions'] });
    expect(after.passages[0]?.citation.chunkId).toBe(before.passages[0]?.citation.chunkId);
    expect(after.passages[0]?.citation.start).toBe((before.passages[0]?.citation.start ?? 0) + 'Nuevo.\n\n'.length);
    const muzzle = await ask(timonel, 'bozal', { collections: ['versions'] });
    expect(muzzle.passages[0]?.text).toContain('correa y bozal');
    await timonel.call('PATCH', '/api/v1/knowledge/collections/versions/documents?key=casa.md', { state: 'hidden' });
    expect((await ask(timonel, 'bozal', { collections: ['versions'] })).passages).toEqual([]);
    await timonel.call('PATCH', '/api/v1/knowledge/collections/versions/documents?key=casa.md', { state: 'ready' });
    expect((await ask(timonel, 'bozal', { collections: ['versions'] })).passages).not.toEqual([]);
    expect((await timonel.call('DELETE', '/api/v1/knowledge/collections/versions/documents?key=casa.md')).status).toBe(204);
    expect((await ask(timonel, 'bozal', { collections: ['versions'] })).passages).toEqual([]);
    const left = await timonel.timonel.store.pool.executeText(
      `SELECT 1 FROM knowledge_chunks c WHERE NOT EXISTS (SELECT FROM knowledge_documents d WHERE d.id = c.document_id)`,
    );
    expect(left).toEqual([]);
  });

  it('answers nothing of another workspace, by name or by words', async () => {
    const headers = await newWorkspace(timonel, 'other-shop');
    await timonel.call('POST', '/api/v1/knowledge/collections', { name: 'house' }, headers);
    expect(await ask(timonel, 'tarjeta de débito', {}, headers)).toMatchObject({ passages: [], evidence: 'none' });
    const canary = 'El código secreto es zanahoria violeta.';
    await putDocument(timonel, 'house', 'secret.md', canary, { headers });
    expect((await ask(timonel, 'zanahoria violeta', {}, headers)).passages).toHaveLength(1);
    expect(JSON.stringify(await ask(timonel, 'zanahoria violeta código secreto', { limit: 50 }))).not.toContain('zanahoria');
    const missing = await timonel.call('GET', '/api/v1/knowledge/collections/versions', undefined, headers);
    expect([missing.status, missing.body]).toMatchObject([404, { code: 'collection_not_found' }]);
  });

  it('pages by key, refuses what it cannot name, and writes down who changed what', async () => {
    await makeCollection(timonel, 'paged');
    for (const key of ['a', 'b', 'c']) await putDocument(timonel, 'paged', key, `Texto ${key}.`, { type: 'text/plain' });
    const path = '/api/v1/knowledge/collections/paged/documents';
    const first = await timonel.call<{ documents: { key: string }[]; next: string }>('GET', `${path}?limit=2`);
    expect([first.body.documents.map(({ key }) => key), first.body.next]).toEqual([['a', 'b'], 'b']);
    const second = await timonel.call<{ documents: { key: string }[]; next: null }>('GET', `${path}?limit=2&after=b`);
    expect([second.body.documents.map(({ key }) => key), second.body.next]).toEqual([['c'], null]);
    const again = await timonel.call('POST', '/api/v1/knowledge/collections', { name: 'paged' });
    expect([again.status, again.body]).toMatchObject([409, { code: 'collection_exists' }]);
    const unknown = await timonel.call('POST', '/api/v1/knowledge/query', { query: 'x', collections: ['nowhere'] });
    expect([unknown.status, unknown.body]).toMatchObject([404, { code: 'collection_not_found' }]);
    const log = await timonel.call<{ entries: { action: string; target: { id: string } }[] }>(
      'GET',
      '/api/v1/audit?target=paged/b',
    );
    expect(log.body.entries.map(({ action }) => action)).toEqual(['document-added']);
    const stale = await timonel.call('PATCH', '/api/v1/knowledge/collections/paged', { description: 'x' }, { 'if-match': '"7"' });
    expect([stale.status, stale.body]).toMatchObject([412, { code: 'version_conflict' }]);
  });

  it('evaluates a collection with a set of questions, and keeps the figures', async () => {
    const questions = [
      { question: '¿Se puede pagar con tarjeta?', relevant: ['casa.md#débito'] },
      { question: 'Is there a parking lot?', relevant: ['en/policies.md#parking lot'] },
      { question: '¿Venden entradas para el cine?', relevant: [] },
    ];
    const made = await timonel.call('POST', '/api/v1/knowledge/collections/house/evaluations', { questions });
    expect(made).toMatchObject({
      status: 201,
      body: { questions: 3, figures: { ndcg10: 1, recall10: 1, mrr: 1, quotable: 1, wrongQuotes: 0, toldUnanswerable: 1 } },
    });
    const listed = await timonel.call<{ evaluations: object[] }>('GET', '/api/v1/knowledge/collections/house/evaluations');
    expect(listed.body.evaluations).toEqual([made.body]);
    const path = '/api/v1/knowledge/collections/house/evaluations';
    // Without the document that answers six of them, those six are worse.
    const many = ['tarjeta', 'cheques', 'débito', 'efectivo', 'transferencia', 'correa'].map((word) => ({
      question: `¿Qué pasa con ${word}?`,
      relevant: ['casa.md'],
    }));
    const again = async (asked: object[]) =>
      (await timonel.call<{ id: string }>('POST', path, { questions: [...asked, questions[1]] })).body.id;
    const base = await again(many);
    await timonel.call('PATCH', '/api/v1/knowledge/collections/house/documents?key=casa.md', { state: 'hidden' });
    const other = await again(many);
    await timonel.call('PATCH', '/api/v1/knowledge/collections/house/documents?key=casa.md', { state: 'ready' });
    const compare = async (one: string, two: string) =>
      (await timonel.call<object>('GET', `${path}/compare?base=${one}&other=${two}`)).body;
    const six = [1, 2, 3, 4, 5, 6];
    expect(await compare(base, other)).toMatchObject({ verdict: 'worse', p: 0.0313, worse: six, better: [], same: 1 });
    expect(await compare(other, base)).toMatchObject({ verdict: 'better', better: six, worse: [] });
    expect(await compare(base, base)).toMatchObject({ verdict: 'inconclusive', p: 1, same: 7 });
    expect(await compare(base, await again(many.slice(1)))).toMatchObject({ code: 'invalid_request' });
    expect(await compare(base, '00000000-0000-0000-0000-000000000000')).toMatchObject({ code: 'not_found' });
  });
});
