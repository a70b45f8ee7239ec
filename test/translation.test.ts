/** What becomes of each member of a request at a provider of another protocol: translated, named as left out, or refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Parameter, parameters } from '../src/llm/protocols/parameters.ts';
import type { ProviderFamily } from '../src/llm/providers/contract.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const tool = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } };
const anthropicTool = { name: 'look', input_schema: { type: 'object', properties: {} } };
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

/** A value that asks for something, for each row; with what it needs beside it. */
const samples: Record<string, object> = {
  'openai-chat messages': {},
  'openai-chat max_tokens': { max_tokens: 77 },
  'openai-chat max_completion_tokens': { max_completion_tokens: 77 },
  'openai-chat temperature': { temperature: 0.5 },
  'openai-chat temperature above 1': { temperature: 1.5 },
  'openai-chat top_p': { top_p: 0.25 },
  'openai-chat stop': { stop: ['STOP-HERE'] },
  'openai-chat reasoning_effort': { reasoning_effort: 'low' },
  'openai-chat tools': { tools: [tool] },
  'openai-chat tool_choice': { tools: [tool], tool_choice: 'required' },
  'openai-chat response_format': { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
  'openai-chat response_format json_object': { response_format: { type: 'json_object' } },
  'openai-chat seed': { seed: 7 },
  'openai-chat presence_penalty': { presence_penalty: 0.5 },
  'openai-chat frequency_penalty': { frequency_penalty: 0.5 },
  'openai-chat n above 1': { n: 2 },
  'openai-chat logit_bias': { logit_bias: { 50256: -100 } },
  'openai-chat logprobs': { logprobs: true },
  'openai-chat top_logprobs': { top_logprobs: 2 },
  'openai-chat parallel_tool_calls false, with tools': { tools: [tool], parallel_tool_calls: false },
  'openai-chat user': { user: 'person-7' },
  'openai-chat modalities other than text': { modalities: ['text', 'audio'] },
  'openai-chat audio': { audio: { voice: 'a', format: 'wav' } },
  'openai-chat functions': { functions: [{ name: 'f' }] },
  'openai-chat function_call': { function_call: 'auto' },
  'openai-chat web_search_options': { web_search_options: {} },
  'openai-chat service_tier': { service_tier: 'flex' },
  'openai-chat store': { store: true },
  'openai-chat metadata': { metadata: { a: 'b' } },
  'openai-chat prediction': { prediction: { type: 'content', content: 'x' } },
  'openai-chat verbosity': { verbosity: 'low' },
  'openai-chat prompt_cache_key': { prompt_cache_key: 'k' },
  'openai-chat prompt_cache_retention': { prompt_cache_retention: '24h' },
  'openai-chat safety_identifier': { safety_identifier: 's' },
  'anthropic-messages messages': {},
  'anthropic-messages max_tokens': { max_tokens: 77 },
  'anthropic-messages system': { system: 'be brief' },
  'anthropic-messages temperature': { temperature: 0.5 },
  'anthropic-messages top_p': { top_p: 0.25 },
  'anthropic-messages stop_sequences': { stop_sequences: ['STOP-HERE'] },
  'anthropic-messages tools': { tools: [anthropicTool] },
  'anthropic-messages tool_choice': { tools: [anthropicTool], tool_choice: { type: 'any' } },
  'anthropic-messages tool_choice disable_parallel_tool_use, with tools': {
    tools: [anthropicTool],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  },
  'anthropic-messages top_k': { top_k: 7 },
  'anthropic-messages metadata user_id': { metadata: { user_id: 'person-7' } },
  'anthropic-messages thinking': { thinking: { type: 'enabled', budget_tokens: 1_024 } },
  'anthropic-messages output_config without a format': { output_config: { effort: 'low' } },
  'anthropic-messages output_config with a format': { output_config: { format: { type: 'json_schema', schema } } },
  'anthropic-messages output_format': { output_format: { type: 'json_schema', schema } },
  'anthropic-messages container': { container: 'c' },
  'anthropic-messages mcp_servers': { mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'm' }] },
  'anthropic-messages context_management': { context_management: { edits: [] } },
  'anthropic-messages cache_control': { cache_control: { type: 'ephemeral' } },
  'anthropic-messages inference_geo': { inference_geo: 'us' },
  'anthropic-messages speed': { speed: 'fast' },
  'anthropic-messages service_tier': { service_tier: 'priority' },
  'openai-embeddings input': { input: 'a text' },
  'openai-embeddings encoding_format': { encoding_format: 'base64' },
  'openai-embeddings dimensions': { dimensions: 64 },
  'openai-embeddings user': { user: 'person-7' },
};

