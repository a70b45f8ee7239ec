/**
 * From the hash of a term to its number, in typed arrays: open addressing with linear probing. A `Map` takes a heap object for each hash above 31 bits,
 * and a collection has millions of terms to look up before its first search.
 */
const free = 0xffffffff;

export class TermTable {
  #hashes = new Uint32Array(1_024);
  #ids = new Uint32Array(1_024).fill(free);
  #size = 0;

  /** Terms that it knows; they are numbered from 0. */
  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#hashes.byteLength + this.#ids.byteLength;
  }

  /** The number of a term; -1 where it has none. */
  get(hash: number): number {
    const mask = this.#ids.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const id = this.#ids[at];
      if (id === free || id === undefined) return -1;
      if (this.#hashes[at] === hash) return id;
    }
  }

  /** The number of a term, the next one where it had none. */
  add(hash: number): number {
    const mask = this.#ids.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const id = this.#ids[at];
      if (id !== free && id !== undefined) {
        if (this.#hashes[at] === hash) return id;
        continue;
      }
      this.#hashes[at] = hash;
      this.#ids[at] = this.#size;
      this.#size++;
      if (this.#size * 2 > this.#ids.length) this.#grow();
      return this.#size - 1;
    }
  }

  #grow(): void {
    const [hashes, ids] = [this.#hashes, this.#ids];
    this.#hashes = new Uint32Array(ids.length * 2);
    this.#ids = new Uint32Array(ids.length * 2).fill(free);
    const mask = this.#ids.length - 1;
    for (let from = 0; from < ids.length; from++) {
      const id = ids[from];
      if (id === free || id === undefined) continue;
      const hash = hashes[from] ?? 0;
      let at = hash & mask;
      while (this.#ids[at] !== free) at = (at + 1) & mask;
      this.#hashes[at] = hash;
      this.#ids[at] = id;
    }
  }
}
