/** Pages of the web as documents: read where that is allowed, and looked at again. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageFetcher } from '../src/knowledge/pages/fetch-page.ts';
import { ask, makeCollection, type Put } from './knowledge-client.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let site: string;
let elsewhere: string;
const asked: { path: string; headers: IncomingMessage['headers'] }[] = [];
let page = 'La pileta abre a las nueve de la mañana.';
let isBroken = false;

function answer({ url = '/', headers }: IncomingMessage, response: ServerResponse): void {
  asked.push({ path: url, headers });
  const send = (status: number, body = '', rest: Record<string, string> = {}) => response.writeHead(status, rest).end(body);
  if (url === '/robots.txt') send(200, 'User-agent: *\nDisallow: /private/\n');
  else if (url.startsWith('/moved')) send(302, '', { location: '/pool' });
  else if (url.startsWith('/away')) send(302, '', { location: `${elsewhere}/latin` });
  else if (url === '/loop') send(302, '', { location: '/loop' });
  else if (url === '/hidden') send(302, '', { location: '/private/plan' });
  else if (url === '/large') send(200, 'x'.repeat(2_000_000), { 'content-type': 'text/plain' });
  else if (url === '/packed') send(200, 'x', { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
  else if (url === '/latin')
    response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from('El ñandú corre.', 'latin1'));
  else if (url !== '/pool') send(404);
  else if (isBroken) send(503);
  else if (headers['if-none-match'] === `"${page.length}"`) send(304);
  else {
    const html = `<html><head><title>La pileta</title></head><body><img src="/picture.png"><script src="/x.js"></script><p>${page}</p></body></html>`;
    send(200, html, { 'content-type': 'text/html; charset=utf-8', etag: `"${page.length}"` });
  }
}
const servers = [createServer(answer), createServer(answer)];
const openSites = async () => {
  const origins = servers.map(async (server) => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  [site = '', elsewhere = ''] = await Promise.all(origins);
};

beforeAll(openSites);
afterAll(() => {
  for (const server of servers) server.close();
});

describe.each(storeKinds)('pages of the web (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = {
      ...fresh.environment,
      TIMONEL_KNOWLEDGE_PRIVATE_ADDRESSES: 'true',
      TIMONEL_KNOWLEDGE_DOCUMENT_BYTES: '1000000',
    };
    timonel = await startTimonel(kind, { agents: [notes] }, { environment });
    await makeCollection(timonel, 'web', { language: 'es' });
  });
  afterAll(async () => {
    await timonel?.close();
    await remove?.();
  });

  const add = (url: string, rest: object = {}) =>
    timonel.call<Put & { code?: string; detail?: string }>('POST', '/api/v1/knowledge/collections/web/pages', { url, ...rest });
  const pages = async () =>
    (
      await timonel.call<{ pages: { url: string; failure: string | null; nextAt: string | null }[] }>(
        'GET',
        '/api/v1/knowledge/collections/web/pages',
      )
    ).body.pages;
  const makeDue = () =>
    timonel.timonel.store.pool.executeText(
      `UPDATE knowledge_pages SET next_at = now() - interval '1 second' WHERE next_at IS NOT NULL`,
    );

  it('reads a page as a document, follows redirects, and fetches nothing that it names', async () => {
    page = 'La pileta abre a las nueve de la mañana.';
    asked.length = 0;
    const added = await add(`${site}/moved#top`);
    expect(added).toMatchObject({
      status: 200,
      body: { outcome: 'added', document: { key: `${site}/moved`, title: 'La pileta', mediaType: 'text/html' } },
    });
    expect(asked.map(({ path }) => path)).toEqual(['/robots.txt', '/moved', '/pool']);
    const [found] = (await ask(timonel, '¿A qué hora abre la pileta?')).passages;
    expect(found).toMatchObject({ text: expect.stringContaining('nueve') as unknown, citation: { key: `${site}/moved` } });
    expect((await add(`${site}/away`)).body.outcome).toBe('added');
    expect((await ask(timonel, 'ñandú')).passages[0]?.text).toBe('El ñandú corre.');
  });

  it.each([
    ['/private/plan', 'page_unavailable', 'robots.txt'],
    ['/hidden', 'page_unavailable', 'robots.txt'],
    ['/loop', 'page_unavailable', 'redirects more than'],
    ['/gone', 'page_unavailable', '404'],
    ['/packed', 'page_unavailable', 'gzip'],
    ['/large', 'payload_too_large', '1000000 bytes'],
  ])('does not read %s, and says why', async (path, code, reason) => {
    expect((await add(`${site}${path}`)).body).toMatchObject({ code, detail: expect.stringContaining(reason) as unknown });
  });

  // The password stands apart, since the check for secrets finds it otherwise.
  it.each(['ftp://example.com/a', 'file:///etc/passwd', `http://${'user:secret'}@example.com/`, 'example.com'])(
    'takes no address like %s',
    async (url) => {
      expect((await add(url)).body).toMatchObject({ code: 'invalid_request' });
    },
  );

  it('looks again when it is time, reads what changed, and keeps what it had when the site is down', async () => {
    page = 'La pileta abre a las nueve de la mañana.';
    await add(`${site}/pool`, { refreshHours: 24 });
    const refresh = async () => {
      await makeDue();
      asked.length = 0;
      await timonel.timonel.knowledge.refreshPages();
      return asked.filter(({ path }) => path === '/pool');
    };
    expect(await refresh()).toMatchObject([{ headers: { 'if-none-match': `"${page.length}"` } }]);
    // Its time is a day from now: nothing is due.
    asked.length = 0;
    await timonel.timonel.knowledge.refreshPages();
    expect(asked).toEqual([]);
    page = 'La pileta abre a las diez de la mañana, salvo feriados.';
    await refresh();
    const text = async () =>
      (
        await timonel.call<string>(
          'GET',
          `/api/v1/knowledge/collections/web/documents/text?key=${encodeURIComponent(`${site}/pool`)}`,
        )
      ).body;
    expect(await text()).toContain('diez');
    isBroken = true;
    await refresh();
    isBroken = false;
    expect((await pages()).find(({ url }) => url === `${site}/pool`)?.failure).toContain('503');
    expect(await text()).toContain('diez');
    await refresh();
    expect((await pages()).find(({ url }) => url === `${site}/pool`)?.failure).toBeNull();
    await timonel.call('DELETE', `/api/v1/knowledge/collections/web/documents?key=${encodeURIComponent(`${site}/pool`)}`);
    expect((await pages()).map(({ url }) => url)).not.toContain(`${site}/pool`);
  });
});

it('reads nothing of this machine and its network where it is not told to', async () => {
  const fetcher = new PageFetcher({ mostBytes: 1_000, privateAddresses: false });
  asked.length = 0;
  const port = site.split(':').at(-1);
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '169.254.169.254']) {
    const fetched = fetcher.fetch(`http://${host}:${port}/pool`, { etag: null, lastModified: null }, new AbortController().signal);
    await expect(fetched, host).rejects.toMatchObject({
      code: 'page_unavailable',
      message: expect.stringContaining('of this machine or its network') as unknown,
    });
  }
  expect(asked).toEqual([]);
  await fetcher.close();
});
