/** The least that a proxy in Node can be: node:http in, an undici pool out, nothing looked at. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const upstream = new URL(process.argv[2] ?? '');
const pool = new Pool(upstream.origin, { connections: 128 });

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const headers = { 'content-type': 'application/json' };
    const path = (request.url ?? '').replace('/v1', upstream.pathname);
    pool
      .stream({ method: 'POST', path, headers, body: Buffer.concat(parts) }, ({ statusCode, headers: answered }) => {
        response.writeHead(statusCode, { 'content-type': String(answered['content-type']) });
        return response;
      })
      .catch((error: Error) => response.destroy(error));
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
