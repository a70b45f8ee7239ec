import { posix } from 'node:path';

const endings = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx', '.json', '/index.ts', '/index.js', '/index.mjs'];

/** Which files of the project a text imports, as far as its import statements say. A name that ends in `.js` may be a TypeScript file. */
export function scriptImports(path: string, text: string, paths: readonly string[]): string[] {
  const all = new Set(paths);
  const found = new Set<string>();
  for (const [, name = ''] of text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"](\.{1,2}\/?[^'"\n]*)['"]/g)) {
    const place = posix.normalize(posix.join(posix.dirname(path), name)).replace(/\/$/, '');
    const plain = place.replace(/\.([mc]?)jsx?$/, '');
    const hit = [
      ...endings.map((ending) => place + ending),
      ...(plain === place ? [] : ['.ts', '.tsx', '.mts', '.cts'].map((ending) => plain + ending)),
    ].find((each) => all.has(each));
    if (hit !== undefined) found.add(hit);
  }
  return [...found];
}
