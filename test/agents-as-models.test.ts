import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, type ModelMessage, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

describe('an agent as the model of a stock client', () => {
  let timonel: TestTimonel;
  let url: string;
  let script: Line[] = [];
  let down = false;
  const model = scriptedModel(({ prompt }) =>
    down ? new Error('down') : (script.shift() ?? `${prompt.filter(({ role }) => role === 'user').length}`),
  );
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [notes], models: { default: model } });
    url = await timonel.timonel.listen();
  });
  afterAll(() => timonel.close());

  const openai = () => new OpenAI({ apiKey: timonel.apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
  const anthropic = () => new Anthropic({ apiKey: timonel.apiKey, baseURL: url, maxRetries: 0 });
  const sdk = () => createOpenAI({ apiKey: timonel.apiKey, baseURL: `${url}/v1` });

  describe('in OpenAI’s responses', () => {
    it('answers, and goes on from an answer', async () => {
      const first = await openai().responses.create({ model: 'notes', instructions: 'Be a pirate.', input: 'Hola' });
      expect(first).toMatchObject({
        object: 'response',
        status: 'completed',
        model: 'notes',
        output_text: '1',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '1' }] }],
        usage: { total_tokens: expect.any(Number) },
        timonel: { outcome: 'replied' },
      });
      expect(JSON.stringify(model.asked.at(-1))).not.toContain('pirate');
      const second = await openai().responses.create({ model: 'notes', input: '¿Y?', previous_response_id: first.id });
      expect(second).toMatchObject({ output_text: '2', previous_response_id: first.id });
      const third = await openai().responses.create({ model: 'notes', input: '¿Y?', conversation: second.conversation?.id ?? '' });
      expect(third.output_text).toBe('3');
      await expect(
        openai().responses.create({ model: 'notes', input: 'Otra cosa', previous_response_id: first.id }),
      ).rejects.toMatchObject({ status: 400, param: 'previous_response_id', message: expect.stringMatching(/does not go back/) });
      await expect(
        openai().responses.create({ model: 'notes', input: 'x', previous_response_id: 'resp_67cb71b351908190a308f3859487620d' }),
      ).rejects.toMatchObject({ status: 404, code: 'run_not_found' });
    });

    it('streams in the published order, each event with its number', async () => {
      script = ['Hola a todos.'];
      const types: string[] = [];
      let text = '';
      for await (const event of await openai().responses.create({ model: 'notes', input: 'Hola', stream: true })) {
        expect(event.sequence_number).toBe(types.length);
        types.push(event.type);
        if (event.type === 'response.output_text.delta') text += event.delta;
        if (event.type === 'response.created') expect(event.response).toMatchObject({ timonel: { run: expect.any(String) } });
        if (event.type === 'response.completed')
          expect(event.response).toMatchObject({ status: 'completed', timonel: { outcome: 'replied' } });
      }
      expect(text).toBe('Hola a todos.');
      expect(types.filter((type) => type !== 'response.output_text.delta')).toEqual([
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ]);
    });

    it('is what the AI SDK asks by default, over several turns', async () => {
      const messages: ModelMessage[] = [{ role: 'user', content: 'Hola' }];
      for (const expected of ['1', '2', '3']) {
        const { text, response } = await generateText({ model: sdk()('notes'), messages });
        expect(text).toBe(expected);
        messages.push(...response.messages, { role: 'user', content: `¿Y después de ${expected}?` });
      }
      const streamed = streamText({ model: sdk()('notes'), messages });
      expect(await streamed.text).toBe('4');
    });

    it('refuses what an agent cannot do, by the name of the parameter', async () => {
      const ask = (more: object) => openai().responses.create({ model: 'notes', input: 'Hola', ...more } as never);
      const image = [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] }];
      for (const [param, more] of Object.entries({
        tools: { tools: [{ type: 'web_search' }] },
        text: { text: { format: { type: 'json_object' } } },
        input: { input: image },
        background: { background: true },
        max_output_tokens: { max_output_tokens: -1 },
      }))
        await expect(ask(more)).rejects.toMatchObject({ status: 400, code: 'invalid_request', param });
    });
  });

  describe('with parameters', () => {
    it.each<[string, object]>([
      ['response_format', { response_format: { type: 'json_object' } }],
      ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
      ['tool_choice', { tool_choice: 'required' }],
      ['n', { n: 2 }],
      ['max_tokens', { max_tokens: -1 }],
      ['max_completion_tokens', { max_completion_tokens: 0 }],
      ['stop', { stop: ['x'] }],
      ['logprobs', { logprobs: true }],
    ])('refuses %s, whole and as a stream', async (param, more) => {
      for (const stream of [false, true]) {
        const asked = openai().chat.completions.create({
          model: 'notes',
          messages: [{ role: 'user', content: 'Hola' }],
          stream,
          ...more,
        } as never);
        await expect(asked).rejects.toMatchObject({ status: 400, code: 'invalid_request', param });
      }
    });

    it('takes what only tunes a model, and what asks for what happens anyway', async () => {
      const { choices } = await openai().chat.completions.create({
        model: 'notes',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hola' },
        ],
        temperature: 0.2,
        top_p: 0.9,
        seed: 4,
        presence_penalty: 1,
        max_tokens: 50,
        n: 1,
        tools: [],
        tool_choice: 'none',
        response_format: { type: 'text' },
        logprobs: false,
        stop: null,
      });
      expect(choices[0]?.message.content).toBe('1');
    });

    it('refuses them to the client of Anthropic too', async () => {
      const tools = [{ name: 'f', input_schema: { type: 'object' as const } }];
      const asked = anthropic().messages.create({
        model: 'notes',
        max_tokens: 9,
        tools,
        messages: [{ role: 'user', content: 'Hola' }],
      });
      await expect(asked).rejects.toMatchObject({ status: 400, error: { error: { param: 'tools' } } });
    });
  });

  describe('says how the turn ended', () => {
    const messages = [{ role: 'user' as const, content: 'Borrá todo' }];
    const deletes: Line[] = [{ calls: [{ tool: 'delete_notes', args: { why: 'x' } }] }];

    it('in a header and in a member that the clients let through', async () => {
      script = [...deletes];
      const { data, response } = await openai().chat.completions.create({ model: 'notes', messages }).withResponse();
      const run = response.headers.get('x-timonel-run');
      expect(response.headers.get('x-timonel-outcome')).toBe('awaiting_approval');
      expect(data).toMatchObject({
        timonel: { run, outcome: 'awaiting_approval', conversation: response.headers.get('x-timonel-conversation') },
      });
      down = true;
      const failed = await anthropic().messages.create({ model: 'notes', max_tokens: 9, messages });
      down = false;
      expect(failed).toMatchObject({ id: expect.stringMatching(/^msg_[0-9a-f]{32}$/), timonel: { outcome: 'failed' } });
    });

    it('in the first and the last chunk of a stream', async () => {
      script = [...deletes];
      const chunks: { timonel?: { run: string; outcome?: string } }[] = [];
      for await (const chunk of await openai().chat.completions.create({ model: 'notes', messages, stream: true }))
        chunks.push(chunk as object);
      expect(chunks[0]?.timonel?.run).toMatch(/^[0-9a-f-]{36}$/);
      expect(chunks.at(-1)?.timonel).toMatchObject({ run: chunks[0]?.timonel?.run, outcome: 'awaiting_approval' });
      script = ['Hola.'];
      const events: { type: string; timonel?: object }[] = [];
      const stream = await anthropic().messages.create({ model: 'notes', max_tokens: 9, messages, stream: true });
      for await (const event of stream) events.push(event as never);
      expect(events[0]).toMatchObject({ type: 'message_start', message: { timonel: { run: expect.any(String) } } });
      expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({ timonel: { outcome: 'replied' } });
    });
  });

  it('goes on with the history of LangChain, which names nothing', async () => {
    const chain = new ChatOpenAI({ model: 'notes', apiKey: timonel.apiKey, configuration: { baseURL: `${url}/v1` } });
    const said = [new HumanMessage('Hola desde LangChain'), new AIMessage(''), new HumanMessage('¿Y?'), new AIMessage('')];
    const answers: string[] = [];
    for (const length of [1, 3]) {
      const { content } = await chain.invoke(said.slice(0, length));
      answers.push(String(content));
      said[length] = new AIMessage(String(content));
    }
    let streamed = '';
    for await (const piece of await chain.stream([...said, new HumanMessage('¿Y ahora?')])) streamed += String(piece.content);
    expect([...answers, streamed]).toEqual(['1', '2', '3']);
  });
});
