/** Requests of agents: where they go, and what a failure says. The servers are of this machine, which counts as a foreign one where all are allowed. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OutsideClient, OutsideFault, reachesOutside } from './outside.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
    else if (request.url === '/long') response.end('x'.repeat(2_000_000));
    else if (request.url?.startsWith('/gone') === true) request.socket.destroy();
    else if (request.url !== '/silent') response.setHeader('x-kind', 'a').end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as OutsideFault,
  );

it('leaves the network of this machine alone unless it may go anywhere', async () => {
  await using client = { client: new OutsideClient({ anywhere: false }), [Symbol.asyncDispose]: () => client.client.close() };
  for (const own of [
    url,
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/',
    'https://localhost/',
    'ftp://a.example/',
    'nothing',
  ]) {
    const fault = await failure(client.client.request({ url: own }));
    expect([own, fault instanceof OutsideFault, fault?.sent]).toEqual([own, true, 'no']);
  }
});

it('tells a request that did not leave from one whose fate is unknown, follows nobody, and reads no more than it may', async () => {
  await using client = { client: new OutsideClient({ anywhere: true }), [Symbol.asyncDispose]: () => client.client.close() };
  const { client: outside } = client;
  const { status, headers, body } = await outside.request({ url });
  expect([status, headers['x-kind'], body.toString()]).toEqual([200, 'a', 'hello']);
  expect((await outside.request({ url: `${url}/moved` })).status).toBe(302);
  expect(await failure(outside.request({ url: `${url}/long` }))).toMatchObject({ sent: 'unknown' });
  expect(await failure(outside.request({ url: `${url}/gone?token=secret` }))).toMatchObject({
    sent: 'unknown',
    message: expect.not.stringContaining('secret'),
  });
  expect(await failure(outside.request({ url: `${url}/silent`, timeoutMs: 100 }))).toMatchObject({ sent: 'unknown' });
  expect(await failure(outside.request({ url: 'http://127.0.0.1:1/' }))).toMatchObject({ sent: 'no' });
});

it('opens what was sealed for its owner in its workspace only', () => {
  const key = { kid: 'a', key: new Uint8Array(32) };
  const reaches = reachesOutside({
    outside: { request: () => Promise.reject(new Error('no')) },
    publicUrl: 'https://timonel.example',
    now: () => new Date(0),
    keys: { current: () => key, all: () => [key] },
  });
  const { secrets } = reaches('one', 'hotel');
  const sealed = secrets.seal('key', 'hotel');
  expect(sealed).not.toContain('key');
  expect([secrets.open(sealed, 'hotel'), secrets.stale(sealed)]).toEqual(['key', false]);
  expect(() => secrets.open(sealed, 'other')).toThrow();
  expect(() => reaches('two', 'hotel').secrets.open(sealed, 'hotel')).toThrow();
});
