/**
 * One page of the web: from an address of somebody else, where its robots.txt allows it, in bounded time and size, with nothing that the page names.
 * Redirects are followed by hand, since each leads to another address.
 */
import { LRUCache } from 'lru-cache';
import robotsParser from 'robots-parser';
import { Agent, request } from 'undici';
import { messageOf, TimonelError } from '../../errors.ts';
import { foreignLookup, ownAddressIn } from '../../foreign-addresses.ts';

export interface PageFetcherSettings {
  /** Largest page, in bytes. */
  mostBytes: number;
  /** Also addresses of this machine and its network. */
  privateAddresses: boolean;
}

/** What the last answer said of its version. */
export interface PageVersion {
  etag: string | null;
  lastModified: string | null;
}

export type FetchedPage =
  | { kind: 'unchanged' }
  | ({ kind: 'page'; bytes: Uint8Array; mediaType: string | undefined; charset: string | undefined } & PageVersion);

/** Of a page with its redirects, in milliseconds. */
const longestMs = 30_000;
const mostRedirects = 5;
/** What RFC 9309 has a reader take of a robots.txt at least. */
const longestRobots = 512_000;
const userAgent = 'Timonel-Knowledge';
const hourMs = 3_600_000;

/** Its types speak of an ES module, which it is not. */
const readRobots = robotsParser as unknown as (url: string, text: string) => Robots;

type Robots = { isAllowed(url: string, agent?: string): boolean | undefined };

export class PageFetcher {
  readonly #settings: PageFetcherSettings;
  readonly #agent: Agent;
  /** By origin; `null` where it could not be read, and nothing is allowed. */
  readonly #robots = new LRUCache<string, { rules: Robots | null }>({ max: 1_000, ttl: hourMs });

  constructor(settings: PageFetcherSettings) {
    this.#settings = settings;
    const lookup = settings.privateAddresses ? {} : { lookup: foreignLookup };
    this.#agent = new Agent({
      connect: { ...lookup, timeout: 10_000 },
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
      connections: 2,
    });
  }

  /** @param known the version that is there: the same one is not read again. @throws TimonelError `page_unavailable`, `payload_too_large` */
  async fetch(address: string, known: PageVersion, signal: AbortSignal): Promise<FetchedPage> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    try {
      let url = pageAddress(address);
      for (let redirects = 0; ; redirects++) {
        this.#requireForeign(url);
        if (!(await this.#isAllowed(url, limit))) throw unavailable(url, 'its robots.txt does not allow it');
        const answer = await this.#get(url, conditions(known), limit, this.#settings.mostBytes);
        if (answer.status === 304) return { kind: 'unchanged' };
        if (answer.location !== undefined && answer.status >= 300 && answer.status < 400) {
          if (redirects === mostRedirects) throw unavailable(url, `it redirects more than ${mostRedirects} times`);
          url = pageAddress(new URL(answer.location, url).href);
          continue;
        }
        if (answer.status !== 200) throw unavailable(url, `it answers with the status ${answer.status}`);
        const { bytes, type, etag, lastModified } = answer;
        const [mediaType] = type?.split(';') ?? [];
        return {
          kind: 'page',
          bytes,
          mediaType: mediaType?.trim(),
          charset: /charset="?([\w-]{1,40})/i.exec(type ?? '')?.[1],
          etag,
          lastModified,
        };
      }
    } catch (error) {
      if (error instanceof TimonelError) throw error;
      throw unavailable(new URL(address), messageOf(error), error);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #requireForeign(url: URL): void {
    if (!this.#settings.privateAddresses && ownAddressIn(url) !== undefined)
      throw unavailable(
        url,
        'it is at an address of this machine or its network, which TIMONEL_KNOWLEDGE_PRIVATE_ADDRESSES=true allows',
      );
  }

  async #isAllowed(url: URL, signal: AbortSignal): Promise<boolean> {
    let known = this.#robots.get(url.origin);
    if (known === undefined) {
      known = { rules: await this.#rulesOf(url.origin, signal) };
      this.#robots.set(url.origin, known);
    }
    return known.rules !== null && known.rules.isAllowed(url.href, userAgent) !== false;
  }

  /** As RFC 9309 has it: a site without the file allows everything, one that cannot be asked allows nothing. */
  async #rulesOf(origin: string, signal: AbortSignal): Promise<Robots | null> {
    let url = new URL('/robots.txt', origin);
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      this.#requireForeign(url);
      const { status, location, bytes } = await this.#get(url, {}, signal, longestRobots);
      if (location !== undefined && status >= 300 && status < 400) url = pageAddress(new URL(location, url).href);
      else if (status >= 500) return null;
      else return readRobots(`${origin}/robots.txt`, status === 200 ? new TextDecoder().decode(bytes) : '');
    }
    return null;
  }

  async #get(url: URL, headers: Record<string, string>, signal: AbortSignal, mostBytes: number) {
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(url, {
      dispatcher: this.#agent,
      signal,
      // Nothing is unpacked: a small answer stays small.
      headers: {
        'user-agent': userAgent,
        accept: 'text/html, text/*, application/pdf, */*;q=0.1',
        'accept-encoding': 'identity',
        ...headers,
      },
    });
    const header = (name: string) => (typeof answered[name] === 'string' ? answered[name] : undefined);
    const version = { etag: header('etag') ?? null, lastModified: header('last-modified') ?? null };
    const rest = { status: statusCode, location: header('location'), type: header('content-type'), ...version };
    if (statusCode !== 200) {
      await body.dump({ limit: 16_384, signal }).catch(() => {});
      return { ...rest, bytes: new Uint8Array() };
    }
    const encoding = header('content-encoding') ?? 'identity';
    const parts: Buffer[] = [];
    let size = 0;
    try {
      if (encoding !== 'identity') throw unavailable(url, `it is sent packed (${encoding}), though it was asked for as it is`);
      for await (const part of body as AsyncIterable<Buffer>) {
        size += part.length;
        if (size > mostBytes) throw new TimonelError('payload_too_large', `The page ${url.href} has more than ${mostBytes} bytes.`);
        parts.push(part);
      }
    } catch (error) {
      body.destroy();
      throw error;
    }
    return { ...rest, bytes: Buffer.concat(parts) };
  }
}

/** @throws TimonelError `invalid_request` */
export function pageAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new TimonelError(
      'invalid_request',
      `"${text.slice(0, 200)}" is no address of a page. Take one like https://example.com/help, without a password.`,
    );
  url.hash = '';
  return url;
}

function conditions({ etag, lastModified }: PageVersion): Record<string, string> {
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

function unavailable(url: URL, why: string, cause?: unknown): TimonelError {
  return new TimonelError('page_unavailable', `The page ${url.origin}${url.pathname} was not read: ${why}.`, { cause });
}
