import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { channels, type Fault, type FeedbackGiven } from '../../src/diagnostics.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { type CollectedSpan, type Collector, type StubModel, startCollector, startStubModel } from './collector.ts';

const secret = 'sk-canary-0123456789abcdef';
const personal = 'Ana Canaria, +54 9 11 5555 1234';
const callerTrace = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
const callerHeaders = {
  traceparent: `00-${callerTrace}-${callerSpan}-01`,
  tracestate: 'vendor=caller-state',
  baggage: 'user=ana-canaria',
};

let collector: Collector;
let model: StubModel;
beforeAll(async () => {
  collector = await startCollector();
  model = await startStubModel('add_note', { text: personal });
});
afterAll(async () => {
  await collector.close();
  await model.close();
});
beforeEach(() => {
  collector.spans.length = 0;
  model.received.length = 0;
});

let open: { timonel: TestTimonel; url: string; remove(): Promise<void> } | undefined;
afterEach(async () => {
  await open?.timonel.close();
  await open?.remove();
  open = undefined;
});

async function start(more: Record<string, string> = {}) {
  const { environment, remove } = await freshStoreEnvironment('embedded');
  const timonel = await startTimonel(
    'embedded',
    { agents: [notes], prices: { stub: { input: 1, output: 1 } } },
    {
      environment: {
        ...environment,
        TIMONEL_MODEL: 'stub',
        TIMONEL_MODEL_URL: model.url,
        TIMONEL_MODEL_KEY: secret,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        ...more,
      },
    },
  );
  open = { timonel, url: await timonel.timonel.listen(), remove };
  return open;
}

