/** Keeps the beginning and the end of an output, each half of the limit, and counts what is left out between them. */
export class BoundedOutput {
  readonly #half: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  readonly #tail: Buffer[] = [];
  #tailBytes = 0;
  #bytes = 0;

  constructor(most: number) {
    this.#half = Math.max(1, Math.floor(most / 2));
  }

  add(part: Buffer): void {
    this.#bytes += part.length;
    const first = part.subarray(0, this.#half - this.#headBytes);
    if (first.length > 0) {
      this.#head.push(first);
      this.#headBytes += first.length;
    }
    const rest = part.subarray(first.length);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    // Whole parts go once the rest is enough; the last one is cut at the end.
    for (
      let oldest = this.#tail[0];
      oldest !== undefined && this.#tailBytes - oldest.length >= this.#half;
      oldest = this.#tail[0]
    ) {
      this.#tail.shift();
      this.#tailBytes -= oldest.length;
    }
  }

  /** Cut at whole characters. */
  end(): { output: string; leftOutBytes: number } {
    const head = Buffer.concat(this.#head);
    const all = Buffer.concat(this.#tail);
    const tail = all.subarray(Math.max(0, all.length - this.#half));
    const left = this.#bytes - head.length - tail.length;
    if (left === 0) return { output: Buffer.concat([head, tail]).toString('utf8'), leftOutBytes: 0 };
    const before = head.subarray(0, wholeCharacters(head));
    const after = tail.subarray(firstCharacter(tail));
    const leftOutBytes = this.#bytes - before.length - after.length;
    return {
      output: `${before.toString('utf8')}\n[… ${leftOutBytes} bytes left out …]\n${after.toString('utf8')}`,
      leftOutBytes,
    };
  }
}

const continues = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

function firstCharacter(bytes: Buffer): number {
  let at = 0;
  while (at < 3 && continues(bytes[at])) at++;
  return at;
}

function wholeCharacters(bytes: Buffer): number {
  let start = bytes.length - 1;
  while (start > 0 && bytes.length - start < 4 && continues(bytes[start])) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? start : bytes.length;
}
