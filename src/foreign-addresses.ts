/** Which addresses requests of a workspace may go to: those of others, not of this machine and its network. */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What is no address of somebody else: this machine, its network, and what only routers and clouds use. */
const ownAddresses = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  ownAddresses.addSubnet(address, bits, 'ipv4');
  ownAddresses.addSubnet(`::ffff:${address}`, 96 + bits, 'ipv6');
}
for (const [address, bits] of [
  ['::', 96],
  // Addresses of IPv4 in those of IPv6, which a gateway would open: NAT64, Teredo, 6to4.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  ownAddresses.addSubnet(address, bits, 'ipv6');

export function isOwnAddress(address: string): boolean {
  return ownAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Resolves a name once, for the connection that is being made: what was looked at is what is connected to, so that a name which means another
 * address a moment later is of no use. A name with one own address among others is refused.
 */
export const foreignLookup: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    const refused = found?.find(({ address }) => isOwnAddress(address));
    const [first] = found ?? [];
    if (error !== null || refused !== undefined || first === undefined)
      done(error ?? new Error(`${host} is an address of this machine or its network.`), '');
    else if (options.all === true) done(null, found);
    else done(null, first.address, first.family);
  });
};

/** The address in a URL where that is an own one; a name is looked at when it is looked up. */
export function ownAddressIn(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && isOwnAddress(host) ? host : undefined;
}
