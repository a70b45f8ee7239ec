/** Rows that people manage, by the HTTP API: reading and changing them, who may, and what stands against it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from './identity/people.ts';
import { books, libraryDesk } from './library-agent.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const path = '/api/v1/agents/library-desk/books';

interface Book {
  id: string;
  version: number;
  title: string;
  pages: number;
}
type Page = { items: Book[]; next: string | null };

describe.each(storeKinds)('resources (%s)', (kind) => {
  let at: TestTimonel;
  const call: TestTimonel['call'] = (...args) => at.call(...args);
  const titles = async (query: string) => {
    const { status, body } = await call<Page>('GET', `${path}?${query}`);
    return status === 200 ? body.items.map(({ title }) => title) : body;
  };

  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [libraryDesk()] }, { now: () => new Date('2026-11-20T02:00:00Z') });
    const items = [
      { title: 'Ficciones', author: 'Jorge Luis Borges', pages: 203, bought: '2026-01-10', tags: ['cuentos'] },
      { title: 'Rayuela', author: 'Julio Cortázar', pages: 600, bought: '2026-02-10', tags: ['novela', 'clásico'] },
      { title: 'Anónimo', pages: 50, bought: '2026-11-19' },
      { title: '100 % "citas"', pages: 203 },
    ];
    for (const item of items) expect((await call('POST', path, item)).status).toBe(201);
  });
  afterAll(() => at.close());

  it('reads page by page in any order, without a gap or a twin', async () => {
    for (const sort of ['title', '-title', 'pages', '-pages']) {
      const seen: Book[] = [];
      for (let after = ''; ; ) {
        const { body } = await call<Page>('GET', `${path}?limit=1&sort=${sort}${after}`);
        seen.push(...body.items);
        if (body.next === null) break;
        after = `&after=${body.next}`;
      }
      expect([sort, new Set(seen.map(({ id }) => id)).size, seen.length]).toEqual([sort, 4, 4]);
      const pages = seen.map((book) => book.pages);
      if (sort.endsWith('pages')) expect(sort.startsWith('-') ? pages.toReversed() : pages).toEqual([50, 203, 203, 600]);
    }
  });

  it('narrows a list by values, ranges and words', async () => {
    expect(await titles('pages=203&sort=title')).toEqual(['100 % "citas"', 'Ficciones']);
    expect(await titles('pages.from=100&pages.to=300&tags=cuentos')).toEqual(['Ficciones']);
    expect(await titles('bought.from=2026-02-01&bought.to=today')).toEqual(['Anónimo', 'Rayuela']);
    expect(await titles('author=')).toEqual(['100 % "citas"', 'Anónimo']);
    expect(await titles('bought=')).toEqual(['100 % "citas"']);
    expect(await titles('q=CORTAZAR%20ray')).toEqual(['Rayuela']);
    expect(await titles('q=clasico')).toEqual(['Rayuela']);
    expect(await titles('q=%25')).toEqual(['100 % "citas"']);
    expect(await titles(`author=${encodeURIComponent("'; DROP TABLE library_desk_books; --")}`)).toEqual([]);
    for (const wrong of ['pages=many', 'sort=author', 'after=x', 'bought=yesterday', 'limit=101', 'colour=red', 'tags.from=a'])
      expect([wrong, await titles(wrong)]).toMatchObject([wrong, { code: 'invalid_request' }]);
  });

  it('changes a row only from the version that it has', async () => {
    const made = await call<Book>('POST', path, { title: 'Martín Fierro', pages: 120 });
    expect(made.headers).toMatchObject({ etag: '"1"', location: `${path}/${made.body.id}` });
    const url = `${path}/${made.body.id}`;
    expect((await call('PATCH', url, { pages: 121 })).body).toMatchObject({ status: 428, code: 'version_required' });
    const changed = await call<Book>('PATCH', url, { pages: 121 }, { 'if-match': '"1"' });
    expect([changed.body, changed.headers['etag']]).toMatchObject([{ title: 'Martín Fierro', pages: 121, version: 2 }, '"2"']);
    expect((await call('PATCH', url, { pages: 1 }, { 'if-match': '"1"' })).body).toMatchObject({
      status: 412,
      code: 'version_conflict',
      version: 2,
    });
    expect((await call('DELETE', url, undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await call('GET', url)).body).toMatchObject({ pages: 121, author: null, tags: [] });
    expect((await call('DELETE', url, undefined, { 'if-match': '"2"' })).status).toBe(204);
    expect((await call('GET', url)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call('PATCH', url, { pages: 1 }, { 'if-match': '*' })).status).toBe(404);
  });

  it('says what is wrong with a row', async () => {
    const post = async (body: unknown) => (await call<{ detail: string }>('POST', path, body)).body;
    expect(await post({ title: 'Rayuela', pages: 1 })).toMatchObject({
      status: 409,
      code: 'row_conflict',
      detail: expect.stringContaining('same title') as unknown,
    });
    expect(await post({ title: '', pages: 0, colour: 'red' })).toMatchObject({
      status: 422,
      code: 'row_invalid',
      faults: [{ field: 'colour' }],
    });
    expect(await post({ title: '', pages: 0 })).toMatchObject({ faults: [{ field: 'title' }, { field: 'pages' }] });
    expect(await post({ title: 'Necronomicon', pages: 9 })).toMatchObject({
      detail: 'The row was not stored: title: is not lent.',
    });
    expect(await titles('q=Necronomicon')).toEqual([]);
    expect(await post([])).toMatchObject({ status: 400 });
    expect(await post('{')).toMatchObject({ code: 'malformed_json' });
    expect(await post({ title: 'a\u0000b', pages: 9 })).toMatchObject({ status: 400 });
  });

  it('asks for the permissions that the agent declares, which roles can have', async () => {
    const member = await newPerson(at, { role: 'member' });
    expect((await call('GET', path, undefined, member.headers)).status).toBe(200);
    expect((await call('POST', path, { title: 'X', pages: 1 }, member.headers)).body).toMatchObject({
      status: 403,
      permission: 'library-desk:manage',
    });
    const { body } = await call<{ permissions: { name: string }[] }>('GET', '/api/v1/roles');
    expect(body.permissions).toContainEqual({ name: 'library-desk:manage', description: 'Change books' });
    const role = await call('PUT', '/api/v1/roles/librarian', { permissions: ['library-desk:read', 'library-desk:manage'] });
    expect([role.status, role.body]).toMatchObject([200, { permissions: ['library-desk:read', 'library-desk:manage'] }]);
    const librarian = await newPerson(at, { role: 'librarian' });
    expect((await call('POST', path, { title: 'Sobre héroes', pages: 9 }, librarian.headers)).status).toBe(201);
    expect((await call('GET', '/api/v1/users', undefined, librarian.headers)).status).toBe(403);
    const key = await call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'shelf', scopes: ['library-desk:read'] });
    const byKey = { authorization: `Bearer ${key.body.apiKey}` };
    expect([(await call('GET', path, undefined, byKey)).status, (await call('POST', path, {}, byKey)).status]).toEqual([200, 403]);
    const unknown = await call('PUT', '/api/v1/roles/librarian', { permissions: ['library-desk:burn'] });
    expect([unknown.status, unknown.body['detail']]).toEqual([400, expect.stringContaining('no permission "library-desk:burn"')]);
  });

  it('writes down who changed what, and no values', async () => {
    const { body } = await call<{ entries: { action: string; target: object; details: object }[] }>(
      'GET',
      '/api/v1/audit?limit=200',
    );
    const own = body.entries.filter(({ action }) => action.startsWith('resource-'));
    expect(own.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['resource-created', 'resource-changed', 'resource-removed']),
    );
    expect(own.at(-1)).toMatchObject({
      target: { kind: 'library-desk/books' },
      details: { fields: ['title', 'author', 'pages', 'bought', 'tags'] },
    });
    expect(JSON.stringify(own)).not.toContain('Ficciones');
  });

  it('keeps workspaces apart', async () => {
    const { pool } = at.timonel.store;
    const id = crypto.randomUUID();
    await at.timonel.workspaces.ensure({ workspaceId: 'vecina', name: 'Vecina', timeZone: 'UTC' });
    await pool.executeText(
      `INSERT INTO library_desk_books (workspace_id, id, title, pages) VALUES ('vecina', '${id}', 'Ajeno', 5)`,
    );
    expect(await titles('q=Ajeno')).toEqual([]);
    expect((await call('GET', `${path}/${id}`)).status).toBe(404);
    expect((await call('DELETE', `${path}/${id}`)).status).toBe(404);
    const csv = `id,title,pages\n${id},Mío,7\n`;
    expect((await call('POST', `${path}/import`, csv, { 'content-type': 'text/csv' })).body).toMatchObject({ added: 1 });
    expect(await pool.executeText(`SELECT title FROM library_desk_books WHERE workspace_id = 'vecina'`)).toEqual([
      { title: 'Ajeno' },
    ]);
  });

  it('describes itself, for a console and in OpenAPI', async () => {
    const { body } = await call<{ resources: { name: string; fields: { name: string }[] }[] }>(
      'GET',
      '/api/v1/agents/library-desk/resources',
    );
    expect(body.resources).toMatchObject([{ name: 'books', path, key: ['title'], permissions: { write: 'library-desk:manage' } }]);
    expect(body.resources[0]?.fields).toMatchObject([
      { name: 'title', kind: 'text', label: { es: 'Título' }, required: true, maxLength: 200 },
      { name: 'author', kind: 'text', nullable: true, required: false },
      { name: 'pages', kind: 'integer', minimum: 1, required: true },
      { name: 'bought', kind: 'date' },
      { name: 'tags', kind: 'text', list: true, default: [] },
    ]);
    expect((await call('GET', '/api/v1/agents/nobody/resources')).body).toMatchObject({ code: 'agent_not_found' });
    // Nothing of an agent that the project does not have.
    expect((await call('GET', '/api/v1/agents/booking/services')).status).toBe(404);
    const document = (
      await call<{ components: { schemas: Record<string, object> }; paths: Record<string, Record<string, object>> }>(
        'GET',
        '/openapi.json',
      )
    ).body;
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['LibraryDeskBooksRow', 'LibraryDeskBooksPage']),
    );
    expect(JSON.stringify(document.paths[path]?.['post'])).toContain('#/components/schemas/LibraryDeskBooksNew');
    expect(
      document.components.schemas['LibraryDeskBooksNewInput'] ?? document.components.schemas['LibraryDeskBooksNew'],
    ).toMatchObject({
      required: ['title', 'pages'],
    });
  });
});

it('does not start where a definition does not hold', async () => {
  const start = (changes: Parameters<typeof libraryDesk>[0]) => startTimonel('embedded', { agents: [libraryDesk(changes)] });
  await expect(start({ personalData: { tables: [] } })).rejects.toThrow(/does not say whose data is in library_desk_books/);
  await expect(start({ permissions: {} })).rejects.toThrow(/asks for the permission "library-desk:read", which nobody declares/);
  await expect(start({ permissions: { 'runs:decide': { description: 'x' } } })).rejects.toThrow(
    /declares the permission "runs:decide"/,
  );
  await expect(start({ resources: [{ ...books, fields: { title: { column: 'name' } } }] })).rejects.toThrow(
    /does not fit the table.*name/,
  );
});