/** What the provider is to be told where that is not the value itself. */
const counterparts: Record<string, string> = {
  'openai-chat parallel_tool_calls false, with tools → anthropic': '"disable_parallel_tool_use":true',
  'openai-chat user → anthropic': '"metadata":{"user_id":"person-7"}',
  'openai-chat seed → google': '"seed":7',
  'openai-chat top_p → anthropic': '"top_p":0.25',
  'openai-chat max_completion_tokens → anthropic': '"max_tokens":77',
  'openai-chat stop → anthropic': '"stop_sequences":["STOP-HERE"]',
  'openai-chat tool_choice → anthropic': '"tool_choice":{"type":"any"',
  'anthropic-messages tool_choice disable_parallel_tool_use, with tools → openai': '"parallel_tool_calls":false',
  'anthropic-messages metadata user_id → openai': '"user":"person-7"',
  'anthropic-messages stop_sequences → openai': '"stop":["STOP-HERE"]',
  'anthropic-messages tool_choice → openai': '"tool_choice":"required"',
  'anthropic-messages top_k → google': '"topK":7',
  'openai-embeddings dimensions → google': '"outputDimensionality":64',
};

const models: Record<ProviderFamily, string> = {
  anthropic: 'anthropic/claude-haiku-4-5',
  google: 'google/gemini-3.8-flash',
  openai: 'configured/m',
  project: 'project/scripted',
};

let bodies: string[] = [];
let server: Server;
let timonel: TestTimonel;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    bodies.push(body);
    const { type, body: answer } = answerOf(request.url ?? '', body);
    response.writeHead(200, { 'content-type': type }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { environment } = await freshStoreEnvironment('embedded');
  const keys = { ANTHROPIC_API_KEY: 'k', TIMONEL_ANTHROPIC_URL: url, GEMINI_API_KEY: 'k', TIMONEL_GOOGLE_URL: url };
  timonel = await startTimonel(
    'embedded',
    {
      agents: [notes],
      models: { scripted: scriptedModel(() => 'Hola.') },
      routes: {
        both: { targets: [{ model: 'anthropic/claude-haiku-4-5' }, { model: 'configured/m' }] },
        kept: { targets: [{ model: 'anthropic/claude-haiku-4-5' }], cache: { ttlSeconds: 60, calls: 'always' } },
      },
    },
    {
      environment: {
        ...environment,
        ...keys,
        OPENAI_API_KEY: 'k',
        TIMONEL_OPENAI_URL: url,
        TIMONEL_MODEL: 'm',
        TIMONEL_MODEL_URL: url,
      },
    },
  );
});
beforeEach(() => {
  bodies = [];
});
afterAll(async () => {
  await timonel.close();
  server.closeAllConnections();
  server.close();
});

const sse = (events: object[], named: boolean) =>
  events.map((each) => `${named ? `event: ${(each as { type: string }).type}\n` : ''}data: ${JSON.stringify(each)}\n\n`).join('');

