/** An OpenAI-compatible model on loopback that says what a script tells it to: for the command line, which takes its models by address. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type StubLine = string | { calls: { tool: string; args: object }[] };

export interface StubMessage {
  role: string;
  content: unknown;
}

export interface StubModel {
  environment: Record<string, string>;
  /** What it was asked, one list of messages per request. */
  requests: { model?: string; messages: StubMessage[]; tools?: { function: { name: string } }[] }[];
  /** What it says from now on. */
  script: StubLine[] | ((messages: StubMessage[]) => StubLine);
  close(): Promise<void>;
}

/** Says a line for each request; where there is none left, a short text. */
export async function startStubModel(script: StubModel['script'] = []): Promise<StubModel> {
  const model: Omit<StubModel, 'environment' | 'close'> = { requests: [], script };
  let calls = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
      const body = JSON.parse(Buffer.concat(chunks).toString()) as StubModel['requests'][number] & { stream?: boolean };
      model.requests.push(body);
      const line = typeof model.script === 'function' ? model.script(body.messages) : (model.script.shift() ?? 'Listo.');
      const message =
        typeof line === 'string'
          ? { role: 'assistant', content: line }
          : {
              role: 'assistant',
              content: null,
              tool_calls: line.calls.map(({ tool, args }, index) => ({
                index,
                id: `call-${++calls}`,
                type: 'function',
                function: { name: tool, arguments: JSON.stringify(args) },
              })),
            };
      const finish = typeof line === 'string' ? 'stop' : 'tool_calls';
      const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
      const base = { id: 'stub', created: 0, model: 'stub-1' };
      if (body.stream !== true) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage }),
        );
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choices: object[], more: object = {}) =>
        response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
      if (typeof line === 'string') {
        for (const piece of line.match(/[\s\S]{1,7}/g) ?? []) send([{ index: 0, delta: { content: piece } }]);
      } else send([{ index: 0, delta: message }]);
      send([{ index: 0, delta: {}, finish_reason: finish }], { usage });
      response.end('data: [DONE]\n\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(model, {
    environment: { TIMONEL_MODEL: 'stub-1', TIMONEL_MODEL_URL: `http://127.0.0.1:${port}/v1`, TIMONEL_MODEL_KEY: 'stub' },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
