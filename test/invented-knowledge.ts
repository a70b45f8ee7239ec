/** Invented passages and random vectors, the hard case: collections side by side in one workspace, for the test of searches and for its benchmark. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MetadataFilter, Passage, Strategy, VectorIndexKind } from '../src/knowledge/contract.ts';
import { packVector, unitVector } from '../src/knowledge/index/vector-index.ts';
import { storeVectors } from '../src/knowledge/rows/vectors.ts';
import { defaultWorkspace, type Timonel } from '../src/main.ts';

const perDocument = 50;
const model = 'bench/random';

export interface InventedQuestion {
  text: string;
  vector: Float32Array;
}

export class InventedKnowledge {
  /** Vectors of each collection, by passage. */
  readonly vectors = new Map<string, Map<string, Float32Array>>();
  /** By passage: the tenth of its document. */
  readonly #tenths = new Map<string, number>();
  readonly #passages: Readonly<Record<string, number>>;
  readonly #dimensions: number;
  readonly #topics: Float32Array[];
  #seed = 7;

  /**
   * @param passages how many of each collection. @param topics of vectors: each is then near three of so many, as those of texts are; without, they have
   * nothing in common, which is the hard case
   */
  constructor(passages: Readonly<Record<string, number>>, dimensions: number, topics = 0) {
    this.#passages = passages;
    this.#dimensions = dimensions;
    this.#topics = Array.from({ length: topics }, () => this.#noise());
  }

  /** Makes the collections, with documents of 50 passages, whose metadata has a `tenth` of 0 to 9. @returns their bytes, and how to put them there */
  async prepare({ knowledge }: Timonel): Promise<{ bytes: number; send(): Promise<void> }> {
    const waiting: { collection: string; key: string; bytes: Buffer; metadata: { tenth: number } }[] = [];
    for (const [collection, count] of Object.entries(this.#passages)) {
      await knowledge.create(defaultWorkspace, { name: collection, language: 'en' }, 'test');
      for (let left = count; left > 0; left -= perDocument) {
        const parts = Array.from({ length: Math.min(left, perDocument) }, (_, at) => `## Part ${at}\n\n${this.#words(100)}`);
        const metadata = { tenth: Math.ceil(left / perDocument) % 10 };
        waiting.push({ collection, key: `${left}.md`, bytes: Buffer.from(parts.join('\n\n')), metadata });
      }
    }
    const put = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        await knowledge.put(defaultWorkspace, next.collection, { ...next, mediaType: 'text/markdown' }, 'test');
    };
    return {
      bytes: waiting.reduce((sum, { bytes }) => sum + bytes.length, 0),
      // Three at a time, as `timonel knowledge add` sends them: one is cut while another is stored.
      send: async () => void (await Promise.all([put(), put(), put()])),
    };
  }

  /** Gives every passage and question a vector, in the place of a provider's. @param index where they are searched. */
  async giveVectors(
    { store, knowledge }: Timonel,
    questions: number,
    index: VectorIndexKind = 'memory',
  ): Promise<InventedQuestion[]> {
    const run = <Row>(text: string, values: unknown[]) => store.pool.executeText<Row>(text, values);
    const give = async (texts: readonly { hash: Buffer; vector: Float32Array }[]) => {
      for (let from = 0; from < texts.length; from += 500) {
        const lot = texts.slice(from, from + 500).map(({ hash, vector }) => ({ hash, vector: packVector(vector) }));
        await storeVectors(run, defaultWorkspace, model, lot, new Date());
      }
    };
    for (const collection of Object.keys(this.#passages)) {
      const chunks = await run<{ id: string; hash: Buffer; tenth: number }>(
        `SELECT c.id, c.hash, (d.metadata ->> 'tenth')::int AS tenth FROM knowledge_chunks c
         JOIN knowledge_documents d ON d.id = c.document_id JOIN knowledge_collections k ON k.id = c.collection_id
         WHERE k.workspace_id = $1 AND k.name = $2 ORDER BY c.document_id, c.ordinal`,
        [defaultWorkspace, collection],
      );
      const made = chunks.map((chunk) => ({ ...chunk, vector: this.#vector() }));
      this.vectors.set(collection, new Map(made.map(({ id, vector }) => [id, vector])));
      for (const { id, tenth } of chunks) this.#tenths.set(id, tenth);
      await give(made);
    }
    const asked = Array.from({ length: questions }, () => ({ text: this.#words(4), vector: this.#vector() }));
    await give(asked.map(({ text, vector }) => ({ hash: createHash('sha256').update(text).digest(), vector })));
    const ready = `UPDATE knowledge_collections SET vector_model = $2, vector_state = 'ready' WHERE workspace_id = $1 RETURNING name`;
    for (const { name } of await run<{ name: string }>(ready, [defaultWorkspace, model])) {
      await knowledge.update(defaultWorkspace, name, undefined, { vectorIndex: index }, 'test');
      while ((await knowledge.get(defaultWorkspace, name)).vectors.searchedIn !== index) await sleep(100);
    }
    return asked;
  }

  /** How much of the ten nearest of each question is found in a collection (1 is all), and how many passages are from elsewhere. */
  async recall(timonel: Timonel, collection: string, questions: readonly InventedQuestion[], filter?: { tenth: number }) {
    const open = [...(this.vectors.get(collection) ?? [])].filter(
      ([id]) => filter === undefined || this.#tenths.get(id) === filter.tenth,
    );
    let found = 0;
    let foreign = 0;
    for (const { text, vector } of questions) {
      const passages = await search(timonel, collection, text, 'vector', 10, filter);
      const exact = nearest(open, vector, 10);
      found += passages.filter(({ citation }) => exact.has(citation.chunkId)).length / exact.size;
      foreign += passages.filter(({ citation }) => citation.collection !== collection).length;
    }
    return { recall: found / questions.length, foreign };
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    return this.#seed / 2 ** 32;
  }

  /** Few words often, many seldom, as in a language. */
  #words(count: number): string {
    return Array.from({ length: count }, () => `w${Math.floor(30_000 * this.#random() ** 4)}x`).join(' ');
  }

  #vector(): Float32Array {
    const vector = this.#noise();
    if (this.#topics.length === 0) return vector;
    const mixed = vector.map((value) => value * 0.5);
    for (let part = 0; part < 3; part++) {
      const share = this.#random();
      const topic = this.#topics[Math.floor(this.#random() * this.#topics.length)];
      for (let at = 0; at < mixed.length; at++) mixed[at] = (mixed[at] ?? 0) + share * (topic?.[at] ?? 0);
    }
    return unitVector(mixed) ?? vector;
  }

  #noise(): Float32Array {
    const value = () => this.#random() + this.#random() + this.#random() - 1.5;
    return unitVector(Float32Array.from({ length: this.#dimensions }, value)) ?? new Float32Array();
  }
}

/** A search, with vectors: one that went by words alone throws. */
export async function search(
  { knowledge }: Timonel,
  collection: string,
  query: string,
  strategy: Strategy,
  limit: number,
  filter?: MetadataFilter,
): Promise<readonly Passage[]> {
  const asked = { query, collections: [collection], strategy, limit, filter };
  const { signal } = new AbortController();
  const { passages, degraded } = await knowledge.retrieve({ workspaceId: defaultWorkspace }, undefined, asked, signal);
  if (degraded !== null) throw new Error(degraded);
  return passages;
}

export function nearest(vectors: Iterable<[string, Float32Array]>, asked: Float32Array, most: number): Set<string> {
  const cosine = (values: Float32Array) => values.reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0);
  const scored = [...vectors].map(([id, values]) => ({ id, score: cosine(values) }));
  return new Set(
    scored
      .sort((one, other) => other.score - one.score)
      .slice(0, most)
      .map(({ id }) => id),
  );
}
