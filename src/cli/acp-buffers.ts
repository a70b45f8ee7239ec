/**
 * What an editor shows of files, for the process that works for it: a server on loopback that passes on to `fs/read_text_file` and `fs/write_text_file`. Each
 * session has a key; requests and answers are signed with it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { type AgentContext, methods } from '@agentclientprotocol/sdk';
import { messageOf } from '../errors.ts';

/** Bytes of a request: the longest file that is edited, twice escaped. */
const mostBytes = 16 * 1024 * 1024;

interface OpenSession {
  id: string;
  root: string;
}

export class AcpBuffers implements AsyncDisposable {
  readonly #client: () => AgentContext;
  readonly #writes: boolean;
  readonly #sessions = new Map<string, OpenSession>();
  #server: Promise<Server> | undefined;

  constructor(client: () => AgentContext, writes: boolean) {
    this.#client = client;
    this.#writes = writes;
  }

  /** What the agent is told, so that it asks here. */
  async addressFor(session: OpenSession): Promise<{ port: number; key: string; writes: boolean }> {
    this.#server ??= this.#listen();
    const { port } = (await this.#server).address() as AddressInfo;
    const known = [...this.#sessions].find(([, { id }]) => id === session.id)?.[0];
    const key = known ?? randomBytes(32).toString('hex');
    this.#sessions.set(key, session);
    return { port, key, writes: this.#writes };
  }

  forget(sessionId: string): void {
    for (const [key, { id }] of this.#sessions) if (id === sessionId) this.#sessions.delete(key);
  }

  async #listen(): Promise<Server> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // It is no reason to stay.
    server.unref();
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const what = request.method === 'POST' ? request.url?.slice(1) : undefined;
    const nonce = String(request.headers['x-nonce']);
    const body = await bodyOf(request);
    const text = `${what}\n${nonce}\n${body}`;
    const found = [...this.#sessions].find(([key]) => isSigned(key, text, String(request.headers['x-signature'])));
    if (found === undefined || (what !== 'read' && what !== 'write')) {
      response.writeHead(404).end();
      return;
    }
    const [key, session] = found;
    const send = (status: number, answer: object) => {
      const answered = JSON.stringify(answer);
      const signature = signed(key, `answer\n${nonce}\n${answered}`);
      response.writeHead(status, { 'content-type': 'application/json', 'x-signature': signature }).end(answered);
    };
    const asked = JSON.parse(body) as { path: string; text?: string };
    const path = join(session.root, normalize(`/${asked.path}`));
    try {
      if (what === 'write') {
        await this.#client().request(methods.client.fs.writeTextFile, { sessionId: session.id, path, content: asked.text ?? '' });
        return send(200, {});
      }
      // An editor that has no such file says so by an error.
      const read = this.#client().request(methods.client.fs.readTextFile, { sessionId: session.id, path });
      send(200, { text: await read.then(({ content }) => content).catch(() => null) });
    } catch (error) {
      send(409, { message: messageOf(error) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = await this.#server?.catch(() => undefined);
    server?.closeAllConnections();
    server?.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > mostBytes) throw new Error('The request is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function signed(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function isSigned(key: string, text: string, signature: string): boolean {
  const [expected, given] = [Buffer.from(signed(key, text)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
