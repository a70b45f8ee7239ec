import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { LLMock } from '@copilotkit/aimock';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** Every provider answers through its own protocol here, and every client speaks its own: each pair has to fit. */
const targets = {
  openai: 'openai/gpt-4o-mini',
  anthropic: 'anthropic/claude-sonnet-5-5',
  google: 'google/gemini-3.8-flash',
  groq: 'groq/llama-3.3-70b-versatile',
  ollama: 'ollama/llama3.2',
};
const answer = 'Abrimos de nueve a dieciocho, de lunes a viernes.';
const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('the compatible API', () => {
  const providers = new LLMock({ port: 0 });
  let timonel: TestTimonel;
  let url: string;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const usage = {
      prompt_tokens: 12,
      completion_tokens: 9,
      total_tokens: 21,
      input_tokens: 12,
      output_tokens: 9,
      promptTokenCount: 12,
      candidatesTokenCount: 9,
      totalTokenCount: 21,
    };
    providers.onMessage(/horario/i, { content: answer, usage });
    providers.onMessage(/clima/i, { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Rosario"}' }] });
    providers.onMessage(/json/i, { content: '{"open":"09:00"}' });
    providers.onEmbedding(/./, { embedding: [0.25, -0.5, 1] });
    await providers.start();
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    const base = providers.url;
    timonel = await startTimonel(
      'embedded',
      { agents: [notes], models: { default: scriptedModel(() => 'Anotado.') } },
      {
        environment: {
          ...fresh.environment,
          OPENAI_API_KEY: 'canary-openai-key',
          ANTHROPIC_API_KEY: 'canary-anthropic-key',
          GEMINI_API_KEY: 'canary-google-key',
          GROQ_API_KEY: 'canary-groq-key',
          TIMONEL_OPENAI_URL: `${base}/v1`,
          TIMONEL_ANTHROPIC_URL: `${base}/v1`,
          TIMONEL_GOOGLE_URL: `${base}/v1beta`,
          TIMONEL_GROQ_URL: `${base}/openai/v1`,
          TIMONEL_OLLAMA_URL: `${base}/v1`,
          TIMONEL_OLLAMA_MODEL: 'llama3.2',
        },
      },
    );
    url = await timonel.timonel.listen();
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
    await providers.stop();
  });

  const openai = () => new OpenAI({ apiKey: timonel.apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
  const anthropic = () => new Anthropic({ apiKey: timonel.apiKey, baseURL: url, maxRetries: 0 });
  const question = [{ role: 'user' as const, content: '¿Cuál es el horario?' }];

  describe.each(Object.entries(targets))('in front of %s', (_provider, model) => {
    it('answers the client of OpenAI, whole and as a stream, with what it used', async () => {
      const whole = await openai().chat.completions.create({ model, messages: question });
      expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: answer } });
      expect(whole.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 9, total_tokens: 21 });
      const stream = await openai().chat.completions.create({
        model,
        messages: question,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      let finish: string | null | undefined;
      let used: number | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        finish = chunk.choices[0]?.finish_reason ?? finish;
        used = chunk.usage?.total_tokens ?? used;
      }
      expect({ text, finish }).toEqual({ text: answer, finish: 'stop' });
      expect(used).toBe(21);
    });

    it('passes tools on, and what they answered', async () => {
      const asked = [{ role: 'user' as const, content: '¿Qué clima hay?' }];
      const tools = [{ type: 'function' as const, function: weather }];
      const whole = await openai().chat.completions.create({ model, messages: asked, tools });
      const [call] = whole.choices[0]?.message.tool_calls ?? [];
      expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
      expect(JSON.parse(call?.type === 'function' ? call.function.arguments : '')).toEqual({ city: 'Rosario' });
      expect(whole.choices[0]?.finish_reason).toBe('tool_calls');
      const stream = openai().chat.completions.stream({ model, messages: asked, tools });
      const streamed = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls?.[0];
      expect(streamed).toMatchObject({ function: { name: 'get_weather', arguments: '{"city":"Rosario"}' } });
      const followed = await openai().chat.completions.create({
        model,
        tools,
        messages: [
          ...asked,
          { role: 'assistant', content: null, tool_calls: call === undefined ? [] : [call] },
          { role: 'tool', tool_call_id: call?.id ?? '', content: 'soleado' },
          ...question,
        ],
      });
      expect(followed.choices[0]?.message.content).toBe(answer);
    });

    it('answers the client of Anthropic, whole and as a stream', async () => {
      const whole = await anthropic().messages.create({ model, max_tokens: 200, messages: question });
      expect(whole).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: answer }] });
      const stream = anthropic().messages.stream({ model, max_tokens: 200, messages: question });
      expect(await stream.finalText()).toBe(answer);
      const tools = [
        { name: weather.name, description: weather.description, input_schema: { ...weather.parameters, type: 'object' as const } },
      ];
      const called = anthropic().messages.stream({
        model,
        max_tokens: 200,
        tools,
        messages: [{ role: 'user', content: '¿Qué clima hay?' }],
      });
      expect((await called.finalMessage()).content).toMatchObject([
        { type: 'tool_use', name: 'get_weather', input: { city: 'Rosario' } },
      ]);
    });

    it('answers the AI SDK and LangChain', async () => {
      const sdk = createOpenAICompatible({ name: 'timonel', baseURL: `${url}/v1`, apiKey: timonel.apiKey, includeUsage: true });
      const { text } = await generateText({ model: sdk.chatModel(model), prompt: '¿Cuál es el horario?' });
      expect(text).toBe(answer);
      const streamed = streamText({ model: sdk.chatModel(model), prompt: '¿Cuál es el horario?' });
      expect(await streamed.text).toBe(answer);
      const chain = new ChatOpenAI({ model, apiKey: timonel.apiKey, configuration: { baseURL: `${url}/v1` }, maxRetries: 0 });
      expect((await chain.invoke('¿Cuál es el horario?')).content).toBe(answer);
      let pieces = '';
      for await (const piece of await chain.stream('¿Cuál es el horario?')) pieces += String(piece.content);
      expect(pieces).toBe(answer);
    });
  });

  it('asks for JSON by a schema, whichever protocol is behind', async () => {
    const schema = { type: 'object', properties: { open: { type: 'string' } }, required: ['open'], additionalProperties: false };
    for (const model of Object.values(targets)) {
      const { choices } = await openai().chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Dame json' }],
        response_format: { type: 'json_schema', json_schema: { name: 'hours', schema, strict: true } },
      });
      expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ open: '09:00' });
    }
  });

  it('gives vectors, and responses where the provider has them', async () => {
    const floats = await openai().embeddings.create({ model: 'openai/text-embedding-3-small', input: ['hola', 'chau'] });
    expect(floats.data.map(({ embedding }) => embedding)).toEqual([
      [0.25, -0.5, 1],
      [0.25, -0.5, 1],
    ]);
    const response = await openai().responses.create({ model: targets.openai, input: '¿Cuál es el horario?' });
    expect(response.output_text).toBe(answer);
    let text = '';
    for await (const event of await openai().responses.create({
      model: targets.openai,
      input: '¿Cuál es el horario?',
      stream: true,
    }))
      if (event.type === 'response.output_text.delta') text += event.delta;
    expect(text).toBe(answer);
    await expect(openai().responses.create({ model: targets.anthropic, input: 'x' })).rejects.toMatchObject({ status: 404 });
  });

  it('answers by the name of a route, and lists what there is', async () => {
    const smart = await openai().chat.completions.create({ model: 'smart', messages: question }).withResponse();
    expect(smart.response.headers.get('x-timonel-model')).toBe('anthropic/claude-sonnet-5-5');
    expect(Number(smart.response.headers.get('x-timonel-cost'))).toBeGreaterThan(0);
    const listed = (await openai().models.list()).data.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(['notes', 'smart', 'fast', 'local', 'default', 'ollama/llama3.2']));
    const bare = await openai().chat.completions.create({ model: 'gpt-4o-mini', messages: question }).withResponse();
    expect(bare.response.headers.get('x-timonel-model')).toBe('openai/gpt-4o-mini');
    expect(await openai().models.retrieve('ollama/llama3.2')).toMatchObject({ owned_by: 'ollama' });
  });

  it('says what would have worked, in the shape of whoever asks', async () => {
    const failing = (body: object) => openai().chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming);
    await expect(failing({ model: 'nosuch', messages: question })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringMatching(/smart/),
    });
    await expect(failing({ model: 'smart', messages: [] })).rejects.toMatchObject({ status: 400, code: 'invalid_request' });
    await expect(failing({ messages: question })).rejects.toMatchObject({ status: 400 });
    await expect(
      failing({ model: targets.anthropic, messages: question, tools: [{ type: 'function', function: { name: 'not a name' } }] }),
    ).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/letters, digits/) });
    const stranger = new OpenAI({ apiKey: 'tim_wrong', baseURL: `${url}/v1`, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401 });
    await expect(anthropic().messages.create({ model: 'nosuch', max_tokens: 5, messages: question })).rejects.toMatchObject({
      status: 404,
      error: { type: 'error', error: { type: 'not_found_error' } },
    });
  });

  describe('with an agent as the model', () => {
    it('keeps the conversation of each user', async () => {
      const say = (user: string, content: string) =>
        openai()
          .chat.completions.create({ model: 'notes', user, messages: [{ role: 'user', content }] })
          .withResponse();
      const first = await say('ana', 'Hola');
      expect(first.data).toMatchObject({ model: 'notes', choices: [{ message: { content: 'Anotado.' }, finish_reason: 'stop' }] });
      const conversation = first.response.headers.get('x-timonel-conversation');
      expect((await say('ana', 'Otra vez')).response.headers.get('x-timonel-conversation')).toBe(conversation);
      expect((await say('bea', 'Hola')).response.headers.get('x-timonel-conversation')).not.toBe(conversation);
      const { body } = await timonel.call<{ messages: object[] }>('GET', `/api/v1/conversations/${conversation}`);
      expect(body.messages).toHaveLength(4);
    });

    it('gives all who begin at once the same conversation', async () => {
      const begun = await Promise.all(
        Array.from({ length: 8 }, () =>
          openai()
            .chat.completions.create({ model: 'notes', user: 'carla', messages: [{ role: 'user', content: 'Hola' }] })
            .withResponse(),
        ),
      );
      expect(new Set(begun.map(({ response }) => response.headers.get('x-timonel-conversation'))).size).toBe(1);
    });

    it('streams its reply, also to the client of Anthropic', async () => {
      const stream = openai().chat.completions.stream({ model: 'notes', messages: [{ role: 'user', content: 'Hola' }] });
      expect(await stream.finalContent()).toBe('Anotado.');
      const messages = anthropic().messages.stream({
        model: 'notes',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hola' }],
      });
      expect(await messages.finalText()).toBe('Anotado.');
    });
  });

  describe('in the shape of whoever asks', () => {
    it('lists models, each with a date, and gives one of them', async () => {
      const listed = await openai().models.list();
      const year = new Date().getUTCFullYear();
      for (const { created } of listed.data) expect(new Date(created * 1_000).getUTCFullYear()).toBe(year);
      const theirs = [];
      for await (const model of anthropic().models.list()) theirs.push(model);
      expect(theirs.map(({ id }) => id)).toEqual(listed.data.map(({ id }) => id));
      expect(await anthropic().models.retrieve('notes')).toMatchObject({
        type: 'model',
        id: 'notes',
        display_name: 'notes',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
      });
      await expect(anthropic().models.retrieve('nosuch')).rejects.toMatchObject({
        status: 404,
        error: { type: 'error', error: { type: 'not_found_error' } },
      });
    });

    it('counts tokens for the client of Anthropic, of models and of agents', async () => {
      for (const model of ['notes', targets.anthropic, 'smart']) {
        const short = await anthropic().messages.countTokens({ model, messages: question });
        const long = await anthropic().messages.countTokens({
          model,
          system: 'Be brief. '.repeat(100),
          messages: question,
        });
        expect(short.input_tokens).toBeGreaterThan(4);
        expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 200);
      }
      await expect(anthropic().messages.countTokens({ model: 'nosuch', messages: question })).rejects.toMatchObject({
        status: 404,
      });
    });

    it('gives the answers of each protocol the ids that it has', async () => {
      const message = await anthropic().messages.create({ model: targets.openai, max_tokens: 9, messages: question });
      expect(message.id).toMatch(/^msg_[0-9a-f]{32}$/);
      const stream = anthropic().messages.stream({ model: targets.openai, max_tokens: 9, messages: question });
      expect((await stream.finalMessage()).id).toMatch(/^msg_[0-9a-f]{32}$/);
    });

    it('refuses a bad key by the code that clients look for, and speaks of keys', async () => {
      for (const apiKey of ['tim_wrong', 'sk-of-somebody-else']) {
        const stranger = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
        const refusals = [
          () => stranger.models.list(),
          () => stranger.chat.completions.create({ model: 'notes', messages: question }),
          () => stranger.responses.create({ model: 'notes', input: 'Hola' }),
        ];
        for (const refusal of refusals)
          await expect(refusal()).rejects.toMatchObject({
            status: 401,
            code: 'invalid_api_key',
            message: expect.stringMatching(/API key is not known/),
          });
        const other = new Anthropic({ apiKey, baseURL: url, maxRetries: 0 });
        await expect(other.messages.create({ model: 'notes', max_tokens: 9, messages: question })).rejects.toMatchObject({
          status: 401,
          error: { error: { type: 'authentication_error', message: expect.stringMatching(/API key/) } },
        });
      }
    });

    it('says that there is no such path', async () => {
      await expect(openai().completions.create({ model: 'notes', prompt: 'x' })).rejects.toMatchObject({
        status: 404,
        code: 'not_found',
        message: expect.stringMatching(/no POST \/v1\/completions.*chat\/completions/),
      });
      await expect(openai().moderations.create({ input: 'x' })).rejects.toMatchObject({ status: 404, code: 'not_found' });
      await expect(openai().files.list()).rejects.toMatchObject({ status: 404, code: 'not_found' });
      await expect(anthropic().messages.batches.list()).rejects.toMatchObject({
        status: 404,
        error: { type: 'error', error: { type: 'not_found_error' } },
      });
      // Everything else is answered as before.
      expect((await timonel.call('GET', '/v2/models')).headers['content-type']).toMatch(/problem\+json/);
    });
  });

  it('leads whoever opens it in a browser to what there is', async () => {
    const { status, headers } = await timonel.call('GET', '/', undefined, { authorization: undefined });
    expect({ status, location: headers['location'] }).toEqual({ status: 302, location: '/docs' });
    expect((await fetch(url)).status).toBe(200);
  });
});
