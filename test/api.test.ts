import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from './new-workspace.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

type Problem = { code: string; detail: string; status: number; requestId: string };

describe.each(storeKinds)('bad input gets a clear error (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes], models: { default: scriptedModel(() => 'Bien.') } });
  });
  afterAll(() => timonel.close());

  const post = async (text: unknown, headers?: Record<string, string>) => {
    const id = await timonel.converse('notes');
    return timonel.call<Problem>(
      'POST',
      `/api/v1/conversations/${id}/messages`,
      typeof text === 'string' ? { text } : text,
      headers,
    );
  };

  it('says what would have been taken as a text', async () => {
    expect(await post('')).toMatchObject({
      status: 422,
      body: { code: 'message_invalid', detail: expect.stringMatching(/empty/) },
    });
    expect(await post(' \n\t')).toMatchObject({ status: 422, body: { code: 'message_invalid' } });
    expect(await post('a\0b')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', detail: expect.stringMatching(/null character at position 1 of body\.text/) },
    });
    expect(await post('x'.repeat(16_001))).toMatchObject({
      status: 422,
      body: { code: 'message_invalid', detail: expect.stringMatching(/16001 characters; up to 16000/) },
    });
    expect(await post('x'.repeat(1_048_576))).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(await post({ text: 7 })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', detail: expect.stringMatching(/text/) },
    });
    expect(await post({ text: 'x', txet: 'y' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', detail: expect.stringMatching(/txet/) },
    });
  });

  it('takes any language, emoji, right-to-left text, and half a surrogate pair', async () => {
    for (const text of ['שלום', '👩‍👩‍👧‍👦 mañana', '‮abc', 'e\u0301', '\ud83d', '🇦🇷'.repeat(100), '\u0001\u0002x']) {
      expect(await post(text)).toMatchObject({ status: 200, body: { reply: { text: 'Bien.' } } });
    }
  });

  it('says what is wrong with a body that is not JSON, or not meant as such', async () => {
    const id = await timonel.converse('notes');
    const url = `/api/v1/conversations/${id}/messages`;
    expect(await timonel.call('POST', url, '{"text":', {})).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
    expect(await timonel.call('POST', url, '\xff\xfe\x00binary', { 'content-type': 'application/octet-stream' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
  });

  it('knows neither strangers nor what is not there', async () => {
    expect(await timonel.call('POST', '/api/v1/conversations', { agent: 'nobody' })).toMatchObject({
      status: 404,
      body: { code: 'agent_not_found', detail: 'There is no agent "nobody". There are: notes.' },
    });
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await timonel.call('POST', `/api/v1/conversations/${unknown}/messages`, { text: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'conversation_not_found' },
    });
    expect(await timonel.call('GET', '/api/v1/conversations/not-an-id')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
    expect(await timonel.call('GET', `/api/v1/runs/${unknown}/events`)).toMatchObject({
      status: 404,
      body: { code: 'run_not_found' },
    });
    expect(await timonel.call('GET', '/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic dXNlcjpwYXNz', `Bearer ${'x'.repeat(10_000)}`]) {
      expect(await timonel.call('GET', '/api/v1/agents', undefined, { authorization })).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    }
  });

  it("does not show another workspace's conversations and runs", async () => {
    const id = await timonel.converse('notes');
    const { run } = await timonel.say(id, 'Secreto');
    const { authorization } = await newWorkspace(timonel, 'other');
    const attempts: ['GET' | 'POST', string, unknown?][] = [
      ['GET', `/api/v1/conversations/${id}`],
      ['POST', `/api/v1/conversations/${id}/messages`, { text: 'x' }],
      ['POST', `/api/v1/conversations/${id}/close`],
      ['GET', `/api/v1/runs/${run.id}`],
      ['GET', `/api/v1/runs/${run.id}/events`],
      ['POST', `/api/v1/runs/${run.id}/approvals/0.0`, { decision: 'approve' }],
    ];
    for (const [method, url, body] of attempts) {
      const answer = await timonel.call(method, url, body, { authorization });
      expect([url, answer.status]).toEqual([url, 404]);
      expect(JSON.stringify(answer.body)).not.toContain('Secreto');
    }
  });

  it('keeps a client key to conversations, and ends a key at once', async () => {
    const { body: key } = await timonel.call<{ id: string; apiKey: string }>('POST', '/api/v1/api-keys', { name: 'web' });
    const authorization = `Bearer ${key.apiKey}`;
    expect((await timonel.call('GET', '/api/v1/agents', undefined, { authorization })).status).toBe(200);
    expect(await timonel.call('POST', '/api/v1/api-keys', { name: 'x' }, { authorization })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect((await timonel.call('DELETE', `/api/v1/api-keys/${key.id}`)).status).toBe(204);
    expect((await timonel.call('GET', '/api/v1/agents', undefined, { authorization })).status).toBe(401);
  });

  it('refuses a message to a closed conversation', async () => {
    const id = await timonel.converse('notes');
    expect((await timonel.call('POST', `/api/v1/conversations/${id}/close`)).status).toBe(204);
    expect(await timonel.call('POST', `/api/v1/conversations/${id}/messages`, { text: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'conversation_closed' },
    });
  });

  it('answers health and metrics without a key, and documents itself', async () => {
    const anonymous = { authorization: '' };
    expect(await timonel.call('GET', '/health/live', undefined, anonymous)).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await timonel.call('GET', '/health/ready', undefined, anonymous)).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await timonel.call('GET', '/api/v1/health/ready', undefined, anonymous)).toMatchObject({
      status: 200,
      body: { status: 'ok', database: 'up', cache: expect.stringMatching(/^(?:memory|up)$/), timestamp: expect.any(String) },
    });
    expect((await timonel.call<string>('GET', '/metrics/prometheus', undefined, anonymous)).body).toMatch(
      /timonel_runs_total\{.*outcome="replied"/,
    );
    expect((await timonel.call<{ openapi: string }>('GET', '/openapi.json', undefined, anonymous)).body.openapi).toBe('3.1.0');
    expect((await timonel.call('GET', '/docs/', undefined, anonymous)).status).toBe(200);
  });
});
