/** Customers while a host is updated: short requests without a pause, and turns that are read as they are written. */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch, type RequestInit } from 'undici';
import { serverEvents } from '../../src/cli/event-stream.ts';

/** A model that takes its time: four words a second, so that turns are under way whenever something happens. */
export async function slowModel(words = 4, pauseMs = 250): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    void (async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = (delta: object, reason: string | null) =>
        response.write(
          `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'slow', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`,
        );
      for (let word = 0; word < words; word++) {
        chunk({ role: 'assistant', content: `word${word} ` }, null);
        await sleep(pauseMs);
      }
      chunk({}, 'stop');
      response.end('data: [DONE]\n\n');
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export interface Traffic {
  /** Requests that were answered as they should be. */
  answered: number;
  /** What went wrong, each with a word why. */
  failed: string[];
  turns: number;
  /** Streams that ended with an event that says so, and were read on. */
  interrupted: number;
  /** Streams that ended without a word. */
  cut: number;
}

/** Sends until it is aborted. Each of `clients` keeps its connection. */
export async function traffic(
  { url, apiKey }: { url: string; apiKey: string },
  { clients, readers }: { clients: number; readers: number },
  signal: AbortSignal,
): Promise<Traffic> {
  const found: Traffic = { answered: 0, failed: [], turns: 0, interrupted: 0, cut: 0 };
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const connections = new Agent({ connections: clients + readers });
  const ask = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers }, dispatcher: connections });

  const client = async () => {
    while (!signal.aborted) {
      try {
        const response = await ask('/api/v1/agents');
        await response.arrayBuffer();
        if (response.ok) found.answered++;
        else found.failed.push(`answered ${response.status}`);
      } catch (error) {
        found.failed.push(String((error as { cause?: { code?: string } }).cause?.code ?? error));
      }
      await sleep(20);
    }
  };

  /** Reads a turn to its end, whatever happens to its stream. */
  const reader = async () => {
    while (!signal.aborted) {
      try {
        const made = await ask('/api/v1/conversations', { method: 'POST', body: JSON.stringify({ agent: 'booking' }) });
        if (!made.ok) throw new Error(`a conversation: ${made.status}`);
        const { id } = (await made.json()) as { id: string };
        await turn(id);
        found.turns++;
      } catch (error) {
        found.failed.push(`turn: ${String((error as { cause?: { code?: string } }).cause?.code ?? error)}`);
      }
    }
  };

  const turn = async (conversation: string) => {
    const accept = { accept: 'text/event-stream' };
    let response = await ask(`/api/v1/conversations/${conversation}/messages`, {
      method: 'POST',
      body: JSON.stringify({ text: 'hola' }),
      headers: { ...accept, 'idempotency-key': crypto.randomUUID() },
    });
    let last: string | undefined;
    let run: string | undefined;
    for (let attempt = 0; attempt < 20; attempt++) {
      if (!response.ok) throw new Error(`answered ${response.status}`);
      let bye = false;
      try {
        for await (const { id, event, data } of serverEvents(response.body as ReadableStream<Uint8Array> | null)) {
          last = id ?? last;
          if (event === 'run-accepted') run = (data as { runId: string }).runId;
          if (event === 'run-ended') return;
          if (event === 'interrupted') bye = true;
        }
      } catch {
        // Broken off: counted below.
      }
      if (bye) found.interrupted++;
      else found.cut++;
      if (run === undefined) throw new Error('no run');
      response = await ask(`/api/v1/runs/${run}/events`, {
        headers: { ...accept, ...(last === undefined ? {} : { 'last-event-id': last }) },
      });
    }
    throw new Error('read twenty times, and not over');
  };

  await Promise.all([...Array.from({ length: clients }, client), ...Array.from({ length: readers }, reader)]);
  await connections.close();
  return found;
}
