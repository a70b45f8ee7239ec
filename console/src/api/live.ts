/**
 * What changes in the workspace, as it changes: one stream for each page. When it is lost it is opened again, and everything that was read is
 * read anew, so that nothing is missed and nobody reloads. A page that nobody looks at lets its stream go: browsers open six to a server at most.
 */
import { useSyncExternalStore } from 'react';
import { refreshed } from './client.ts';
import { invalidate, queries } from './queries.ts';

export type Connection = 'connecting' | 'live' | 'lost';

/** Operations whose answers an event changes. */
const touched: Record<string, readonly string[]> = {
  'conversation-changed': [
    'GET /api/v1/conversations',
    'GET /api/v1/conversations/{id}',
    'GET /api/v1/conversations/{id}/messages',
    'GET /api/v1/conversations/{id}/notes',
  ],
  'handoff-changed': [
    'GET /api/v1/handoffs',
    'GET /api/v1/conversations',
    'GET /api/v1/conversations/{id}',
    'GET /api/v1/conversations/{id}/handoffs',
  ],
  'run-ended': ['GET /api/v1/runs', 'GET /api/v1/runs/{id}', 'GET /api/v1/runs/{id}/steps', 'GET /api/v1/conversations/{id}'],
  'approval-waiting': ['GET /api/v1/approvals', 'GET /api/v1/runs/{id}', 'GET /api/v1/runs', 'GET /api/v1/handoffs'],
  'approval-decided': ['GET /api/v1/approvals', 'GET /api/v1/runs/{id}', 'GET /api/v1/runs', 'GET /api/v1/handoffs'],
  'release-changed': ['GET /api/v1/releases', 'GET /api/v1/releases/{id}', 'GET /api/v1/releases/{id}/history'],
};

/** Changes that come together are read once. */
const gatherMs = 200;
const hiddenMs = 60_000;
const longestPauseMs = 15_000;

let connection: Connection = 'connecting';
const listeners = new Set<() => void>();
let source: EventSource | undefined;
let attempts = 0;
let opened = false;
let again: ReturnType<typeof setTimeout> | undefined;
let letGo: ReturnType<typeof setTimeout> | undefined;
let gathering: ReturnType<typeof setTimeout> | undefined;
const gathered = new Set<string>();

let listening = false;
let following = false;

/** Begins to follow. */
export function followChanges(): void {
  following = true;
  open();
  if (listening) return;
  listening = true;
  window.addEventListener('online', () => reopen(0));
  window.addEventListener('offline', () => following && fail());
  document.addEventListener('visibilitychange', () => {
    clearTimeout(letGo);
    if (document.visibilityState === 'hidden') letGo = setTimeout(close, hiddenMs);
    else if (source === undefined) reopen(0);
  });
}

/** Ends it: nobody is signed in any more. */
export function stopFollowing(): void {
  following = false;
  clearTimeout(again);
  close();
  set('connecting');
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}

function open(): void {
  close();
  const stream = new EventSource('/api/v1/events');
  source = stream;
  const begun = () => {
    // What happened meanwhile is not known here.
    if (opened) void queries.invalidateQueries();
    opened = true;
    attempts = 0;
    set('live');
  };
  stream.addEventListener('ready', begun);
  stream.addEventListener('resync', () => {
    opened = true;
    begun();
  });
  for (const kind of Object.keys(touched)) stream.addEventListener(kind, () => gather(kind));
  stream.addEventListener('error', () => {
    if (stream === source) fail();
  });
}

function close(): void {
  source?.close();
  source = undefined;
}

function fail(): void {
  close();
  set('lost');
  attempts += 1;
  const pause = Math.min(longestPauseMs, 500 * 2 ** Math.min(attempts, 6));
  reopen(pause * (0.5 + Math.random() / 2));
}

function reopen(afterMs: number): void {
  clearTimeout(again);
  if (!following) return;
  again = setTimeout(async () => {
    // Where the session expired the stream is refused without a word.
    if (attempts > 1 && !(await refreshed().catch(() => true))) return;
    open();
  }, afterMs);
}

function gather(kind: string): void {
  for (const name of touched[kind] ?? []) gathered.add(name);
  if (gathering !== undefined) return;
  gathering = setTimeout(() => {
    gathering = undefined;
    void invalidate(queries, [...gathered]);
    gathered.clear();
  }, gatherMs);
}

function set(next: Connection): void {
  if (connection === next) return;
  connection = next;
  for (const listener of listeners) listener();
}
