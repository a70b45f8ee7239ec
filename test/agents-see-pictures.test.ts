import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel } from './artifact-client.ts';
import { clerk } from './parts-agent.ts';
import { type ScriptedModel, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const base64 = Buffer.from(pixel).toString('base64');
const url = `data:image/png;base64,${base64}`;
const messageIn = (body: unknown) => (body as { error: { message: string } }).error.message;
const picture = { type: 'image_url', image_url: { url } };

describe.each(storeKinds)('pictures that compatible clients send to an agent (%s)', (kind) => {
  let timonel: TestTimonel;
  let model: ScriptedModel;
  beforeAll(async () => {
    model = scriptedModel(() => 'A pixel.');
    const project = {
      agents: [clerk, { ...clerk, name: 'blind', model: 'blind', flows: undefined as never }],
      models: { blind: model, seeing: model },
      routes: { default: { targets: [{ model: 'project/seeing', media: ['image' as const, 'pdf' as const] }] } },
    };
    timonel = await startTimonel(kind, project);
  });
  afterAll(() => timonel?.close());

  const rows = async () =>
    (await timonel.timonel.store.pool.executeText<{ count: number }>('SELECT count(*)::int AS count FROM artifacts'))[0]?.count;
  const shown = () =>
    (model.asked.at(-1) as LanguageModelV4CallOptions).prompt.flatMap(({ role, content }) =>
      role === 'user' ? content.map((part) => (part.type === 'text' ? part.text : part.type)) : [],
    );
  const chat = (content: unknown, more: object = {}) =>
    timonel.call('POST', '/v1/chat/completions', { model: 'clerk', messages: [{ role: 'user', content }], ...more });

  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture] }] }],
    [
      '/v1/messages',
      {
        max_tokens: 100,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } },
              { type: 'text', text: 'What is it?' },
            ],
          },
        ],
      },
    ],
    [
      '/v1/responses',
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'What is it?' },
              { type: 'input_image', image_url: url },
            ],
          },
        ],
      },
    ],
  ])('%s shows the model what was sent', async (path, body) => {
    const { status, body: answer } = await timonel.call('POST', path, { model: 'clerk', ...body });
    expect([status, JSON.stringify(answer)]).toEqual([200, expect.stringContaining('A pixel.')]);
    expect(shown().slice(0, 3)).toEqual(['What is it?', expect.stringMatching(/^\[image .*image\/png, \d+ bytes/), 'file']);
  });

  it('takes a picture without a word, streams, and stores a repeated request once', async () => {
    const before = (await rows()) ?? 0;
    const streamed = await timonel.call<string>(
      'POST',
      '/v1/chat/completions',
      { model: 'clerk', stream: true, messages: [{ role: 'user', content: [picture] }] },
      { 'idempotency-key': `once-${kind}` },
    );
    expect(streamed.body).toContain('"content":"pixel."');
    const again = await timonel.call<string>(
      'POST',
      '/v1/chat/completions',
      { model: 'clerk', stream: true, messages: [{ role: 'user', content: [picture] }] },
      { 'idempotency-key': `once-${kind}` },
    );
    expect(again.body).toContain('pixel.');
    expect(await rows()).toBe(before + 1);
  });

  it.each([
    ['an address', [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }], 'data: URLs'],
    ['no picture', [{ type: 'image_url' }], 'a part of type "image_url"'],
    ['sound', [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }], 'a part of type "input_audio"'],
    ['an answer of a tool', [{ type: 'tool_result', tool_use_id: 'x', content: 'y' }], 'a part of type "tool_result"'],
    ['twenty', Array.from({ length: 20 }, () => picture), 'up to 19 pictures'],
  ])('refuses %s', async (_what, content, message) => {
    const { status, body } = await chat(content);
    expect([status, messageIn(body)]).toEqual([400, expect.stringContaining(message)]);
  });

  it('keeps nothing of what the agent does not take', async () => {
    const before = await rows();
    const { status, body } = await chat([{ type: 'text', text: 'What is it?' }, picture], { model: 'blind' });
    expect([status, messageIn(body)]).toEqual([422, expect.stringContaining('does not take')]);
    expect(await rows()).toBe(before);
  });
});
