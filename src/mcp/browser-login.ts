/** A sign-in with a browser of this machine: it comes back to an address on loopback, once (RFC 8252). */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { McpAuthorizer } from './sign-in.ts';

export interface BrowserLogin extends McpAuthorizer, AsyncDisposable {}

const longestMs = 300_000;
const page = (text: string) =>
  `<!doctype html><meta charset="utf-8"><title>Timonel</title><p style="font:1.2em sans-serif;margin:3em">${text}</p>`;

/**
 * @param show tells the person the address, and opens it where that can be done
 * @param options `port`: where an installation of the server knows one address only; `signal` ends the waiting
 * @throws Error where the port is taken
 */
export async function browserLogin(
  show: (url: URL) => void,
  { port = 0, signal }: { port?: number; signal?: AbortSignal } = {},
): Promise<BrowserLogin> {
  let back: (parameters: URLSearchParams) => void = () => undefined;
  let given: Promise<URLSearchParams> | undefined;
  let expected: string | null = null;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    // Other pages of the browser can reach this address too: only the answer to our question is one.
    if (
      request.method !== 'GET' ||
      url.pathname !== '/callback' ||
      url.searchParams.get('state') !== expected ||
      expected === null
    ) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(page('Ya podés volver a la terminal. · You can go back to the terminal.'));
    back(url.searchParams);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    redirectUrl: `http://127.0.0.1:${taken}/callback`,
    async authorize(url) {
      const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
      given = promise;
      back = resolve;
      expected = url.searchParams.get('state');
      const timer = setTimeout(() => reject(new Error('Nobody signed in within five minutes. Try again.')), longestMs);
      const stop = () => reject(new Error('The sign-in was cancelled.'));
      signal?.addEventListener('abort', stop, { once: true });
      try {
        show(url);
        return await given;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        expected = null;
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
