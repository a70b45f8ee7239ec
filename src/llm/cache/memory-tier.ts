import { LRUCache } from 'lru-cache';

/** An answer as it is kept. Times in milliseconds since 1970. */
export interface Entry {
  body: string;
  contentType: string;
  model: string;
  /** What it cost, in nano-dollars. */
  cost: bigint;
  at: number;
  /** Until when it is given as it is. */
  freshUntil: number;
  /** Until when it may stand in. */
  staleUntil: number;
}

interface Held extends Entry {
  workspaceId: string;
  bytes: number;
}

interface Share {
  keys: Set<string>;
  bytes: number;
}

/** What an entry costs beside its body: the key, the fields, its places in the maps. */
const overhead = 640;

/** Answers in this process, bounded by bytes; those that nobody asked for longest go first. */
export class MemoryTier {
  readonly #entries: LRUCache<string, Held>;
  readonly #shares = new Map<string, Share>();

  constructor(limits: { bytes: number; entryBytes: number }) {
    this.#entries = new LRUCache({
      // To the library 0 is no bound; here it keeps nothing, since no entry is as small as 1.
      maxSize: Math.max(1, limits.bytes),
      maxEntrySize: Math.max(1, Math.min(limits.entryBytes, limits.bytes)),
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (held, name) => this.#forget(held, name),
    });
  }

  get(workspaceId: string, key: string): Entry | undefined {
    return this.#entries.get(`${workspaceId} ${key}`);
  }

  set(workspaceId: string, key: string, entry: Entry): void {
    const name = `${workspaceId} ${key}`;
    // A character takes two bytes at most; what a text really takes is the engine's secret.
    const bytes = entry.body.length * 2 + overhead;
    this.#entries.set(name, { ...entry, workspaceId, bytes });
    if (this.#entries.peek(name) === undefined) return;
    const share = this.#shares.get(workspaceId) ?? { keys: new Set(), bytes: 0 };
    share.keys.add(name);
    share.bytes += bytes;
    this.#shares.set(workspaceId, share);
  }

  /** @returns how many there were. */
  clear(workspaceId: string): number {
    const names = [...(this.#shares.get(workspaceId)?.keys ?? [])];
    for (const name of names) this.#entries.delete(name);
    return names.length;
  }

  /** What a workspace has here. */
  share(workspaceId: string): { entries: number; bytes: number } {
    const share = this.#shares.get(workspaceId);
    return { entries: share?.keys.size ?? 0, bytes: share?.bytes ?? 0 };
  }

  /** Workspaces that have something here. */
  workspaces(): string[] {
    return [...this.#shares.keys()];
  }

  #forget({ workspaceId, bytes }: Held, name: string): void {
    const share = this.#shares.get(workspaceId);
    if (share === undefined) return;
    share.keys.delete(name);
    share.bytes -= bytes;
    if (share.keys.size === 0) this.#shares.delete(workspaceId);
  }
}
