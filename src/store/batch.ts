import { isAnswer, isDeadlock, isTransient } from './database-errors.ts';

interface Entry<Item, Result> {
  item: Item;
  resolve: (result: Result | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Puts the statements of concurrent runs into one round trip. No timer: while `lanes` batches are under way, what arrives next waits and
 * goes together. Alone a statement leaves at once; under load a batch grows to what the database is slow enough to allow.
 */
export class Batch<Item, Result> {
  readonly #send: (items: Item[]) => Promise<Map<Item, Result>>;
  readonly #lanes: number;
  readonly #largest: number;
  readonly #keyOf: (item: Item) => string;
  #underWay = 0;
  #waiting: Entry<Item, Result>[] = [];

  /**
   * @param send runs one statement for all items; an item without an entry in its answer was not carried out.
   * @param options `keyOf`: two items with the same key never share a batch, since one statement updates a row once.
   */
  constructor(
    send: (items: Item[]) => Promise<Map<Item, Result>>,
    options: { lanes: number; largest: number; keyOf: (item: Item) => string },
  ) {
    this.#send = send;
    this.#lanes = options.lanes;
    this.#largest = options.largest;
    this.#keyOf = options.keyOf;
  }

  /** Resolves to the item's result, `undefined` where the statement left it out. */
  add(item: Item): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#underWay < this.#lanes && this.#waiting.length > 0) {
      const keys = new Set<string>();
      const taken: Entry<Item, Result>[] = [];
      const left: Entry<Item, Result>[] = [];
      for (const entry of this.#waiting) {
        const key = this.#keyOf(entry.item);
        if (taken.length >= this.#largest || keys.has(key)) left.push(entry);
        else {
          keys.add(key);
          taken.push(entry);
        }
      }
      this.#waiting = left;
      this.#underWay++;
      void this.#run(taken).finally(() => {
        this.#underWay--;
        this.#flush();
      });
    }
  }

  async #run(entries: Entry<Item, Result>[], attempt = 1): Promise<void> {
    try {
      const results = await this.#send(entries.map(({ item }) => item));
      for (const { item, resolve } of entries) resolve(results.get(item));
    } catch (error) {
      // The connection broke: whether the statement was carried out is unknown, so it must not be sent again from here.
      const hopeless = (isTransient(error) && !isAnswer(error)) || (entries.length === 1 && !(isDeadlock(error) && attempt < 5));
      if (hopeless) {
        for (const entry of entries) entry.reject(error);
        return;
      }
      // One bad item must not fail its neighbours: the statement changed nothing, so each goes alone.
      for (const entry of entries) await this.#run([entry], attempt + 1);
    }
  }
}
