/**
 * What a visitor sees, as it comes: their messages from the inbox, those for them from the outbox, and who answers. A stream holds a place in both
 * and asks once for what came after it, whenever something of the visitor changed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import type { Change, ChangeFeed } from '../../store/change-feed.ts';
import type { DatabasePool, Statement } from '../../store/database.ts';
import type { LocationPart, MediaPart } from '../../vocabulary.ts';
import type { Connections } from '../connections.ts';
import type { IncomingContent, OpenConnection, OutgoingContent } from '../contract.ts';

/** A message as the widget shows it. */
export interface ShownMessage {
  id: string;
  from: 'visitor' | 'agent' | 'person';
  text: string;
  options?: string[];
  parts?: ({ type: MediaPart['type']; name: string; mediaType: string; bytes: number; url?: string } | LocationPart)[];
  /** ISO 8601. */
  at: string;
}

interface SinceRow {
  heard: { id: number; external: string | null; content: Partial<IncomingContent>; at: string }[] | null;
  said: { sequence: number; id: string; by: string; content: OutgoingContent; at: string }[] | null;
  conversation: string | null;
  handler: 'agent' | 'person' | null;
  working: boolean | null;
}

/** Places in the inbox and in the outbox. */
interface Place {
  heard: number;
  said: number;
}

const sinceStatement: Statement = {
  name: 'web-visitor-since',
  text: `
    WITH who AS (
      SELECT contact_id FROM channel_addresses WHERE workspace_id = $1 AND kind = 'web' AND canonical = $3
    ), thread AS (
      SELECT t.conversation_id AS id FROM channel_threads t JOIN who USING (contact_id) WHERE t.workspace_id = $1 AND t.connection_id = $2
    )
    SELECT
      (SELECT json_agg(h ORDER BY h.id) FROM (
         SELECT i.id, i.external_id AS external, i.content, i.received_at AS at FROM channel_inbox i JOIN who USING (contact_id)
         WHERE i.workspace_id = $1 AND i.connection_id = $2 AND i.id > $4::bigint AND i.external_id IS NOT NULL ORDER BY i.id DESC LIMIT ${50}) h) AS heard,
      (SELECT json_agg(s ORDER BY s.sequence) FROM (
         SELECT d.sequence, d.id, d.said_by AS by, d.content, d.created_at AS at FROM channel_deliveries d JOIN who USING (contact_id)
         WHERE d.workspace_id = $1 AND d.connection_id = $2 AND d.sequence > $5::bigint AND d.state = 'sent' AND d.parts > 0
         ORDER BY d.sequence DESC LIMIT ${50}) s) AS said,
      (SELECT id FROM thread) AS conversation,
      (SELECT c.handler FROM conversations c JOIN thread USING (id) WHERE c.workspace_id = $1) AS handler,
      EXISTS (SELECT FROM runs r JOIN thread ON r.conversation_id = thread.id WHERE r.workspace_id = $1 AND r.status IN ('queued', 'running')) AS working`,
};

/** How long a stream goes without looking where nothing was told, in milliseconds: notices may be lost. */
const lookEveryMs = 30_000;
/** For how long a link to a file is good. */
const linkMs = 86_400_000;

export interface VisitorStreamsDependencies {
  pool: DatabasePool;
  connections: Connections;
  feed: Pick<ChangeFeed, 'subscribe'>;
  artifacts: Pick<Artifacts, 'linkTo'>;
}

export class VisitorStreams {
  readonly #dependencies: VisitorStreamsDependencies;
  /** Who waits, by visitor, connection and conversation. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #unsubscribe: () => void;

  constructor(dependencies: VisitorStreamsDependencies) {
    this.#dependencies = dependencies;
    this.#unsubscribe = dependencies.feed.subscribe((change) => this.#changed(change));
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Something of a visitor, a connection or a conversation is to be seen. */
  wake(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }

