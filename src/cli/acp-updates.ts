/** What happens in a turn, as updates of a session: text as it is written, calls with their states, diffs and places, and the list of steps. */
import { isAbsolute, join } from 'node:path';
import type { SessionUpdate, ToolCallContent, ToolCallLocation, ToolCallUpdate, ToolKind } from '@agentclientprotocol/sdk';
import { messageOf } from '../errors.ts';
import type { Language } from '../language/contract.ts';
import type { CallRecord, JsonObject, Verdict } from '../vocabulary.ts';
import type { ApiClient } from './api-client.ts';
import { summaryOf } from './code-screen.ts';
import { reach } from './code-server.ts';
import { sessionPath } from './code-session.ts';
import { terminalText } from './code-text.ts';
import type { AskedCall } from './code-turn.ts';

/** Characters of an output that an editor is shown; the model has all of it. */
const mostText = 16_000;

interface ChangedTexts {
  path: string;
  before: string | null;
  after: string | null;
}

type Planned = Pick<CallRecord, 'callId' | 'tool' | 'args'>;

export class AcpUpdates {
  readonly #session: string;
  readonly #root: string;
  readonly #send: (update: SessionUpdate) => Promise<void>;
  readonly #connect: () => Promise<ApiClient>;
  /** Updates go out in the order in which they came, whatever has to be asked for one of them. */
  #queue: Promise<void> = Promise.resolve();
  /** Calls that the editor knows, with what they have put out so far. */
  readonly #calls = new Map<string, string>();
  #sinceCalls = '';
  run: string | undefined;

  constructor(session: string, root: string, send: (update: SessionUpdate) => Promise<void>, connect: () => Promise<ApiClient>) {
    this.#session = session;
    this.#root = root;
    this.#send = send;
    this.#connect = connect;
  }

  /** All of them are with the editor, or it is gone. */
  sent(): Promise<void> {
    return this.#queue;
  }

