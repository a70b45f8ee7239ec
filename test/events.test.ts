import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

interface Event {
  id: string | undefined;
  event: string;
  data: Record<string, unknown>;
}

describe.each(storeKinds)('a turn as events (%s)', (kind) => {
  let timonel: TestTimonel;
  let url: string;
  let script: Line[] = [];
  let pause = 0;
  beforeAll(async () => {
    const model = scriptedModel(async () => {
      await sleep(pause);
      return script.shift() ?? new Error('unexpected model call');
    });
    timonel = await startTimonel(kind, { agents: [notes], models: { default: model } });
    url = await timonel.timonel.listen();
  });
  afterAll(() => timonel.close());

  const headers = () => ({
    authorization: `Bearer ${timonel.apiKey}`,
    'content-type': 'application/json',
    accept: 'text/event-stream',
  });
  const post = (conversation: string, text: string, more: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${url}/api/v1/conversations/${conversation}/messages`, {
      method: 'POST',
      headers: { ...headers(), ...more },
      body: JSON.stringify({ text }),
      ...(signal === undefined ? {} : { signal }),
    });

  it('streams the text while it is written, then every step once, then the end', async () => {
    const conversation = await timonel.converse('notes');
    script = [{ calls: [{ tool: 'add_note', args: { text: 'pan' } }] }, 'Anoté el pan.'];
    const events = parse(await (await post(conversation, 'Anotá pan')).text());
    expect(events.map(({ event }) => event)).toEqual([
      'run-accepted',
      'plan-made',
      'call-decided',
      'call-finished',
      'text-written',
      'text-written',
      'text-written',
      'plan-made',
      'reply-given',
      'run-ended',
    ]);
    const text = events.flatMap(({ event, data }) => (event === 'text-written' ? [data['delta']] : [])).join('');
    expect(text).toBe('Anoté el pan.');
    expect(events.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]))).toEqual([0, 1, 2, 3, 4]);
    expect(events.at(-1)?.data).toMatchObject({ run: { outcome: 'replied', steps: 5 }, reply: { text: 'Anoté el pan.' } });
  });

  it('names the run in a header and in the first event, whole or as events', async () => {
    const conversation = await timonel.converse('notes');
    script = ['Hola.', 'Chau.'];
    const streamed = await post(conversation, 'Hola');
    const [first, ...others] = parse(await streamed.text());
    const runId = streamed.headers.get('x-timonel-run');
    expect(first).toEqual({ id: undefined, event: 'run-accepted', data: { runId } });
    expect(others.at(-1)?.data).toMatchObject({ run: { id: runId } });
    const whole = await post(conversation, 'Chau', { accept: 'application/json' });
    expect(whole.headers.get('x-timonel-outcome')).toBe('replied');
    expect(await whole.json()).toMatchObject({ run: { id: whole.headers.get('x-timonel-run') } });
  });

  it('ends a stream with the name of its run where the process stops before the turn does', async () => {
    const fresh = await startTimonel(
      'embedded',
      { agents: [notes], models: { default: scriptedModel(() => sleep(8_000).then(() => 'Tarde.')) } },
      { environment: { ...(await freshStoreEnvironment('embedded')).environment, TIMONEL_SHUTDOWN_GRACE_MS: '50' } },
    );
    const base = await fresh.timonel.listen();
    const conversation = await fresh.converse('notes');
    const authorized = { ...headers(), authorization: `Bearer ${fresh.apiKey}` };
    const say = (path: string, body: object, more: Record<string, string> = {}) =>
      fetch(`${base}${path}`, { method: 'POST', headers: { ...authorized, ...more }, body: JSON.stringify(body) });
    // Those that wait for a whole answer are told the same, and keep nobody from stopping.
    const whole = Promise.all([
      say(`/api/v1/conversations/${await fresh.converse('notes')}/messages`, { text: 'Hola' }, { accept: 'application/json' }),
      say('/v1/chat/completions', { model: 'notes', messages: [{ role: 'user', content: 'Chau' }] }),
    ]);
    const [own, compatible] = await Promise.all([
      fetch(`${base}/api/v1/conversations/${conversation}/messages`, {
        method: 'POST',
        headers: authorized,
        body: JSON.stringify({ text: 'Hola' }),
      }),
      fetch(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: authorized,
        body: JSON.stringify({ model: 'notes', stream: true, messages: [{ role: 'user', content: 'Hola' }] }),
      }),
    ]);
    const told = Promise.all([own.text(), compatible.text()]);
    await fresh.close();
    const [events, chunks] = await told;
    const [waited, refused] = await whole;
    expect(waited.status).toBe(202);
    expect(await refused.json()).toMatchObject({ error: { code: 'turn_under_way', runId: expect.any(String) } });
    expect(parse(events).at(-1)).toMatchObject({
      event: 'interrupted',
      data: { runId: own.headers.get('x-timonel-run') },
    });
    expect(chunks).toMatch(/"code":"shutting_down"/);
    expect(chunks).toContain(`"runId":"${compatible.headers.get('x-timonel-run')}"`);
  });

  it('goes on after the event that the reader had, for a lost connection to the message itself too', async () => {
    const conversation = await timonel.converse('notes');
    script = [{ calls: [{ tool: 'list_notes', args: {} }] }, 'Nada.'];
    pause = 150;
    const lost = new AbortController();
    const first = await post(conversation, '¿Qué hay?', { 'idempotency-key': 'a' }, lost.signal);
    lost.abort();
    await first.text().catch(() => '');
    const again = parse(await (await post(conversation, '¿Qué hay?', { 'idempotency-key': 'a', 'last-event-id': '1' })).text());
    pause = 0;
    expect(again.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]))).toEqual([2, 3, 4]);
    const { id: runId } = (again.at(-1) as Event).data['run'] as { id: string };
    const stored = parse(
      await (await fetch(`${url}/api/v1/runs/${runId}/events`, { headers: { ...headers(), 'last-event-id': '3' } })).text(),
    );
    expect(stored.map(({ event }) => event)).toEqual(['run-accepted', 'reply-given', 'run-ended']);
    const wrong = await fetch(`${url}/api/v1/runs/${runId}/events`, { headers: { ...headers(), 'last-event-id': 'x' } });
    expect(wrong.status).toBe(400);
  });

  it('ends open streams when the process shuts down', async () => {
    const other = await startTimonel('embedded', {
      agents: [notes],
      models: { default: scriptedModel(() => sleep(1_000).then(() => 'Tarde.')) },
    });
    const base = await other.timonel.listen();
    const conversation = await other.converse('notes');
    const response = await fetch(`${base}/api/v1/conversations/${conversation}/messages`, {
      method: 'POST',
      headers: { ...headers(), authorization: `Bearer ${other.apiKey}` },
      body: JSON.stringify({ text: 'Hola' }),
    });
    await other.close();
    // The run was drained, so the reader even got its reply.
    expect(await response.text()).toContain('Tarde.');
  });
});

function parse(text: string): Event[] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('event: '))
    .map((block) => ({
      id: /^id: (.*)$/m.exec(block)?.[1],
      event: /^event: (.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') as Record<string, unknown>,
    }));
}
