/** The text form of COPY: one row a line, its values between tabs. https://www.postgresql.org/docs/current/sql-copy.html */
import { createHash } from 'node:crypto';
import type { TableDigest } from './contract.ts';

const modulus = 1n << 256n;

/** Sums the rows of a table up, so that the same rows give the same digest in any order. */
export class RowDigest {
  #rows = 0;
  #sum = 0n;

  /** @param line a row without its line end. */
  add(line: Uint8Array): void {
    this.#rows += 1;
    this.#sum += BigInt(`0x${createHash('sha256').update(line).digest('hex')}`);
  }

  of(name: string): TableDigest {
    return { name, rows: this.#rows, digest: (this.#sum % modulus).toString(16).padStart(64, '0') };
  }
}

/** Cuts a stream of bytes into its lines, without their ends: a line end within a value is written `\n`. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);

  *lines(chunk: Uint8Array): Generator<Buffer> {
    const all = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, from)) {
      yield all.subarray(from, end);
      from = end + 1;
    }
    this.#rest = all.subarray(from);
  }

  /** Bytes after the last line end. Nothing, where the stream is whole. */
  get rest(): number {
    return this.#rest.length;
  }
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The values of a row as PostgreSQL's own input takes them; null for what is null. */
export function copiedValuesOf(line: Buffer): (string | null)[] {
  return line
    .toString('utf8')
    .split('\t')
    .map((field) => {
      if (field === '\\N') return null;
      if (!field.includes('\\')) return field;
      return field.replaceAll(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
    });
}
