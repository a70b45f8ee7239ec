/** What answers tell browsers. */
import { type Finding, judged } from './contract.ts';

/** Paths of every kind: data, a page, what is not there, what needs a key. */
const paths = ['/health/live', '/api/v1/conversations', '/docs', '/no-such-page', '/openapi.json'];

const wanted: readonly (readonly [name: string, value: RegExp])[] = [
  ['content-security-policy', /default-src 'none'|default-src 'self'/],
  ['content-security-policy', /frame-ancestors/],
  ['x-content-type-options', /^nosniff$/],
  ['x-frame-options', /^(DENY|SAMEORIGIN)$/i],
  ['referrer-policy', /^no-referrer$/],
  ['cross-origin-resource-policy', /^(same-origin|cross-origin)$/],
];

/** @param base address of a running Timonel. With https:// it has to say that it is never spoken to without. */
export async function checkHeaders(base: string): Promise<Finding> {
  const faults: string[] = [];
  for (const path of paths) {
    const { headers } = await fetch(`${base}${path}`, { redirect: 'manual' });
    for (const [name, value] of wanted)
      if (!value.test(headers.get(name) ?? ''))
        faults.push(`${path}: ${name} is ${headers.get(name) ?? 'not there'}, not ${value.source}`);
    for (const name of ['server', 'x-powered-by']) if (headers.has(name)) faults.push(`${path}: ${name} tells what runs here`);
    if (base.startsWith('https://') && !/max-age=\d{7,}/.test(headers.get('strict-transport-security') ?? ''))
      faults.push(`${path}: strict-transport-security is not there`);
  }
  return judged(`${paths.length} paths of ${base}`, faults);
}
