import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channels, type Fault } from '../../src/diagnostics.ts';
import { defineAgent, defineTool } from '../../src/index.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { type CollectedSpan, type Collector, type StubModel, startCollector, startStubModel } from './collector.ts';

const secret = 'sk-canary-0123456789abcdef';
const personal = 'Ana Canaria, +54 9 11 5555 1234';
const callerSpan = 'b7ad6b7169203331';
/** What a caller sends along, in a trace of its own. */
const caller = (trace: string) => ({
  traceparent: `00-${trace}-${callerSpan}-01`,
  tracestate: 'vendor=caller-state',
  baggage: 'user=ana-canaria',
  cookie: 'session=canary-cookie',
});
/** One trace for each test: everything happens in one process, whose spans come when it ends. */
const traceOf = (digit: string) => digit.repeat(32);
const [turnTrace, doorTrace, streamTrace, toolTrace, failTrace, ratedTrace] = ['1', '2', '3', '4', 'a', 'b'].map(traceOf) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

let collector: Collector;
let model: StubModel;
let elsewhere: Server;
/** What tools sent elsewhere. */
const heard: unknown[] = [];
beforeAll(async () => {
  collector = await startCollector();
  model = await startStubModel('add_note', { text: personal });
  elsewhere = createServer((request, response) => {
    heard.push(request.headers['traceparent']);
    response.end('{}');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await collector.close();
  await model.close();
  elsewhere.close();
});

const fetching = defineAgent({
  ...notes,
  name: 'fetching',
  tools: [
    defineTool({
      name: 'add_note',
      description: 'Asks elsewhere.',
      input: z.object({ text: z.string() }),
      effect: 'read',
      execute: async (_input, { flags }) => ({
        pictures: await flags.getBooleanValue('pictures', false),
        status: (await fetch(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)).status,
      }),
    }),
  ],
  policy: [],
});
const lost = defineAgent({ ...notes, name: 'lost', model: 'lost' });

interface Opened {
  timonel: TestTimonel;
  /** Over the wire. @throws Error for anything but a success. */
  post(path: string, body: object, headers?: Record<string, string>): Promise<string>;
  get(path: string, headers?: Record<string, string>): Promise<number>;
  /** Ends the process, which sends what was not sent yet. */
  close(): Promise<void>;
}

async function start(more: Record<string, string> = {}): Promise<Opened> {
  const { environment, remove } = await freshStoreEnvironment('embedded');
  const timonel = await startTimonel(
    'embedded',
    {
      agents: [notes, fetching, lost],
      prices: { stub: { input: 1, output: 1 } },
      routes: { lost: { targets: [{ model: 'openai/gone' }], attempts: 1 } },
    },
    {
      environment: {
        ...environment,
        TIMONEL_MODEL: 'stub',
        TIMONEL_MODEL_URL: model.url,
        TIMONEL_MODEL_KEY: secret,
        OPENAI_API_KEY: secret,
        TIMONEL_OPENAI_URL: 'http://127.0.0.1:9/v1',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        ...more,
      },
    },
  );
  const url = await timonel.timonel.listen();
  const authorization = `Bearer ${timonel.apiKey}`;
  return {
    timonel,
    async post(path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      return text;
    },
    get: async (path, headers = {}) => (await fetch(`${url}${path}`, { headers: { authorization, ...headers } })).status,
    async close() {
      await timonel.close();
      await remove();
    },
  };
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe('traces, at a collector', () => {
  let spans: CollectedSpan[] = [];
  let received: StubModel['received'] = [];
  let apiKey = '';
  let conversation = '';
  let busy = '';
  const within = (trace: string) => spans.filter(({ traceId }) => traceId === trace);

  beforeAll(async () => {
    const opened = await start({
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20bench',
    });
    const { timonel, post, get } = opened;
    apiKey = timonel.apiKey;
    const messages = (id: string) => `/api/v1/conversations/${id}/messages`;
    conversation = await timonel.converse('notes', { name: personal });
    await post(`${messages(conversation)}?token=${secret}`, { text: `Note this: ${personal}` }, caller(turnTrace));

    const ask = { model: 'default', messages: [{ role: 'user', content: personal }] };
    const { cookie: _, ...direct } = caller(doorTrace);
    await post('/v1/chat/completions', ask, direct);

    const stream = { ...caller(streamTrace), accept: 'text/event-stream' };
    const events = await post(messages(await timonel.converse('notes')), { text: 'Note this.' }, stream);
    expect(events).toContain('run-ended');
    const streamed = await post(
      '/v1/chat/completions',
      { ...ask, stream: true, stream_options: { include_usage: true } },
      { traceparent: stream.traceparent },
    );
    expect(streamed).toContain('[DONE]');

    const flag = { type: 'boolean', variants: { with: true, without: false }, defaultVariant: 'with' };
    expect((await timonel.call('PUT', '/api/v1/flags/pictures', flag)).status).toBe(200);
    await post(messages(await timonel.converse('fetching')), { text: 'Note this.' }, caller(toolTrace));
    await post(messages(await timonel.converse('lost')), { text: 'Note this.' }, caller(failTrace));

    busy = await timonel.converse('notes');
    // The second waits for the first one, which goes on with it at its own end.
    const twice = ['d', 'e'].map((digit) => post(messages(busy), { text: 'Note this.' }, caller(traceOf(digit))));
    await Promise.all(twice);

    const { run } = JSON.parse(
      await post(messages(await timonel.converse('notes')), { text: 'Note this.' }, caller(ratedTrace)),
    ) as { run: { id: string } };
    await post(`/api/v1/runs/${run.id}/feedback`, { rating: -1, comment: personal });

    for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json']) expect(await get(path)).toBe(200);
    expect(await get('/api/v1/agents', { traceparent: `00-${traceOf('c')}-${callerSpan}-00` })).toBe(200);
    expect(await get(`/nowhere/${secret}`)).toBe(404);
    await opened.close();
    spans = [...collector.spans];
    received = [...model.received];
  });

  it('show a turn as a tree: request, agent, plan, model, tool, with tokens where they were spent', () => {
    const turn = within(turnTrace);
    const [server] = named(turn, 'POST /api/v1/conversations/:id/messages');
    expect(server).toMatchObject({
      kind: 'SERVER',
      parentSpanId: callerSpan,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
      resource: { 'service.name': 'shop', 'deployment.environment.name': 'test bench' },
      schemaUrl: expect.stringMatching(/^https:\/\/opentelemetry\.io\/schemas\/[\d.]+$/),
    });
    const [agent] = named(turn, 'invoke_agent notes');
    expect(agent).toMatchObject({
      kind: 'INTERNAL',
      parentSpanId: server?.spanId,
      failed: false,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'notes',
        'gen_ai.agent.version': expect.stringMatching(/^1\.0\.0\b/),
        'gen_ai.conversation.id': conversation,
        'timonel.workspace.id': 'default',
        'timonel.release.arm': 'stable',
        'timonel.run.outcome': 'replied',
        'timonel.run.degraded': false,
      },
    });
    const plans = named(turn, 'plan model');
    expect(plans.map(({ parentSpanId }) => parentSpanId)).toEqual([agent?.spanId, agent?.spanId]);
    const chats = named(turn, 'chat stub');
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
    const [tool] = named(turn, 'execute_tool add_note');
    expect(tool).toMatchObject({
      parentSpanId: agent?.spanId,
      attributes: { 'gen_ai.tool.name': 'add_note', 'gen_ai.tool.call.id': '0.0', 'timonel.tool.status': 'completed' },
    });
    // Tokens are on the spans that spent them and nowhere else: the sum over the trace is the sum of the calls.
    expect(turn.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes)).toHaveLength(2);
    expect(agent?.events.map(({ name, attributes }) => [name, attributes['timonel.policy.verdict']])).toEqual([
      ['timonel.policy.decision', 'allow'],
    ]);
    expect(turn).toHaveLength(7);
  });

  it('record neither secrets nor texts', () => {
    expect(spans.length).toBeGreaterThan(30);
    const text = JSON.stringify(spans);
    for (const canary of [secret, 'sk-canary', 'Ana', '5555', 'canary-cookie', 'ana-canaria', 'Note this', 'ECONN', apiKey])
      expect([canary, text.includes(canary)]).toEqual([canary, false]);
  });

  it('tell a provider which trace it is, and nothing else of the caller', () => {
    const chats = named(spans, 'chat stub');
    expect(received.length).toBeGreaterThan(8);
    expect(received.map(({ headers }) => headers['traceparent']).sort()).toEqual(
      chats.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort(),
    );
    for (const { headers } of received) {
      expect([headers['baggage'], headers['tracestate'], headers.cookie]).toEqual([undefined, undefined, undefined]);
      expect(JSON.stringify(headers)).not.toMatch(/canary-cookie|ana-canaria|caller-state/);
    }
  });

  it('are no business of what tools call', () => {
    expect(named(within(toolTrace), 'execute_tool add_note')).toHaveLength(1);
    expect(heard).toEqual([undefined]);
  });

  it('do not hang a turn on the request of the one before it', () => {
    const turns = named(spans, 'invoke_agent notes').filter(({ attributes }) => attributes['gen_ai.conversation.id'] === busy);
    const [first, second] = turns.toSorted(
      (one, other) => Number(one.attributes['timonel.run.turn']) - Number(other.attributes['timonel.run.turn']),
    );
    expect([traceOf('d'), traceOf('e')]).toContain(first?.traceId);
    expect([second?.parentSpanId, within(second?.traceId ?? '').some(({ kind }) => kind === 'SERVER')]).toEqual([undefined, false]);
    expect(turns).toHaveLength(2);
  });

  it('say which flags a tool asked for, and what it got', () => {
    const [tool] = named(within(toolTrace), 'execute_tool add_note');
    expect(tool?.events).toEqual([
      {
        name: 'feature_flag.evaluation',
        attributes: {
          'feature_flag.key': 'pictures',
          'feature_flag.provider.name': 'timonel',
          'feature_flag.result.variant': 'with',
          'feature_flag.result.reason': 'static',
          'feature_flag.version': '1',
        },
      },
    ]);
  });

  it('lead from the door of the compatible API to the model', () => {
    const [door, chat, ...more] = within(doorTrace).toSorted((one) => (one.kind === 'SERVER' ? -1 : 1));
    expect([door?.name, door?.parentSpanId, chat?.name, chat?.parentSpanId, more.length]).toEqual([
      'POST /v1/chat/completions',
      callerSpan,
      'chat stub',
      door?.spanId,
      0,
    ]);
  });

  it('have streams, both ways to the models, with their tokens at the end', () => {
    const chats = named(within(streamTrace), 'chat stub');
    expect(chats.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([7, 7, 7]);
    expect(chats.map(({ attributes }) => attributes['gen_ai.request.stream'])).toEqual([true, true, true]);
  });

  it('show which attempt failed, and why, without its words', () => {
    const turn = within(failTrace);
    const chats = named(turn, 'chat gone');
    expect(chats.length).toBeGreaterThan(0);
    for (const chat of chats) expect([chat.failed, chat.attributes['error.type']]).toEqual([true, 'connection']);
    expect(named(turn, 'plan model')[0]).toMatchObject({ failed: true, attributes: { 'error.type': 'model_unavailable' } });
    expect(named(turn, 'invoke_agent lost')[0]).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'model_unavailable', 'timonel.run.outcome': 'failed' },
    });
  });

  it('hang what somebody thought of a turn on the span of that turn', () => {
    const turn = within(ratedTrace);
    const [evaluated] = named(turn, 'evaluate');
    expect(evaluated?.parentSpanId).toBe(named(turn, 'invoke_agent notes')[0]?.spanId);
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

  it('leave out probes, and what the caller does not want sampled', () => {
    expect(spans.filter(({ name }) => /health|metrics|openapi/.test(name))).toEqual([]);
    expect(within(traceOf('c'))).toEqual([]);
    expect(named(spans, 'GET unknown')).toHaveLength(1);
  });
});

it('has the texts where somebody asked for them, and no secrets even then', async () => {
  collector.spans.length = 0;
  const { timonel, close } = await start({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' });
  await timonel.say(await timonel.converse('notes'), 'Note this.');
  await close();
  const { spans } = collector;
  const [agent] = named(spans, 'invoke_agent notes');
  const message = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  expect(agent?.attributes['gen_ai.input.messages']).toBe(message('user', 'Note this.'));
  expect(agent?.attributes['gen_ai.output.messages']).toBe(message('assistant', 'Done.'));
  const [tool] = named(spans, 'execute_tool add_note');
  expect(tool?.attributes['gen_ai.tool.call.arguments']).toBe(JSON.stringify({ text: personal }));
  expect(String(named(spans, 'chat stub')[0]?.attributes['gen_ai.input.messages'])).toContain('You keep notes.');
  expect(collector.text()).not.toContain(secret);
});

it('is not harmed by a collector that takes nothing, and says so once', async () => {
  const refusing = createServer((_request, response) => response.writeHead(400).end());
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
  const faults: string[] = [];
  const listen = (message: unknown) => void faults.push((message as Fault).what);
  channels.fault.subscribe(listen);
  try {
    const { port } = refusing.address() as AddressInfo;
    const { timonel, close } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    // More than two batches.
    for (let index = 0; index < 1_200; index += 1) await timonel.call('GET', '/api/v1/agents');
    expect((await timonel.say(await timonel.converse('notes'), 'Note this.')).reply.text).toBe('Done.');
    await close();
    expect(faults).toEqual(['sending traces']);
  } finally {
    channels.fault.unsubscribe(listen);
    refusing.close();
  }
});

it('tells no provider of another call, however many wait for a connection', async () => {
  collector.spans.length = 0;
  const slow = await startStubModel('none', {}, 1_500);
  const { post, close } = await start({ TIMONEL_MODEL_URL: slow.url });
  const ask = (text: string) => post('/v1/chat/completions', { model: 'default', messages: [{ role: 'user', content: text }] });
  // 256 connections to a provider: the others wait for one of them.
  await Promise.all(Array.from({ length: 400 }, (_, index) => ask(`${index}`)));
  await close();
  await slow.close();
  const told = slow.received.flatMap(({ headers }) => headers['traceparent'] ?? []);
  expect(slow.received).toHaveLength(400);
  expect(told.length).toBeGreaterThan(200);
  expect(new Set(told).size).toBe(told.length);
});
