/**
 * What changed, for readers who stay: one stream for each, ids and kinds only. The latest changes are kept once for all readers, each of whom
 * has nothing but a place among them, so that one who is slow costs no memory. Who fell behind them, or comes back from another process, is
 * told to look at everything again.
 */
import { LRUCache } from 'lru-cache';
import { covers, type Principal } from '../identity/principal.ts';
import type { Change, ChangeFeed, ChangeKind } from '../store/change-feed.ts';
import { askerText } from './requests.ts';

/** Changes that are kept for those who come back. */
const mostKept = 4_096;

type Kept = Change | 'anything';

/** A conversation on no connection. */
const none = Symbol('none');
type Missing = typeof none;

/** Of those conversations that are on a connection, by conversation. */
export type ConnectionsOf = (workspaceId: string, conversations: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export class ChangeStreams {
  readonly #epoch: string;
  readonly #kept: Kept[] = [];
  /** How many there were; the last one has this number. */
  #count = 0;
  #woken = Promise.withResolvers<void>();

  /** Of conversations, which keep theirs for ever. */
  readonly #connections = new LRUCache<string, string | Missing>({ max: 20_000 });
  readonly #connectionsOf: ConnectionsOf;

  /** @param connectionsOf the connections of conversations; asked only for readers who are limited to some. */
  constructor(feed: Pick<ChangeFeed, 'subscribe'>, epoch: string, connectionsOf: ConnectionsOf) {
    this.#epoch = epoch;
    this.#connectionsOf = connectionsOf;
    feed.subscribe((change) => {
      this.#kept[this.#count++ % mostKept] = change;
      const woken = this.#woken;
      this.#woken = Promise.withResolvers();
      woken.resolve();
    });
  }

  /**
   * Events as they are written, until the signal aborts: `ready` first, or `resync` where what was missed is not known here.
   * @param last the id of the last event that the reader has.
   * @param reader who reads, as they are at that moment: asked before each event.
   */
  async *read(last: string | undefined, reader: () => Principal, signal: AbortSignal): AsyncGenerator<string> {
    let at = this.#placeOf(last);
    const known = at !== undefined;
    at ??= this.#count;
    yield this.#event(at, known || last === undefined ? 'ready' : 'resync', {});
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      const woken = this.#woken.promise;
      if (at === this.#count) await Promise.race([woken, stopped]);
      if (signal.aborted) return;
      const until = this.#count;
      if (reader().connections !== undefined) await this.#learn(at, until, reader().workspaceId);
      const [text, next] = this.#since(at, until, reader());
      at = next;
      if (text !== '') yield text;
    }
  }

  /** What the reader may know of, and where it is then. */
  #since(from: number, until: number, reader: Principal): [string, number] {
    const oldest = Math.max(0, this.#count - mostKept);
    let text = from < oldest ? this.#event(oldest, 'resync', {}) : '';
    for (let at = Math.max(from, oldest); at < until; at++) {
      const change = this.#kept[at % mostKept];
      if (change === undefined) continue;
      if (change === 'anything') text += this.#event(at + 1, 'resync', {});
      else if (sees(reader, change, this.#connections.get(change.conversationId ?? ''))) {
        const { kind, conversationId, runId } = change;
        text += this.#event(at + 1, kind, { conversationId, runId });
      }
    }
    return [text, until];
  }

  /** Looks up the connections of conversations that changed. */
  async #learn(from: number, until: number, workspaceId: string): Promise<void> {
    const unknown = new Set<string>();
    for (let at = Math.max(from, this.#count - mostKept, 0); at < until; at++) {
      const change = this.#kept[at % mostKept];
      if (change === undefined || change === 'anything' || change.workspaceId !== workspaceId) continue;
      const { conversationId } = change;
      if (conversationId !== undefined && !this.#connections.has(conversationId)) unknown.add(conversationId);
    }
    if (unknown.size === 0) return;
    const found = await this.#connectionsOf(workspaceId, [...unknown]);
    for (const id of unknown) this.#connections.set(id, found.get(id) ?? none);
  }

  #placeOf(last: string | undefined): number | undefined {
    const [, epoch, number] = /^([\w-]{1,40})\.(\d{1,12})$/.exec(last ?? '') ?? [];
    const place = Number(number);
    return epoch === this.#epoch && place <= this.#count && place >= this.#count - mostKept ? place : undefined;
  }

  #event(number: number, event: ChangeKind | 'ready' | 'resync', data: object): string {
    return `id: ${this.#epoch}.${number}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

/** @param connection of the conversation. Whether somebody may know that this changed. */
export function sees(reader: Principal, change: Change, connection?: string | Missing): boolean {
  const { permissions } = reader;
  if (change.workspaceId !== reader.workspaceId) return false;
  if (change.kind === 'visitor-answered') return false;
  if (change.kind === 'release-changed') return permissions.has('releases:read');
  const connectionId = connection === none ? undefined : connection;
  if (!covers(reader, { agent: change.agent, connectionId })) return false;
  if (change.kind === 'handoff-changed') return permissions.has('conversations:reply');
  if (change.kind === 'approval-waiting' || change.kind === 'approval-decided') return permissions.has('runs:decide');
  return (
    permissions.has('conversations:read') && (permissions.has('conversations:read-all') || change.startedBy === askerText(reader))
  );
}
