/** Sessions of the coding assistant, as the terminal asks for them. */
import type { ApiClient } from './api-client.ts';
import { coderPath } from './code-server.ts';
import { UsageError } from './usage-error.ts';

export const modes = ['plan', 'ask', 'edit', 'auto'] as const;
export type CodeMode = (typeof modes)[number];

export interface ListedSession {
  conversation: string;
  title: string;
  mode: CodeMode;
  changes: number;
  updatedAt: string;
}

export interface ListedChange {
  id: string;
  runId: string;
  kind: 'edit' | 'command';
  title: string;
  at: string;
  files: { path: string; undone: boolean; kept: boolean }[];
}

export interface UndoneFile {
  path: string;
  result: 'restored' | 'merged' | 'conflict' | 'nothing' | 'not-kept' | 'refused';
  message?: string;
  diff?: string;
}

interface SaidMessage {
  role: 'user' | 'assistant' | 'person';
  text: string;
  turn: number;
  cut?: number;
}

/** @throws UsageError */
export function modeOf(text: string): CodeMode {
  const mode = modes.find((each) => each === text);
  if (mode === undefined)
    throw new UsageError(`--mode takes ${modes.join(', ')}, and is "${text}". For example: timonel code --mode edit`);
  return mode;
}

export const sessionPath = (conversation: string) => `${coderPath}/sessions/${conversation}`;

export async function listSessions(client: ApiClient): Promise<ListedSession[]> {
  return (await client.get<{ sessions: ListedSession[] }>(`${coderPath}/sessions`)).sessions;
}

/** A new session, with its mode. */
export async function beginSession(client: ApiClient, mode: CodeMode): Promise<string> {
  const { id } = await client.post<{ id: string }>('/api/v1/conversations', { agent: 'coder', channel: 'terminal' });
  await client.put(sessionPath(id), { mode });
  return id;
}

/**
 * The session that was asked for: by its id or its first characters, or the latest one.
 * @throws UsageError where there is none, or more than one
 */
export async function findSession(client: ApiClient, wanted: { id: string } | 'latest'): Promise<ListedSession> {
  const sessions = await listSessions(client);
  const [first] = sessions;
  if (wanted === 'latest') {
    if (first === undefined) throw new UsageError('There is no session to go on with here. Begin one: timonel code');
    return first;
  }
  // The end of an id tells more than its beginning, which is the time.
  const found = sessions.filter(({ conversation }) => conversation.startsWith(wanted.id) || conversation.endsWith(wanted.id));
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new UsageError(
      `${found.length === 0 ? 'There is no session' : `There are ${found.length} sessions`} ${wanted.id} here. timonel code lists them with /sessions.`,
    );
  return one;
}

/** A session is called by what was asked first. @returns its title, where it got one now */
export async function titleSession(client: ApiClient, conversation: string, text: string): Promise<string | undefined> {
  const session = await client.get<{ title: string }>(sessionPath(conversation));
  if (session.title !== '') return undefined;
  const title = text.replaceAll(/\s+/g, ' ').trim().slice(0, 80);
  await client.put(sessionPath(conversation), { title });
  return title;
}

/** Everything that was said, the oldest first. */
export async function saidIn(client: ApiClient, conversation: string): Promise<SaidMessage[]> {
  const all: SaidMessage[] = [];
  let before: number | null = null;
  do {
    const page: { messages: SaidMessage[]; before: number | null } = await client.get(
      `/api/v1/conversations/${conversation}/messages?limit=100${before === null ? '' : `&before=${before}`}`,
    );
    all.unshift(...page.messages);
    before = page.before;
  } while (before !== null);
  return all;
}

/** A session as Markdown. */
export async function exportSession(client: ApiClient, conversation: string): Promise<string> {
  const messages = await saidIn(client, conversation);
  const { changes } = await client.get<{ changes: ListedChange[] }>(`${sessionPath(conversation)}/changes`);
  const said = messages.map(({ role, text }) => `## ${role === 'user' ? 'You' : 'Timonel'}\n\n${text}\n`);
  const changed = changes
    .toReversed()
    .map(({ at, kind, title, files }) => `- ${at} ${kind}: ${title}${files.some(({ undone }) => undone) ? ' (undone)' : ''}`);
  return [`# Session ${conversation}`, '', ...said, ...(changed.length === 0 ? [] : ['## Changes', '', ...changed, ''])].join('\n');
}

/** A new session that knows what was said in another one. */
export async function forkSession(client: ApiClient, from: string): Promise<string> {
  const [messages, old] = await Promise.all([
    saidIn(client, from),
    client.get<{ mode: CodeMode; title: string }>(sessionPath(from)),
  ]);
  const text = messages.map(({ role, text: each }) => `${role === 'user' ? 'User' : 'Assistant'}: ${each}`).join('\n\n');
  const id = await beginSession(client, old.mode);
  await client.put(sessionPath(id), { title: old.title, forked: { conversation: from, text: text.slice(-40_000) } });
  return id;
}