  /** Events as they are written, until the signal aborts or the connection is disabled. @param last the id of the last one that the visitor has. */
  async *read(connection: OpenConnection, visitor: string, last: string | undefined, signal: AbortSignal): AsyncGenerator<string> {
    const place = placeOf(last);
    let told = '';
    let conversation: string | undefined;
    yield 'retry: 2000\n\n';
    while (!signal.aborted && this.#dependencies.connections.find(connection.id) !== undefined) {
      // Waited for before it is asked: what comes meanwhile is not missed.
      const woken = this.#woken([visitor, connection.id, ...(conversation === undefined ? [] : [conversation])], signal);
      const [row] = await this.#dependencies.pool.execute<SinceRow>(sinceStatement, [
        connection.workspaceId,
        connection.id,
        visitor,
        place.heard,
        place.said,
      ]);
      if (row === undefined) return;
      yield* this.#messages(row, place);
      const state = JSON.stringify({ handler: row.handler ?? 'agent', working: row.working === true });
      if (state !== told) yield `event: state\ndata: ${state}\n\n`;
      told = state;
      const known = conversation;
      conversation = row.conversation ?? undefined;
      // A conversation that began meanwhile is listened to from now on.
      if (conversation === known) await woken.something;
      woken.stop();
    }
  }

  *#messages({ heard, said }: SinceRow, place: Place): Generator<string> {
    const all = [
      ...(heard ?? []).map((each) => ({ at: Date.parse(each.at), heard: each })),
      ...(said ?? []).map((each) => ({ at: Date.parse(each.at), said: each })),
    ].sort((one, other) => one.at - other.at);
    for (const each of all) {
      let message: ShownMessage | undefined;
      if ('heard' in each) {
        place.heard = Math.max(place.heard, each.heard.id);
        message = heardMessage(each.heard);
      } else {
        place.said = Math.max(place.said, each.said.sequence);
        message = this.#saidMessage(each.said);
      }
      if (message !== undefined) yield `id: ${place.heard}-${place.said}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`;
    }
  }

  #saidMessage({ id, by, content, at }: NonNullable<SinceRow['said']>[number]): ShownMessage {
    const parts = (content.parts ?? []).map((part) => {
      if (part.type === 'location') return part;
      const { type, artifact, name, mediaType, bytes } = part;
      return { type, name, mediaType, bytes, url: this.#dependencies.artifacts.linkTo({ id: artifact }, linkMs) };
    });
    return {
      id,
      from: by === 'person' ? 'person' : 'agent',
      text: content.text,
      ...(content.options === undefined ? {} : { options: content.options }),
      ...(parts.length === 0 ? {} : { parts }),
      at: new Date(at).toISOString(),
    };
  }

  #woken(keys: readonly string[], signal: AbortSignal): { something: Promise<void>; stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = new AbortController();
    for (const key of keys) {
      const waiting = this.#waiting.get(key) ?? new Set();
      waiting.add(resolve);
      this.#waiting.set(key, waiting);
    }
    const timer = sleep(lookEveryMs, undefined, { signal: AbortSignal.any([signal, stop.signal]), ref: false }).catch(() => {});
    return {
      something: Promise.race([promise, timer]),
      stop: () => {
        stop.abort();
        for (const key of keys) {
          const waiting = this.#waiting.get(key);
          waiting?.delete(resolve);
          if (waiting?.size === 0) this.#waiting.delete(key);
        }
      },
    };
  }

  #changed(change: Change | 'anything'): void {
    if (change === 'anything') for (const key of this.#waiting.keys()) this.wake(key);
    else if (change.conversationId !== undefined) this.wake(change.conversationId);
    if (change !== 'anything' && change.visitor !== undefined) this.wake(change.visitor);
  }
}

function heardMessage({ external, content, at }: NonNullable<SinceRow['heard']>[number]): ShownMessage | undefined {
  if (external === null || content.text === undefined) return undefined;
  const { media } = content;
  const shown = media && { type: media.type, name: media.name, mediaType: media.mediaType ?? '', bytes: 0 };
  return {
    id: external.slice(external.indexOf('/') + 1),
    from: 'visitor',
    text: content.text,
    ...(shown === undefined ? {} : { parts: [shown] }),
    at: new Date(at).toISOString(),
  };
}

function placeOf(last: string | undefined): Place {
  const [, heard, said] = /^(\d{1,15})-(\d{1,15})$/.exec(last ?? '') ?? [];
  return { heard: Number(heard ?? 0), said: Number(said ?? 0) };
}
