/** The console as browsers load it: files that a build left, with their compressed forms beside them. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ConsoleAsset {
  bytes: Buffer;
  type: string;
  encoding: 'br' | 'gzip' | undefined;
  /** Strong, of the content as it is sent. */
  etag: string;
  /** Its name holds the hash of its content. */
  hashed: boolean;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** From this file in a checkout, and from its compiled form in the package. */
const built = fileURLToPath(new URL('../../console/dist', import.meta.url));

/** Reads what is asked for when it is first asked for, and keeps it: the whole console has less than 3 MB. */
export class ConsoleAssets {
  readonly #folder: string;
  /** Paths of files, with forward slashes. */
  readonly #paths: ReadonlySet<string>;
  readonly #read = new Map<string, ConsoleAsset>();

  constructor(folder = built) {
    this.#folder = folder;
    this.#paths = new Set(
      existsSync(join(folder, 'index.html')) ? globSync('**/*.*', { cwd: folder }).map((path) => path.replaceAll(sep, '/')) : [],
    );
  }

  /** Whether there is a console to serve. */
  get built(): boolean {
    return this.#paths.size > 0;
  }

  /**
   * @param path below `/console/`, as asked for. @param accept the header `Accept-Encoding`.
   * @returns nothing where the build has no such file.
   */
  find(path: string, accept: string | undefined): ConsoleAsset | undefined {
    const type = types[extname(path)];
    if (type === undefined || !this.#paths.has(path)) return undefined;
    const encoding = /\bbr\b/.test(accept ?? '') ? 'br' : /\bgzip\b/.test(accept ?? '') ? 'gzip' : undefined;
    const file = `${path}${encoding === 'br' ? '.br' : encoding === 'gzip' ? '.gz' : ''}`;
    const compressed = this.#paths.has(file);
    return this.#asset(compressed ? file : path, type, compressed ? encoding : undefined);
  }

  #asset(file: string, type: string, encoding: ConsoleAsset['encoding']): ConsoleAsset {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const bytes = readFileSync(join(this.#folder, file));
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const asset = { bytes, type, encoding, etag, hashed: file.startsWith('assets/') };
    this.#read.set(file, asset);
    return asset;
  }
}
