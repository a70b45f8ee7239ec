/** Requests to a server and to those that it names: a server of others leads nobody into this machine's network, and fills no memory. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent } from 'undici';
import { foreignLookup, isOwnAddress, ownAddressIn } from '../foreign-addresses.ts';

/** Bytes of one answer, or of one event of a stream. */
export const mostAnswerBytes = 16 * 1_048_576;

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Whether the person named a server of this machine or its network: what that one names may be there too. */
async function isNear(url: URL): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return isOwnAddress(host);
  if (/(?:^|\.)localhost\.?$/i.test(host)) return true;
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.some(({ address }) => isOwnAddress(address));
}

export interface GuardedFetch extends AsyncDisposable {
  fetch: Fetch;
}

/** @param server address that a person named */
export function guardedFetch(server: string): GuardedFetch {
  // A stream of events may be silent for as long as the server has nothing to say; each request has a time limit of its own.
  const options = { bodyTimeout: 0, connect: { timeout: 10_000 } };
  const open = new Agent(options);
  const foreign = new Agent({ ...options, connect: { timeout: 10_000, lookup: foreignLookup } });
  let near: Promise<boolean> | undefined;
  return {
    async fetch(input, init) {
      const url = new URL(input);
      near ??= isNear(new URL(server));
      const anywhere = await near;
      if (!anywhere && ownAddressIn(url) !== undefined)
        throw new TypeError(`${url.host} is an address of this machine or its network, and the server is not.`);
      const dispatcher = anywhere ? open : foreign;
      // The types of Node's own undici and of the package are told apart; what is passed on is the same.
      const response = await fetch(url, { ...init, dispatcher } as unknown as RequestInit);
      return bounded(response);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([open.destroy(), foreign.destroy()]);
    },
  };
}

function bounded(response: Response): Response {
  const { body, status, statusText, headers } = response;
  if (body === null || status < 200 || [204, 205, 304].includes(status)) return response;
  const events = headers.get('content-type')?.includes('text/event-stream') === true;
  let bytes = 0;
  let lineEnds = 0;
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (events)
          for (const byte of chunk) {
            if (byte === 10) lineEnds++;
            else if (byte !== 13) lineEnds = 0;
            bytes = lineEnds === 2 ? 0 : bytes + 1;
          }
        else bytes += chunk.length;
        if (bytes > mostAnswerBytes)
          controller.error(
            new Error(`The answer is longer than ${mostAnswerBytes / 1_048_576} MB, which is the most that is read.`),
          );
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted, { status, statusText, headers });
}
