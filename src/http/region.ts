import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { Settings } from '../config.ts';
import { single } from './requests.ts';

export type RegionSettings = Pick<Settings, 'regionHeader' | 'trustedProxies'>;

const listOf = new WeakMap<readonly string[], BlockList>();

/** Where a request comes from, as a trusted proxy says; whoever connects by themselves is not believed. */
export function regionOf(request: IncomingMessage, { regionHeader, trustedProxies }: RegionSettings): string | undefined {
  if (regionHeader === undefined) return undefined;
  const region = single(request.headers[regionHeader]);
  const { remoteAddress } = request.socket;
  if (region === undefined || region.length > 200 || remoteAddress === undefined) return undefined;
  let proxies = listOf.get(trustedProxies);
  if (proxies === undefined) {
    proxies = readRanges(trustedProxies);
    listOf.set(trustedProxies, proxies);
  }
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
  return proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') ? region : undefined;
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
