/** What code of agents reaches the systems of others with: requests to foreign addresses, and the secrets that they take. */
import { Agent, request } from 'undici';
import { foreignLookup, ownAddressIn } from '../foreign-addresses.ts';
import { networkErrorCode, wasNotSent } from '../network-failures.ts';
import { type AgentLinks, agentLinks } from './agent-links.ts';
import { agentPurpose, Sealer } from './sealed.ts';
import type { ServerKeys } from './secrets.ts';

export interface OutsideRequest {
  /** `GET` where absent. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `https://`; `http://` and addresses of this machine and its network only where the installation allows them. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Of the whole request, in milliseconds; 20,000 where absent, 120,000 at most. */
  timeoutMs?: number;
  /** Longest answer that is read, in bytes; 1 MiB where absent, 8 MiB at most. */
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface OutsideAnswer {
  status: number;
  /** In small letters; several of a name are joined. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** A request that was not answered. */
export class OutsideFault extends Error {
  override readonly name = 'OutsideFault';
  /** `no`: it did not leave, so that nothing happened. `unknown`: it may have been carried out. */
  readonly sent: 'no' | 'unknown';

  constructor(message: string, sent: 'no' | 'unknown', options?: ErrorOptions) {
    super(message, options);
    this.sent = sent;
  }
}

/** Requests to systems of others. Redirects are not followed, and names are looked up once, for the connection that is made. */
export interface OutsideRequests {
  /** @throws OutsideFault */
  request(request: OutsideRequest): Promise<OutsideAnswer>;
}

/** Keeps short texts that the database must not be able to read. An agent stores what `seal` gives in a table of its own. */
export interface AgentSecrets {
  /** @param owner what it belongs to, e.g. the id of the row: it opens there and nowhere else. */
  seal(text: string, owner: string): string;
  /** @throws Error where it was sealed for another owner or workspace, was changed, or the secret of the installation was replaced since */
  open(sealed: string, owner: string): string;
  /** It was sealed with the secret before the present one. Columns that `personalData` names in `sealed` are sealed anew by themselves. */
  stale(sealed: string): boolean;
}

/** Part of the contexts of tools, jobs, routes, resources and commands. */
export interface ReachesOutside {
  readonly outside: OutsideRequests;
  readonly secrets: AgentSecrets;
  readonly links: AgentLinks;
  /** Where this installation is reached from outside (`TIMONEL_PUBLIC_URL`), without a slash at the end. */
  readonly publicUrl: string;
}

/** No address was found that the request may go to. */
class FailedLookup extends Error {
  readonly code = 'ENOTFOUND';
}

const connectMs = 5_000;
const defaultMs = 20_000;
const longestMs = 120_000;
const mebibyte = 1_048_576;

/** One per process: keeps the connections. */
export class OutsideClient implements OutsideRequests {
  readonly #anywhere: boolean;
  readonly #agent: Agent;

  /** @param anywhere also `http://`, and addresses of this machine and its network. */
  constructor({ anywhere }: { anywhere: boolean }) {
    this.#anywhere = anywhere;
    const lookup: typeof foreignLookup = (host, options, done) =>
      foreignLookup(host, options, (error, ...found) => done(error === null ? null : new FailedLookup(error.message), ...found));
    this.#agent = new Agent({
      connect: { ...(anywhere ? {} : { lookup }), timeout: connectMs },
      headersTimeout: longestMs,
      bodyTimeout: longestMs,
      // A connection that the other side is about to close would leave a write in doubt.
      keepAliveTimeout: 4_000,
      connections: 32,
      pipelining: 1,
    });
  }

  async request({
    method = 'GET',
    url,
    headers,
    body,
    timeoutMs = defaultMs,
    maxBytes,
    signal,
  }: OutsideRequest): Promise<OutsideAnswer> {
    const { origin } = this.#checked(url);
    const ends = AbortSignal.timeout(Math.min(timeoutMs, longestMs));
    const most = Math.min(maxBytes ?? mebibyte, 8 * mebibyte);
    try {
      const answer = await request(url, {
        method,
        headers: { 'user-agent': 'Timonel', ...headers },
        ...(body === undefined ? {} : { body: body as string }),
        dispatcher: this.#agent,
        signal: signal === undefined ? ends : AbortSignal.any([ends, signal]),
      });
      const parts: Buffer[] = [];
      let length = 0;
      for await (const part of answer.body as AsyncIterable<Buffer>) {
        length += part.length;
        if (length > most) throw new OutsideFault(`The answer of ${origin} is longer than ${most} bytes.`, 'unknown');
        parts.push(part);
      }
      return { status: answer.statusCode, headers: flat(answer.headers), body: Buffer.concat(parts) };
    } catch (error) {
      if (error instanceof OutsideFault) throw error;
      const code = networkErrorCode(error);
      // The address may have a token in it: only its origin is told.
      throw new OutsideFault(`${origin} did not answer (${code ?? 'no answer in time'}).`, wasNotSent(code) ? 'no' : 'unknown', {
        cause: code,
      });
    }
  }

  #checked(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
      throw new OutsideFault('The address must begin with https://.', 'no');
    if (this.#anywhere) return url;
    if (url.protocol !== 'https:') throw new OutsideFault(`${url.origin} is not https://.`, 'no');
    const own = ownAddressIn(url);
    if (own !== undefined) throw new OutsideFault(`${own} is an address of this machine or its network.`, 'no');
    return url;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** What the contexts of a workspace get. */
export function reachesOutside({
  outside,
  keys,
  publicUrl,
  now,
}: {
  outside: OutsideRequests;
  publicUrl: string;
  keys: Pick<ServerKeys, 'current' | 'all'>;
  now(): Date;
}): (workspaceId: string, agent: string) => ReachesOutside {
  const sealer = new Sealer(keys, agentPurpose);
  return (workspaceId, agent) => ({
    outside,
    publicUrl,
    links: agentLinks(keys, publicUrl, now, { workspaceId, agent }),
    secrets: {
      seal: (text, owner) => sealer.seal(text, JSON.stringify([workspaceId, owner])),
      open: (sealed, owner) => sealer.open(sealed, JSON.stringify([workspaceId, owner])),
      stale: (sealed) => sealer.stale(sealed),
    },
  });
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
