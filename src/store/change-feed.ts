/**
 * What changed in conversations, told to every process on the same database: ids only, for readers who look again at what they show. Nothing
 * depends on it: what is lost with a process that dies, or while the connection is down, is told as "anything".
 *
 * PostgreSQL's NOTIFY takes a lock that all commits share, so a busy process collects what it has to tell for a moment and sends it in one
 * statement, on the connection that it listens on: a turn takes no round trip more for it.
 */
import { publishFault } from '../faults.ts';
import type { ListeningConnection } from './listening.ts';

export const changeKinds = [
  'conversation-changed',
  'handoff-changed',
  'run-ended',
  'approval-waiting',
  'approval-decided',
  'release-changed',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface Change {
  kind: ChangeKind;
  workspaceId: string;
  conversationId?: string | undefined;
  runId?: string | undefined;
  /** Whose conversation it is: for those who see their own only, or those of some agents. Not shown. */
  startedBy?: string | undefined;
  agent?: string | undefined;
}

const channel = 'timonel_changes';
/** How long changes are collected, in milliseconds, and bytes of one notification. */
const collectMs = 40;
const mostBytes = 7_000;
/** Changes that wait for a connection; older ones are given up, and the others hear that anything may have changed. */
const mostWaiting = 5_000;

type Listener = (change: Change | 'anything') => void;

export class ChangeFeed {
  readonly #connection: ListeningConnection | undefined;
  readonly #sender: string;
  readonly #listeners = new Set<Listener>();
  #waiting: Change[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #lost = false;

  /**
   * @param connection on which other processes are heard; the embedded store has one process, and none.
   * @param sender names this process, which does not hear itself twice.
   */
  constructor(connection: ListeningConnection | undefined, sender: string) {
    this.#connection = connection;
    this.#sender = sender;
  }

  /** Begins to hear other processes. */
  open(): void {
    this.#connection?.hear(channel, {
      heard: (payload) => this.#receive(payload),
      listening: (again) => {
        if (again || this.#lost) this.hear('anything');
        void this.#send();
      },
    });
  }

  /** @returns how to stop listening. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells a change that is committed. */
  tell(change: Change): void {
    this.hear(change);
    if (this.#connection === undefined || this.#closed) return;
    if (this.#waiting.length < mostWaiting) this.#waiting.push(change);
    else this.#lost = true;
    this.#timer ??= setTimeout(() => void this.#send(), collectMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    await this.#send();
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Tells a change here only: what every process hears of by itself. */
  hear(change: Change | 'anything'): void {
    for (const listener of this.#listeners) listener(change);
  }

  async #send(): Promise<void> {
    this.#timer = undefined;
    const connection = this.#connection;
    // While it is lost they wait for the next one.
    if (connection?.connected !== true || (this.#waiting.length === 0 && !this.#lost)) return;
    const changes = this.#waiting;
    const lost = this.#lost;
    this.#waiting = [];
    this.#lost = false;
    try {
      for (const part of lots(changes)) await this.#notify(connection, part);
      if (lost) await this.#notify(connection, 'anything');
    } catch (error) {
      this.#lost = true;
      publishFault('telling of changes', error);
    }
  }

  async #notify(connection: ListeningConnection, changes: Change[] | 'anything'): Promise<void> {
    await connection.notify(channel, JSON.stringify({ from: this.#sender, changes }));
  }

  #receive(payload: string): void {
    try {
      const { from, changes } = JSON.parse(payload) as { from: string; changes: Change[] | 'anything' };
      if (from === this.#sender) return;
      if (changes === 'anything') this.hear('anything');
      else for (const change of changes) this.hear(change);
    } catch {
      this.hear('anything');
    }
  }
}

/** Lots that fit into a notification. */
function lots(changes: readonly Change[]): Change[][] {
  const all: Change[][] = [];
  let bytes = mostBytes;
  for (const change of changes) {
    const size = Buffer.byteLength(JSON.stringify(change)) + 1;
    if (bytes + size > mostBytes) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(change);
    bytes += size;
  }
  return all;
}
