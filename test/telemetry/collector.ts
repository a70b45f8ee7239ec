/** A collector of traces by somebody else (Elastic's mock OTLP server), and a model that says what it was sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockOtlpServer, normalizeTrace } from '@elastic/mockotlpserver';

export interface CollectedSpan {
  name: string;
  kind: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  failed: boolean;
  resource: Record<string, unknown>;
  schemaUrl: string | undefined;
}

export interface Collector {
  url: string;
  spans: CollectedSpan[];
  /** Everything that came, as text. */
  text(): string;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const server = new MockOtlpServer({
    logLevel: 'warn',
    services: ['http'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    onTrace(trace) {
      for (const { resource, scopeSpans } of normalizeTrace(trace).resourceSpans)
        for (const scope of scopeSpans)
          for (const span of scope.spans)
            spans.push({
              name: span.name,
              kind: span.kind.replace('SPAN_KIND_', ''),
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
              attributes: span.attributes ?? {},
              events: (span.events ?? []).map(({ name, attributes = {} }) => ({ name, attributes })),
              failed: span.status?.code === 'STATUS_CODE_ERROR',
              resource: resource.attributes,
              schemaUrl: scope.schemaUrl,
            });
    },
  });
  await server.start();
  return { url: String(server.httpUrl), spans, text: () => JSON.stringify(spans), close: () => server.close() };
}

export interface StubModel {
  url: string;
  received: { headers: IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}

/**
 * OpenAI's chat completions: a call of the tool when the last message is a person's, else a text.
 * @param delayMs before it answers.
 */
export async function startStubModel(tool: string, args: object, delayMs = 0): Promise<StubModel> {
  const received: StubModel['received'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      if (delayMs > 0) await sleep(delayMs);
      const body = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, body });
      const { messages, tools, stream } = JSON.parse(body) as { messages: { role: string }[]; tools?: unknown[]; stream?: boolean };
      const calls = tools !== undefined && messages.at(-1)?.role === 'user';
      const message = calls
        ? { tool_calls: [{ index: 0, id: 'call-1', type: 'function', function: { name: tool, arguments: JSON.stringify(args) } }] }
        : { content: 'Done.' };
      const finish_reason = calls ? 'tool_calls' : 'stop';
      const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
      const base = { id: 'chatcmpl-1', created: 1, model: 'stub' };
      if (stream === true) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const chunk = (choice: object, more: object = {}) =>
          response.write(
            `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }], ...more })}\n\n`,
          );
        chunk({ delta: { role: 'assistant', ...message }, finish_reason: null });
        chunk({ delta: {}, finish_reason }, { usage });
        response.end('data: [DONE]\n\n');
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          ...base,
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
          usage,
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