function answerOf(path: string, body: string): { type: string; body: string } {
  const json = (answer: object) => ({ type: 'application/json', body: JSON.stringify(answer) });
  const text = body.includes('additionalProperties') ? '{"a":"b"}' : 'Hola.';
  if (path.includes('mbedContent')) return json({ embedding: { values: [0.5, 1] }, embeddings: [{ values: [0.5, 1] }] });
  if (path.includes('generateContent') || path.includes('streamGenerateContent')) {
    const answer = {
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    };
    return path.includes('stream') ? { type: 'text/event-stream', body: sse([answer], false) } : json(answer);
  }
  const stream = body.includes('"stream":true');
  if (path.endsWith('/messages')) {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const message = { id: 'm', type: 'message', role: 'assistant', model: 'c', stop_sequence: null, usage };
    if (!stream) return json({ ...message, content: [{ type: 'text', text }], stop_reason: 'end_turn' });
    const events = [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
      { type: 'message_stop' },
    ];
    return { type: 'text/event-stream', body: sse(events, true) };
  }
  const base = { id: 'c', created: 1, model: 'm' };
  if (!stream) {
    const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
    return json({
      ...base,
      object: 'chat.completion',
      choices,
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  }
  const chunk = (delta: object, finish_reason: string | null) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  });
  return { type: 'text/event-stream', body: `${sse([chunk({ content: text }, null), chunk({}, 'stop')], false)}data: [DONE]\n\n` };
}

const messages = [{ role: 'user', content: 'Hola' }];
const keyOf = (source: string, { name, of }: Parameter) => `${source} ${name}${of === undefined ? '' : ` ${of}`}`;
type Answer = { error?: { code: string; message: string } };
async function ask(source: keyof typeof parameters, model: string, more: object, stream: boolean) {
  const door = {
    'openai-chat': '/v1/chat/completions',
    'anthropic-messages': '/v1/messages',
    'openai-embeddings': '/v1/embeddings',
  };
  const usual = source === 'openai-embeddings' ? { input: 'a text' } : { messages };
  const limit = source === 'anthropic-messages' ? { max_tokens: 50 } : {};
  const body = { model, ...usual, ...limit, ...(stream ? { stream } : {}), ...more };
  const answer = await timonel.call<Answer>('POST', door[source], body);
  const header = answer.headers['x-timonel-dropped'];
  return { ...answer, dropped: header === undefined ? [] : String(header).split(', ') };
}

const rows = (Object.keys(parameters) as (keyof typeof parameters)[]).flatMap((source) =>
  parameters[source].flatMap((row) =>
    (Object.entries(row.to) as [ProviderFamily, string][]).map(([family, treatment]) => ({ source, row, family, treatment })),
  ),
);

