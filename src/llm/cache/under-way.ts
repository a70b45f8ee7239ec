/**
 * Work that is under way, by the name of what was asked: few at a time, gone with their request, and each holds all of that.
 *
 * Not in a `Map`: one that stays so small is made smaller and larger all the time, and each table that it leaves behind points to the next.
 * As soon as one of them is in the old generation, it keeps all later ones, with what was in them, from being collected with the young: 5 kB
 * of each request then stay until the next full collection (`node --trace-gc`). An object has no such tables.
 */
export class UnderWay<T> {
  readonly #entries = Object.create(null) as Record<string, T>;

  get(name: string): T | undefined {
    return this.#entries[name];
  }

  set(name: string, entry: T): void {
    this.#entries[name] = entry;
  }

  /** Where it is still this one. */
  delete(name: string, entry: T): void {
    if (this.#entries[name] === entry) delete this.#entries[name];
  }

  deleteAll(names: (name: string) => boolean): void {
    for (const name of Object.keys(this.#entries)) if (names(name)) delete this.#entries[name];
  }
}
