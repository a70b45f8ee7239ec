import { isIPv4, isIPv6 } from 'node:net';

/**
 * Whose address it is, as far as an address can tell: an IPv4 address itself, and of an IPv6 address the /64, which one customer of a provider
 * has to themselves and can use all of (RFC 6177). Anything else is returned as it is.
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  if (!isIPv6(bare)) return address;
  const mapped = /^::ffff:([\d.]+)$/.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  const [head = '', tail] = bare.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const front = groups(head);
  const back = groups(tail ?? '');
  // A dotted end stands for two groups.
  const length = front.length + back.length + (bare.includes('.') ? 1 : 0);
  const all = tail === undefined ? front : [...front, ...Array.from({ length: 8 - length }, () => '0'), ...back];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