describe('a member of a request', () => {
  it.each(
    rows.map(
      ({ source, row, family, treatment }) => [`${keyOf(source, row)} → ${family}`, treatment, source, row, family] as const,
    ),
  )('%s is %s', async (label, treatment, source, row, family) => {
    const sample = samples[keyOf(source, row)];
    if (sample === undefined) throw new Error(`There is no sample of ${keyOf(source, row)}.`);
    const model = source === 'openai-embeddings' ? 'google/gemini-embedding-001' : models[family];
    for (const stream of source === 'openai-embeddings' ? [false] : [false, true]) {
      bodies = [];
      const { status, body, dropped } = await ask(source, model, sample, stream);
      if (treatment === 'refused') {
        expect([label, status, body.error?.code]).toEqual([label, 400, 'invalid_request']);
        expect(body.error?.message).toContain(row.name);
        expect(bodies).toEqual([]);
        continue;
      }
      expect([label, status, body.error?.message]).toEqual([label, 200, undefined]);
      expect([label, dropped]).toEqual([label, treatment === 'dropped' ? [row.name] : []]);
      const counterpart = counterparts[label];
      if (counterpart !== undefined) expect(bodies[0]).toContain(counterpart);
    }
  });

  it('that asks for nothing is neither refused nor named', async () => {
    const nothing = {
      n: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      logit_bias: {},
      logprobs: false,
      top_logprobs: 0,
      parallel_tool_calls: true,
      service_tier: 'auto',
      store: false,
      modalities: ['text'],
      user: null,
      seed: null,
    };
    for (const model of [models.anthropic, models.google, models.project]) {
      const { status, dropped } = await ask('openai-chat', model, nothing, false);
      expect([model, status, dropped]).toEqual([model, 200, []]);
    }
    expect(await ask('openai-chat', models.google, { parallel_tool_calls: false }, false)).toMatchObject({
      status: 200,
      dropped: [],
    });
  });

  it('that nobody knows is named, whatever it is called', async () => {
    const { status, dropped } = await ask('openai-chat', models.anthropic, { min_p: 0.1, 'a b\r\nx: y': 1 }, false);
    expect([status, dropped]).toEqual([200, ['min_p', 'a-b-x-y']]);
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`member_${at}`, 1]));
    expect((await ask('openai-chat', models.anthropic, many, false)).dropped.at(-1)).toBe('and-1970-more');
  });

  it('that one model lacks is named', async () => {
    const more = { temperature: 0.5, top_p: 0.5 };
    expect((await ask('openai-chat', 'anthropic/claude-sonnet-5-5', more, false)).dropped).toEqual(['temperature', 'top_p']);
    expect((await ask('openai-chat', 'anthropic/claude-sonnet-5-5', more, true)).dropped).toEqual(['temperature', 'top_p']);
  });

  it('passes as it came where the provider speaks the protocol', async () => {
    const more = { seed: 7, logit_bias: { 1: 2 }, min_p: 0.1, user: 'u', parallel_tool_calls: false };
    const { status, dropped } = await ask('openai-chat', models.openai, more, false);
    expect([status, dropped]).toEqual([200, []]);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject(more);
  });

  it('leads on a route to the targets that can be told of it', async () => {
    const { status, headers, dropped } = await ask('openai-chat', 'both', { logit_bias: { 1: 2 } }, false);
    expect([status, headers['x-timonel-model'], dropped]).toEqual([200, 'configured/m', []]);
    const other = await ask('openai-chat', 'both', { seed: 7 }, false);
    expect([other.headers['x-timonel-model'], other.dropped]).toEqual([models.anthropic, ['seed']]);
  });

  it('is named with an answer that is kept, when it is given for the first time', async () => {
    for (const stream of [false, true]) {
      expect((await ask('openai-chat', 'kept', { seed: 8 }, stream)).dropped).toEqual(['seed']);
      expect((await ask('openai-chat', 'kept', { seed: 8 }, stream)).headers['x-timonel-cache']).toBe('hit');
    }
  });
});

it('stands in the document as it is in the code', () => {
  const path = join(import.meta.dirname, '..', 'docs', 'models.md');
  const page = readFileSync(path, 'utf8');
  const table = (head: string[], body: string[][]) =>
    [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const titles = {
    'openai-chat': "OpenAI's chat completions, at providers of",
    'anthropic-messages': "Anthropic's messages, at providers of",
    'openai-embeddings': "OpenAI's embeddings, at providers of",
  };
  const families = { anthropic: 'Anthropic', openai: 'OpenAI', google: 'Google', project: 'the project' };
  const sections = (Object.keys(titles) as (keyof typeof titles)[]).map((source) => {
    const list = parameters[source];
    const columns = (Object.keys(families) as ProviderFamily[]).filter((family) => list.some(({ to }) => to[family] !== undefined));
    const lines = list.map(({ name, of, to }) => [
      `\`${name}\`${of === undefined ? '' : ` ${of}`}`,
      ...columns.map((family) => to[family] ?? ''),
    ]);
    return table([titles[source], ...columns.map((family) => families[family])], lines);
  });
  const expected = `<!-- parameters -->\n\n${sections.join('\n\n')}\n\n<!-- /parameters -->`;
  if (process.env['TIMONEL_TEST_WRITE_DOCS'] === '1')
    writeFileSync(
      path,
      page.replace(/<!-- parameters -->[\s\S]*<!-- \/parameters -->/, () => expected),
    );
  expect(readFileSync(path, 'utf8')).toContain(expected);
});