  #add(make: () => SessionUpdate | Promise<SessionUpdate>): void {
    this.#queue = this.#queue.then(async () => this.#send(await make())).catch((error: unknown) => console.error(messageOf(error)));
  }

  text(delta: string): void {
    this.#sinceCalls += delta;
    this.#add(() => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: delta } }));
  }

  /** The whole reply, where it was not written as it came. */
  ended(reply: string): void {
    if (reply.trim() !== '' && reply.trim() !== this.#sinceCalls.trim()) this.text(reply);
  }

  planned(calls: readonly Planned[]): void {
    if (calls.length > 0) this.#sinceCalls = '';
    for (const call of calls) this.#begin(call);
  }

  #begin(call: Planned): void {
    if (this.#calls.has(call.callId)) return;
    this.#calls.set(call.callId, '');
    this.#add(() => ({ sessionUpdate: 'tool_call', ...startOf(call, this.#root), status: 'pending' }));
  }

  decided(callId: string, verdict: Verdict): void {
    if (verdict.kind === 'allow') this.#update({ toolCallId: callId, status: 'in_progress' });
  }

  progressed(callId: string, chunk: unknown): void {
    const text = `${this.#calls.get(callId) ?? ''}${typeof chunk === 'string' ? chunk : `${JSON.stringify(chunk)}\n`}`.slice(
      -mostText,
    );
    this.#calls.set(callId, text);
    this.#update({ toolCallId: callId, status: 'in_progress', content: [textContent(text)] });
  }

  #update(update: ToolCallUpdate): void {
    this.#add(() => ({ sessionUpdate: 'tool_call_update', ...update }));
  }

  finished(call: CallRecord, language: Language): void {
    this.#begin(call);
    const { callId, tool, args } = call;
    const { run } = this;
    const output = objectOf(call.output);
    const failed = call.status !== 'completed' || ['refused', 'failed', 'not-started'].includes(String(output['kind']));
    this.#add(async () => {
      const texts = failed || run === undefined ? [] : await this.#textsOf(run, callId);
      const content = [
        ...texts.flatMap(({ path, before, after }) => diffContent(join(this.#root, path), before, after)),
        ...answerContent(call, language, texts.length > 0),
      ];
      const locations = texts.map(({ path, before, after }) => ({
        path: join(this.#root, path),
        line: firstDifference(before ?? '', after ?? ''),
      }));
      return {
        sessionUpdate: 'tool_call_update',
        toolCallId: callId,
        status: failed ? 'failed' : 'completed',
        ...(content.length === 0 ? {} : { content }),
        locations: locations.length > 0 ? locations : locationsOf(tool, args, this.#root),
        ...(call.output === undefined ? {} : { rawOutput: call.output }),
      };
    });
    const steps = output['steps'];
    if (tool === 'plan' && Array.isArray(steps))
      this.#add(() => ({ sessionUpdate: 'plan', entries: (steps as { text: string; state: string }[]).map(planEntry) }));
  }

  /** The call as it would be made, for whoever decides. */
  async asked(call: AskedCall, language: Language): Promise<ToolCallUpdate> {
    const { tool, args, reason } = call;
    this.#begin(call);
    await this.#queue;
    const files = tool === 'edit' || tool === 'write' ? await this.#preview(tool, args) : [];
    return {
      ...startOf(call, this.#root),
      status: 'pending',
      content: [
        ...files.flatMap(({ path, before, after }) => diffContent(join(this.#root, path), before, after)),
        textContent(terminalText(reason[language])),
      ],
    };
  }

  async #preview(tool: string, args: JsonObject): Promise<ChangedTexts[]> {
    const path = `${sessionPath(this.#session)}/preview`;
    return reach(this.#connect, (client) => client.post<{ files: ChangedTexts[] }>(path, { tool, args }))
      .then(({ files }) => files)
      .catch(() => []);
  }

  async #textsOf(run: string, call: string): Promise<ChangedTexts[]> {
    const query = `run=${encodeURIComponent(run)}&call=${encodeURIComponent(call)}`;
    return reach(this.#connect, (client) => client.get<{ files: ChangedTexts[] }>(`${sessionPath(this.#session)}/texts?${query}`))
      .then(({ files }) => files)
      .catch(() => []);
  }
}

const kinds: Readonly<Record<string, ToolKind>> = {
  read: 'read',
  outline: 'read',
  search: 'search',
  analyse: 'search',
  edit: 'edit',
  write: 'edit',
  undo: 'edit',
  run: 'execute',
  git: 'execute',
  plan: 'think',
};

/** A call in a line, with where it is. */
function startOf({ callId, tool, args }: Planned, root: string) {
  const title = terminalText(`${tool} ${summaryOf(tool, args)}`.trim());
  return {
    toolCallId: callId,
    title: title.length > 300 ? `${title.slice(0, 299)}…` : title,
    kind: kinds[tool] ?? ('other' as const),
    rawInput: args,
    locations: locationsOf(tool, args, root),
  };
}

function locationsOf(tool: string, args: JsonObject, root: string): ToolCallLocation[] {
  const named = Array.isArray(args['files'])
    ? (args['files'] as { path?: unknown }[]).map(({ path }) => path)
    : [['read', 'outline', 'edit', 'write'].includes(tool) ? args['path'] : undefined];
  const line = tool === 'read' && typeof args['from'] === 'number' ? { line: args['from'] } : {};
  return named
    .filter((path) => typeof path === 'string' && path !== '')
    .map((path) => ({ path: isAbsolute(String(path)) ? String(path) : join(root, String(path)), ...line }));
}

function diffContent(path: string, before: string | null, after: string | null): ToolCallContent[] {
  return before === null && after === null ? [] : [{ type: 'diff', path, oldText: before, newText: after ?? '' }];
}

function textContent(text: string): ToolCallContent {
  return { type: 'content', content: { type: 'text', text } };
}

/** What the call answered, in words. */
function answerContent({ tool, output, reason, status }: CallRecord, language: Language, shown: boolean): ToolCallContent[] {
  const answer = objectOf(output);
  const because = Array.isArray(answer['because']) ? answer['because'].join('\n') : answer['because'];
  const text =
    reason !== undefined && status !== 'completed'
      ? reason[language]
      : typeof because === 'string'
        ? because
        : typeof answer['output'] === 'string'
          ? `${answer['output']}${answer['exitCode'] === 0 ? '' : `\nexit ${String(answer['exitCode'])}`}`
          : typeof answer['text'] === 'string'
            ? answer['text']
            : shown || tool === 'plan' || output === undefined
              ? ''
              : JSON.stringify(output, null, 2);
  return text === '' ? [] : [textContent(text.slice(0, mostText))];
}

function planEntry({ text, state }: { text: string; state: string }) {
  const status = state === 'done' ? ('completed' as const) : state === 'doing' ? ('in_progress' as const) : ('pending' as const);
  return { content: text, priority: 'medium' as const, status };
}

/** Number of the first line that differs, from 1. */
function firstDifference(before: string, after: string): number {
  const [old, next] = [before.split('\n'), after.split('\n')];
  const at = next.findIndex((line, index) => line !== old[index]);
  return at === -1 ? Math.max(1, next.length) : at + 1;
}

function objectOf(output: unknown): Record<string, unknown> {
  return typeof output === 'object' && output !== null && !Array.isArray(output) ? (output as Record<string, unknown>) : {};
}
