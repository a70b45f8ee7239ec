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
  entries: number;
  bytes: number;
}

/** What an entry costs beside its body: the key, the fields, its places in the maps. */
const overhead = 640;

/** Answers in this process, bounded by bytes; those that nobody asked for longest go first. */
export class MemoryTier {
  readonly #entries: LRUCache<string, Held>;
  readonly #shares = new Map<string, Share>();
  /** Of one entry. */
  readonly #mostBytes: number;

  constructor(limits: { bytes: number; entryBytes: number }) {
    this.#mostBytes = Math.min(limits.entryBytes, limits.bytes);
    this.#entries = new LRUCache({
      // To the library 0 is no bound; here it keeps nothing, since no entry is as small as 1.
      maxSize: Math.max(1, limits.bytes),
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (held) => this.#forget(held),
    });
  }

  /** @param name unique among all workspaces. */
  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** @param name unique among all workspaces. */
  set(name: string, workspaceId: string, { body, contentType, model, cost, at, freshUntil, staleUntil }: Entry): void {
    // A character takes two bytes at most; what a text really takes is the engine's secret.
    const bytes = body.length * 2 + overhead;
    // The library would forget an older answer of the same name without a word.
    if (bytes > this.#mostBytes) {
      this.#entries.delete(name);
      return;
    }
    // An answer was put together from pieces, and would keep what they were cut from. Asking this makes one piece of it.
    body.isWellFormed();
    // Before the others go: what is forgotten for it must not empty the share.
    let share = this.#shares.get(workspaceId);
    if (share === undefined) {
      share = { entries: 0, bytes: 0 };
      this.#shares.set(workspaceId, share);
    }
    share.entries++;
    share.bytes += bytes;
    this.#entries.set(name, { body, contentType, model, cost, at, freshUntil, staleUntil, workspaceId, bytes });
  }

  /** Looks at all of them: it is seldom that a workspace is cleared. @returns how many there were. */
  clear(workspaceId: string): number {
    const names: string[] = [];
    for (const [name, held] of this.#entries.entries()) if (held.workspaceId === workspaceId) names.push(name);
    for (const name of names) this.#entries.delete(name);
    return names.length;
  }

  /** What a workspace has here. */
  share(workspaceId: string): { entries: number; bytes: number } {
    const share = this.#shares.get(workspaceId);
    return { entries: share?.entries ?? 0, bytes: share?.bytes ?? 0 };
  }

  /** Workspaces that have something here. */
  workspaces(): string[] {
    return [...this.#shares.keys()];
  }

  #forget({ workspaceId, bytes }: Held): void {
    const share = this.#shares.get(workspaceId);
    if (share === undefined) return;
    share.entries--;
    share.bytes -= bytes;
    if (share.entries === 0) this.#shares.delete(workspaceId);
  }
}
