import type { Wire } from './contract.ts';

/** The address of one API, cut up once: it is asked thousands of times a second. */
export function wire(url: string, headers: Readonly<Record<string, string>>): Wire {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search, headers: { 'content-type': 'application/json', ...headers } };
}

export function bearer(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}