/** Ends the process, which sends what was not sent yet. */
async function collected(): Promise<CollectedSpan[]> {
  await open?.timonel.close();
  await open?.remove();
  open = undefined;
  return collector.spans;
}

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  if (open === undefined) throw new Error('Nothing was started.');
  const response = await fetch(`${open.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${open.timonel.apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return response;
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe('traces, at a collector', () => {
  it('show a turn as a tree: request, agent, plan, model, tool, with tokens where they were spent', async () => {
    const { timonel } = await start({
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20bench',
    });
    const conversation = await timonel.converse('notes');
    const path = `/api/v1/conversations/${conversation}/messages`;
    await post(path, { text: `Note this: ${personal}` }, { ...callerHeaders, cookie: 'session=canary-cookie' });
    const spans = await collected();

    const [server] = named(spans, 'POST /api/v1/conversations/:id/messages');
    expect(server).toMatchObject({
      kind: 'SERVER',
      traceId: callerTrace,
      parentSpanId: callerSpan,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
      resource: { 'service.name': 'shop', 'deployment.environment.name': 'test bench' },
      schemaUrl: expect.stringMatching(/^https:\/\/opentelemetry\.io\/schemas\/[\d.]+$/),
    });
    const [agent] = named(spans, 'invoke_agent notes');
    expect(agent).toMatchObject({
      kind: 'INTERNAL',
      traceId: callerTrace,
      parentSpanId: server?.spanId,
      failed: false,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'notes',
        'gen_ai.agent.version': expect.stringMatching(/^1\.0\.0\+/),
        'gen_ai.conversation.id': conversation,
        'timonel.workspace.id': 'default',
        'timonel.release.arm': 'stable',
        'timonel.run.outcome': 'replied',
        'timonel.run.degraded': false,
      },
    });
    const plans = named(spans, 'plan model');
    expect(plans.map(({ parentSpanId }) => parentSpanId)).toEqual([agent?.spanId, agent?.spanId]);
    const chats = named(spans, 'chat stub');
    expect(chats.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(plans.map(({ spanId }) => spanId).sort());
    for (const chat of chats)
      expect(chat).toMatchObject({
        kind: 'CLIENT',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'configured',
          'gen_ai.request.model': 'stub',
          'gen_ai.usage.input_tokens': 11,
          'gen_ai.usage.output_tokens': 7,
        },
      });
    const [tool] = named(spans, 'execute_tool add_note');
    expect(tool).toMatchObject({
      parentSpanId: agent?.spanId,
      attributes: { 'gen_ai.tool.name': 'add_note', 'gen_ai.tool.call.id': '0.0', 'timonel.tool.status': 'completed' },
    });
    // Tokens are on the spans that spent them and nowhere else: the sum over the trace is the sum of the calls.
    const counted = spans.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes);
    expect(counted).toHaveLength(2);
    expect(agent?.events.map(({ name, attributes }) => [name, attributes['timonel.policy.verdict']])).toEqual([
      ['timonel.policy.decision', 'allow'],
    ]);
    expect(new Set(spans.filter(({ traceId }) => traceId === callerTrace)).size).toBe(7);
  });

  it('record neither secrets nor texts, and tell a provider which trace it is and nothing else of the caller', async () => {
    const { timonel } = await start();
    const conversation = await timonel.converse('notes', { name: personal });
    const path = `/api/v1/conversations/${conversation}/messages?token=${secret}`;
    await post(path, { text: `Note this: ${personal}` }, { ...callerHeaders, cookie: 'session=canary-cookie' });
    await post('/v1/chat/completions', { model: 'default', messages: [{ role: 'user', content: personal }] }, callerHeaders);
    const spans = await collected();
    expect(spans.length).toBeGreaterThan(8);
    const text = collector.text();
    for (const canary of [
      secret,
      'sk-canary',
      personal,
      'Ana',
      '5555',
      'canary-cookie',
      'ana-canaria',
      'Note this',
      timonel.apiKey,
    ])
      expect([canary, text.includes(canary)]).toEqual([canary, false]);

    expect(model.received).toHaveLength(3);
    const chats = spans.filter(({ kind }) => kind === 'CLIENT');
    expect(model.received.map(({ headers }) => headers['traceparent']).sort()).toEqual(
      chats.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort(),
    );
    for (const { headers } of model.received) {
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['cookie']));
      expect(JSON.stringify(headers)).not.toMatch(/canary-cookie|ana-canaria|caller-state/);
      expect([headers['baggage'], headers['tracestate'], headers.cookie]).toEqual([undefined, undefined, undefined]);
    }
  });

  it('have the texts where somebody asked for them', async () => {
    const { timonel } = await start({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' });
    const conversation = await timonel.converse('notes');
    await post(`/api/v1/conversations/${conversation}/messages`, { text: 'Note this.' });
    const spans = await collected();
    const [agent] = named(spans, 'invoke_agent notes');
    const message = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
    expect(agent?.attributes['gen_ai.input.messages']).toBe(message('user', 'Note this.'));
    expect(agent?.attributes['gen_ai.output.messages']).toBe(message('assistant', 'Done.'));
    expect(named(spans, 'execute_tool add_note')[0]?.attributes['gen_ai.tool.call.arguments']).toBe(
      JSON.stringify({ text: personal }),
    );
    expect(String(named(spans, 'chat stub')[0]?.attributes['gen_ai.input.messages'])).toContain('You keep notes.');
    expect(collector.text()).not.toContain(secret);
  });

  it('have streams, both ways to the models, with their tokens at the end', async () => {
    const { timonel } = await start();
    const conversation = await timonel.converse('notes');
    const events = await post(
      `/api/v1/conversations/${conversation}/messages`,
      { text: 'Note this.' },
      { accept: 'text/event-stream' },
    );
    expect(await events.text()).toContain('run-ended');
    const stream = { stream: true, stream_options: { include_usage: true } };
    const ask = { model: 'default', messages: [{ role: 'user', content: 'Hello' }], ...stream };
    expect(await (await post('/v1/chat/completions', ask)).text()).toContain('[DONE]');
    const spans = await collected();
    const chats = named(spans, 'chat stub');
    expect(chats.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([7, 7, 7]);
    expect(chats.map(({ attributes }) => attributes['gen_ai.request.stream'])).toEqual([true, true, true]);
    const [door] = named(spans, 'POST /v1/chat/completions');
    expect(chats.filter(({ parentSpanId }) => parentSpanId === door?.spanId)).toHaveLength(1);
    expect(door?.parentSpanId).toBeUndefined();
  });

  it('show which attempt failed, and why, without its words', async () => {
    const { timonel } = await start({ TIMONEL_MODEL_URL: 'http://127.0.0.1:9/v1' });
    const conversation = await timonel.converse('notes');
    await timonel.say(conversation, 'Note this.');
    const spans = await collected();
    const chats = named(spans, 'chat stub');
    expect(chats.length).toBeGreaterThan(0);
    for (const chat of chats) expect([chat.failed, chat.attributes['error.type']]).toEqual([true, 'connection']);
    expect(named(spans, 'plan model')[0]).toMatchObject({ failed: true, attributes: { 'error.type': 'model_unavailable' } });
    expect(named(spans, 'invoke_agent notes')[0]).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'model_unavailable', 'timonel.run.outcome': 'failed' },
    });
    expect(collector.text()).not.toContain('ECONNREFUSED');
  });

  it('hang what somebody thought of a turn on the span of that turn', async () => {
    const { timonel } = await start();
    const conversation = await timonel.converse('notes');
    const { run } = await timonel.say(conversation, 'Note this.');
    const given = { workspaceId: 'default', runId: run.id, agent: 'notes', agentVersion: '1.0.0', arm: 'stable', rating: -1 };
    channels.feedbackGiven.publish(given satisfies FeedbackGiven);
    const spans = await collected();
    const [evaluated] = named(spans, 'evaluate');
    expect(evaluated?.parentSpanId).toBe(named(spans, 'invoke_agent notes')[0]?.spanId);
    expect(evaluated?.events).toEqual([
      {
        name: 'gen_ai.evaluation.result',
        attributes: {
          'gen_ai.evaluation.name': 'user_feedback',
          'gen_ai.evaluation.score.value': -1,
          'gen_ai.evaluation.score.label': 'negative',
        },
      },
    ]);
  });

  it('leave out probes, and what the sampler does not want', async () => {
    await start();
    for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json']) await fetch(`${open?.url}${path}`);
    await fetch(`${open?.url}/api/v1/agents`, { headers: { traceparent: `00-${callerTrace}-${callerSpan}-00` } });
    expect((await fetch(`${open?.url}/nowhere/${secret}`)).status).toBe(404);
    const spans = await collected();
    expect(spans.map(({ name }) => name)).toEqual(['GET unknown']);
  });
});

describe('a collector that is not there', () => {
  it('harms nothing, and is said once', async () => {
    const refusing = createServer((_request, response) => response.writeHead(400).end());
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const faults: string[] = [];
    const listen = (message: unknown) => void faults.push((message as Fault).what);
    channels.fault.subscribe(listen);
    try {
      const { port } = refusing.address() as AddressInfo;
      const { timonel } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
      const conversation = await timonel.converse('notes');
      // More than two batches.
      for (let index = 0; index < 1_200; index += 1) await timonel.call('GET', '/api/v1/agents');
      expect((await timonel.say(conversation, 'Note this.')).reply.text).toBe('Done.');
      await collected();
      expect(faults).toEqual(['sending traces']);
    } finally {
      channels.fault.unsubscribe(listen);
      refusing.close();
    }
  });
});
