/** Files of rows: as people save them, all or nothing, there and back again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { libraryDesk } from './library-agent.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const path = '/api/v1/agents/library-desk/books';

interface Answer {
  code?: string;
  detail?: string;
  rows?: number | { line: number; field: string | null; reason: string }[];
  encoding?: string;
  delimiter?: string;
}

describe.each(storeKinds)('imports and exports (%s)', (kind) => {
  let at: TestTimonel;
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [libraryDesk()] });
  });
  afterAll(() => at.close());
  beforeEach(() => at.timonel.store.pool.executeText('DELETE FROM library_desk_books'));

  async function send(body: string | Buffer | object, query = '', type?: string): Promise<Answer> {
    const isFile = typeof body === 'string' || Buffer.isBuffer(body);
    const response = await at.timonel.app.inject({
      method: 'POST',
      url: `${path}/import${query}`,
      headers: { authorization: `Bearer ${at.apiKey}`, 'content-type': type ?? (isFile ? 'text/csv' : 'application/json') },
      payload: isFile ? body : JSON.stringify(body),
    });
    return response.json<Answer>();
  }
  const exported = async (query = '') => (await at.call<string>('GET', `${path}/export${query}`)).body;
  const stored = () =>
    at.timonel.store.pool.executeText(
      'SELECT title, author, pages, bought::text AS bought, tags, version FROM library_desk_books ORDER BY title',
    );

  const text = 'título;author;Pages;bought;tags\n"Año; ""nuevo""";Peña;12;2026-01-31;a | b\n';
  it.each([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`), 'utf-8'],
    ['Windows-1252', Buffer.from(text, 'latin1'), 'windows-1252'],
    ['UTF-16 as spreadsheets save "Unicode"', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le'],
    ['line ends of Windows', Buffer.from(text.replaceAll('\n', '\r\n')), 'utf-8'],
  ])('reads %s', async (_what, bytes, encoding) => {
    expect(await send(bytes)).toMatchObject({ rows: 1, added: 1, encoding, delimiter: ';' });
    expect(await stored()).toEqual([
      { title: 'Año; "nuevo"', author: 'Peña', pages: 12, bought: '2026-01-31', tags: ['a', 'b'], version: 1 },
    ]);
  });

  it('imports all rows or none, and names each bad one', async () => {
    await send([{ title: 'There', pages: 1 }]);
    const answer = await send(
      'title,pages,bought\nGood,10,2026-01-01\nBad,ten,2026-01-01\nWorse,5,yesterday\n\nGood,7,\nNecronomicon,-1,\n"Two\nlines",0,\n,3,\n',
    );
    expect(answer).toMatchObject({
      code: 'import_refused',
      detail: expect.stringContaining('Nothing was imported. line 3, pages: "ten" is no number') as unknown,
    });
    const bad = Array.isArray(answer.rows) ? answer.rows : [];
    expect(bad.map(({ line, field }) => [line, field])).toEqual([
      [3, 'pages'],
      [4, 'bought'],
      [6, 'title'],
      [7, 'pages'],
      [8, 'pages'],
      [10, 'title'],
    ]);
    expect(bad[2]?.reason).toBe('is the same as on line 2');
    expect((await stored()).map(({ title }) => title)).toEqual(['There']);
    expect(await send('title,pages\nOne,1\nNecronomicon,2\n')).toMatchObject({
      rows: [{ line: 3, field: 'title', reason: 'is not lent' }],
    });
    expect(await send('title,pages\nThere,1\nOther,2\n', '?mode=add')).toMatchObject({ rows: [{ line: 2, field: null }] });
    expect((await stored()).length).toBe(1);
  });

  it('finds the rows that only the database can refuse', async () => {
    const { pool } = at.timonel.store;
    await pool.executeText(`ALTER TABLE library_desk_books ADD CONSTRAINT few_pages CHECK (pages <> 13)`);
    const rows = Array.from({ length: 30 }, (_each, number) => ({
      title: `Title ${number}`,
      pages: number === 7 || number === 21 ? 13 : 20,
    }));
    const { rows: bad } = await send(rows);
    await pool.executeText('ALTER TABLE library_desk_books DROP CONSTRAINT few_pages');
    expect(bad).toMatchObject([
      { line: 8, reason: expect.stringContaining('few_pages') as unknown },
      { line: 22, reason: expect.stringContaining('few_pages') as unknown },
    ]);
    expect(await stored()).toEqual([]);
  });

  it('merges, adds, replaces, and only looks', async () => {
    await send('title,pages\nA,1\nB,2\nC,3\n');
    expect(await send('title,pages\nA,1\nB,5\nD,4\n', '?check=true')).toMatchObject({
      added: 1,
      changed: 1,
      unchanged: 1,
      checkedOnly: true,
    });
    expect(await send('title,pages\nA,1\nB,5\nD,4\n')).toMatchObject({ added: 1, changed: 1, unchanged: 1, removed: 0 });
    expect((await stored()).map(({ title, version }) => [title, version])).toEqual([
      ['A', 1],
      ['B', 2],
      ['C', 1],
      ['D', 1],
    ]);
    expect(await send('title,pages\nD,4\nE,5\n', '?mode=replace')).toMatchObject({ added: 1, unchanged: 1, removed: 3 });
    expect((await stored()).map(({ title }) => title)).toEqual(['D', 'E']);
    const [header = '', line = ''] = (await exported()).split('\r\n');
    expect(await send(`${header}\r\n${line.replace(',D,', ',Renamed,')}\r\n`)).toMatchObject({ changed: 1, added: 0 });
    expect((await stored()).map(({ title }) => title)).toEqual(['E', 'Renamed']);
  });

  it('brings back exactly what it gave, and no spreadsheet runs it', async () => {
    const titles = [
      '=1+1',
      '+54 351',
      '-2',
      '@SUM(A1)',
      "'=quoted",
      "''-",
      '"quotes", and; all',
      'línea\núna',
      'ñ 💈',
      '|',
      'a\tb',
    ];
    await send(
      titles.map((title, number) => ({
        title,
        author: number % 2 === 0 ? null : title,
        pages: number + 1,
        tags: number === 3 ? ['x', '=y'] : [],
      })),
    );
    const before = await stored();
    expect(before.length).toBe(titles.length);
    const file = await exported();
    expect(file).not.toMatch(/(^|,)"?[=+@]/m);
    expect(await send(file)).toMatchObject({ rows: titles.length, unchanged: titles.length, changed: 0, added: 0 });
    await at.timonel.store.pool.executeText('DELETE FROM library_desk_books');
    expect(await send(file)).toMatchObject({ added: titles.length });
    expect(await stored()).toEqual(before);
    const { body: json } = await at.call<object>('GET', `${path}/export?format=json`);
    await at.timonel.store.pool.executeText('DELETE FROM library_desk_books');
    expect(await send(json)).toMatchObject({ added: titles.length });
    expect(await stored()).toEqual(before);
    expect((await exported('?q=351')).trim().split('\r\n').length).toBe(2);
  });

  it('refuses what is no such file, in words', async () => {
    const detail = async (body: string | Buffer | object, query = '', type?: string) => (await send(body, query, type)).detail;
    expect(await detail('')).toContain('The file is empty. Its first line names fields: title, author');
    expect(await detail('title,colour\nA,red\n')).toContain('names "colour", and there is no such field. There are: title, author');
    expect(await detail('title,Título\nA,B\n')).toContain('names "title" twice');
    expect(await detail('title,pages\n"A,1\n')).toContain('The file is no CSV');
    expect(await detail('title,pages\nA,1,2\n')).toContain('line 2: the line has 3 cells, and the first line 2');
    expect(await detail('title,pages\nA,"1,5"\n')).toContain('without separators of thousands');
    expect(await detail(Buffer.from('title,pages\nA\u00f1o,1\n', 'latin1'), '?charset=utf-8')).toContain('not written in utf-8');
    expect(await detail('title,pages\nA,1\n', '?charset=klingon')).toContain('not written in klingon');
    expect(await detail('title,pages\nA\u0000,1\n')).toMatch(/null character|null byte|0x00/i);
    expect(await detail({ books: [] })).toContain('Send an array of objects');
    expect(await detail('<xml/>', '', 'application/xml')).toBeDefined();
    expect(await detail(Array.from({ length: 3 }, () => 7))).toContain('is no object');
    expect(await stored()).toEqual([]);
  });

  it('takes 100,000 rows, and no more', async () => {
    const lines = Array.from({ length: 100_000 }, (_each, number) => `Title ${number},${(number % 900) + 1}`);
    const file = `title,pages\n${lines.join('\n')}\n`;
    expect(await send(`${file}One more,1\n`)).toMatchObject({
      detail: expect.stringContaining('more than 100000 rows') as unknown,
    });
    expect(await send(file)).toMatchObject({ rows: 100_000, added: 100_000 });
    expect((await exported()).length).toBeGreaterThan(file.length);
    // The same work on both stores, and slow on one.
    if (kind === 'embedded') return;
    expect(await send(file.replace('Title 7,8', 'Title 7,9'))).toMatchObject({ changed: 1, unchanged: 99_999 });
  }, 180_000);
});
