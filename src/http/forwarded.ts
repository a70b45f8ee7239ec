/** Which proxies are believed when they say whom a request comes from. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { single } from './single-header.ts';

const listOf = new WeakMap<readonly string[], BlockList>();

/** @param trusted addresses and CIDR ranges. */
export function isTrusted(trusted: readonly string[], peer: string): boolean {
  const address = withoutMapping(peer);
  if (isIP(address) === 0) return false;
  let proxies = listOf.get(trusted);
  if (proxies === undefined) {
    proxies = readRanges(trusted);
    listOf.set(trusted, proxies);
  }
  return proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The address of the client: the last one that no trusted proxy has. As the framework finds it, for requests that do not go through it. */
export function clientOf({ headers, socket }: IncomingMessage, trusted: readonly string[]): string {
  let client = socket.remoteAddress ?? '';
  const forwarded = single(headers['x-forwarded-for'])?.split(',') ?? [];
  for (let hop = forwarded.pop(); hop !== undefined && isTrusted(trusted, client); hop = forwarded.pop()) client = hop.trim();
  return client;
}

/**
 * Tells once that a peer which is no trusted proxy sends `X-Forwarded-For`. Mostly that is a proxy that was not named: then everybody behind
 * it has its address, and shares its limits.
 */
export function watchForwarded(trusted: readonly string[], tell: (peer: string) => void): (request: IncomingMessage) => void {
  let told = false;
  return ({ headers, socket }) => {
    if (told || headers['x-forwarded-for'] === undefined || socket.remoteAddress === undefined) return;
    if (isTrusted(trusted, socket.remoteAddress)) return;
    told = true;
    tell(withoutMapping(socket.remoteAddress));
  };
}

function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

function readRanges(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
