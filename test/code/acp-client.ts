/** An editor, by the client side of the protocol's own SDK, before a real `timonel acp`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import {
  type ClientCapabilities,
  type ClientConnection,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import type { CodeProject } from './terminal.ts';

const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;

export interface Editor {
  connection: ClientConnection;
  child: ChildProcess;
  /** By session, in the order in which they came. */
  updates: { sessionId: string; update: SessionUpdate }[];
  asked: RequestPermissionRequest[];
  /** What is shown and not on the disk; `written` are the texts that the agent gave. */
  buffers: Map<string, string>;
  written: { path: string; content: string }[];
  /** Every line that the process put out. */
  lines: string[];
  stderr(): string;
  /** What is answered to a question: `allow`, `always`, `reject`; or whatever the function gives. */
  answer: string | ((request: RequestPermissionRequest) => Promise<RequestPermissionResponse>);
  textOf(sessionId: string): string;
  /** The input ends, as when an editor is closed; until the process is gone. */
  close(): Promise<number | null>;
}

export const selected = (optionId: string): RequestPermissionResponse => ({ outcome: { outcome: 'selected', optionId } });

export async function startEditor(project: CodeProject, fs: ClientCapabilities['fs'] = {}): Promise<Editor> {
  const child = spawn(process.execPath, [bin, 'acp'], { cwd: project.folder, env: project.environment });
  const lines: string[] = [];
  let [rest, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const input = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const parts = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      controller.enqueue(chunk);
    },
  });
  const editor: Omit<Editor, 'connection'> = {
    child,
    updates: [],
    asked: [],
    buffers: new Map(),
    written: [],
    lines,
    stderr: () => stderr,
    answer: 'allow',
    textOf: (sessionId) =>
      editor.updates
        .filter((each) => each.sessionId === sessionId)
        .map(({ update }) =>
          update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text' ? update.content.text : '',
        )
        .join(''),
    async close() {
      const gone = once(child, 'exit') as Promise<[number | null]>;
      child.stdin.end();
      return (await gone)[0];
    },
  };
  const app = client({ name: 'editor' })
    .onNotification(methods.client.session.update, ({ params }) => {
      editor.updates.push(params);
    })
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      editor.asked.push(params);
      return typeof editor.answer === 'string' ? selected(editor.answer) : editor.answer(params);
    })
    .onRequest(methods.client.fs.readTextFile, ({ params: { path } }) => {
      const content = editor.buffers.get(path);
      if (content === undefined) throw new Error('not open');
      return { content };
    })
    .onRequest(methods.client.fs.writeTextFile, ({ params: { path, content } }) => {
      editor.written.push({ path, content });
      editor.buffers.set(path, content);
      return {};
    });
  const connection = app.connect(
    ndJsonStream(
      Writable.toWeb(child.stdin) as WritableStream<Uint8Array>,
      (Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>).pipeThrough(input),
    ),
  );
  await connection.agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: fs ?? {} },
  });
  return Object.assign(editor, { connection });
}
