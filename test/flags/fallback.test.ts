import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { notes } from '../notes-agent.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of the API, asserted on
type Body = any;

/** A Friday, when the sample salon is open until eight. */
const now = () => new Date('2026-11-20T12:00:00-03:00');
const variants = { none: 'none', flows: 'flows', http: 'http' };

describe.each(storeKinds)('what answers instead of a model (%s)', (kind) => {
  let at: TestTimonel;
  let old: Server;
  let received: { body: Body; headers: IncomingMessage['headers'] }[] = [];
  let behave: (response: ServerResponse) => void;
  let line: () => Line | Promise<Line>;
  const model = scriptedModel(() => line());
  const answer = (response: ServerResponse, body: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
  const polite = (response: ServerResponse) =>
    answer(response, { reply: { text: 'Soy el sistema de antes.', options: ['Sí'] }, outcome: 'replied' });

  beforeAll(async () => {
    old = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ body: JSON.parse(Buffer.concat(chunks).toString()), headers: request.headers });
        behave(response);
      });
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(old.address() as AddressInfo).port}/turns`;
    // An agent with flows, one without, and one that nobody answers for.
    const agents = [{ ...booking, limits: { ...booking.limits, wallTimeMs: 2_000 } }, notes, { ...notes, name: 'lonely' }];
    at = await startTimonel(kind, { agents, models: { default: model }, fallbacks: { booking: url, notes: url } }, { now });
  });
  afterAll(async () => {
    await at.close();
    old.closeAllConnections();
    await new Promise((resolve) => old.close(resolve));
  });
  beforeEach(async () => {
    received = [];
    behave = polite;
    line = () => 'Soy el modelo.';
    // A model that failed in one test is asked in the next.
    const url = '/api/v1/health/circuit-breaker';
    for (const { target } of (await at.call<Body>('GET', url)).body.breakers)
      await at.call('POST', url, { target, state: 'closed' });
    for (const { key } of at.timonel.flags.table.list('default')) await at.call('DELETE', `/api/v1/flags/${key}`);
  });

  const decide = async (agent: string, flag: object) => {
    const put = await at.call<Body>('PUT', `/api/v1/flags/fallback.${agent}`, {
      type: 'string',
      variants,
      defaultVariant: 'none',
      ...flag,
    });
    expect(put).toMatchObject({ status: 200 });
  };
  const say = async (agent: string, text: string) => at.say(await at.converse(agent), text);
  const asked = () => model.asked.length;

  it('is the flow planner where somebody decided so, and the run says so; the model is asked again once they decide otherwise', async () => {
    const conversation = await at.converse('booking');
    expect(await at.say(conversation, 'Hola')).toMatchObject({ run: { degraded: false }, reply: { text: 'Soy el modelo.' } });
    const before = asked();
    await decide('booking', { defaultVariant: 'flows' });
    const turn = await at.say(conversation, '¿A qué hora abren el lunes?');
    expect(turn.run).toMatchObject({ outcome: 'replied', degraded: true, degradedReason: 'decision: flows' });
    expect(turn.reply.text).toMatch(/9/);
    expect([asked(), received.length]).toEqual([before, 0]);
    // Switched off, it decides nothing, though its default variant is another.
    await decide('booking', { defaultVariant: 'flows', enabled: false });
    expect(await at.say(conversation, 'Gracias')).toMatchObject({ run: { degraded: false }, reply: { text: 'Soy el modelo.' } });
    await decide('booking', {});
    expect((await at.say(conversation, 'Gracias')).run.degraded).toBe(false);
    expect((await at.call('DELETE', '/api/v1/flags/fallback.booking')).status).toBe(204);
    expect((await at.say(conversation, 'Chau')).run.degraded).toBe(false);
  });

  it('is the system that answered before, which gets the turn and what was said', async () => {
    const conversation = await at.converse('booking', { name: 'Ana Paz', phone: '+54 9 11 5555-1234' });
    await at.say(conversation, 'Hola');
    await decide('booking', { defaultVariant: 'http' });
    const turn = await at.say(conversation, 'Quiero un turno');
    expect(turn).toMatchObject({
      run: { outcome: 'replied', degraded: true, degradedReason: 'decision: http', usage: { modelCalls: 0 } },
      reply: { text: 'Soy el sistema de antes.', options: ['Sí'] },
    });
    expect(received).toHaveLength(1);
    expect(received[0]?.body).toMatchObject({
      runId: turn.run.id,
      conversationId: conversation,
      agent: 'booking',
      turn: 2,
      text: 'Quiero un turno',
      contact: { name: 'Ana Paz' },
      history: [
        { role: 'user', text: 'Hola' },
        { role: 'assistant', text: 'Soy el modelo.' },
      ],
    });
    expect(received[0]?.headers['idempotency-key']).toBe(turn.run.id);
  });

  it('is decided by what is known of a conversation, which stays where it is while a share grows', async () => {
    await decide('booking', { rules: [{ when: [{ attribute: 'channel', in: ['whatsapp'] }], variant: 'flows' }] });
    const { body } = await at.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'booking', channel: 'whatsapp' });
    expect((await at.say(body.id, '¿A qué hora abren?')).run.degradedReason).toBe('decision: flows');
    expect((await say('booking', 'Hola')).run.degraded).toBe(false);

    const conversations = await Promise.all(Array.from({ length: 12 }, () => at.converse('booking')));
    const sent = async () => {
      const turns = await Promise.all(conversations.map((id) => at.say(id, '¿A qué hora abren?')));
      return turns.map(({ run }) => run.degraded);
    };
    const split = (percentage: number) => decide('booking', { rules: [{ split: [{ variant: 'flows', percentage }] }] });
    await split(40);
    const first = await sent();
    expect(await sent()).toEqual(first);
    // OFREP tells of each conversation what was decided, and why.
    const told = await Promise.all(
      conversations.map((id) =>
        at.call<Body>('POST', '/ofrep/v1/evaluate/flags/fallback.booking', { context: { targetingKey: id } }),
      ),
    );
    expect(told.map((each) => each.body.value === 'flows')).toEqual(first);
    await split(80);
    const second = await sent();
    for (const [index, before] of first.entries()) if (before) expect(second[index]).toBe(true);
    await split(100);
    expect(await sent()).toEqual(conversations.map(() => true));
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['does not answer in time', () => {}, /did not answer/],
    ['fails', (response) => answer(response, { error: 'x' }, 500), /It answered 500/],
    ['answers without end', (response) => flood(response), /longer than 262144 bytes/],
    ['answers what is no JSON', (response) => answer(response, '<html>Hola</html>'), /not valid JSON|Unexpected token/],
    ['answers JSON of another shape', (response) => answer(response, { text: 'Hola' }), /reply/],
    ['answers with nothing to say', (response) => answer(response, { reply: { text: '' } }), /reply/],
    ['hangs up', (response) => response.destroy(), /did not answer/],
    [
      'sends on to another address',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /It answered 302/,
    ],
  ])('is an apology and a failed run when the other system %s', async (_what, misbehave, message) => {
    await decide('booking', { defaultVariant: 'http' });
    behave = misbehave;
    const turn = await say('booking', 'Quiero un turno');
    expect(turn.run).toMatchObject({ outcome: 'failed', degradedReason: 'decision: http', error: { code: 'model_unavailable' } });
    expect(turn.run.error?.message).toMatch(message);
    expect(turn.reply.text.length).toBeGreaterThan(10);
    expect(received).toHaveLength(1);
  });

  it('is the flows first when the model fails, the other system where there are none, and an apology where there is neither', async () => {
    line = () => new Error('the provider is down');
    expect((await say('booking', '¿A qué hora abren el lunes?')).run.degradedReason).toContain('provider is down');
    expect(received).toHaveLength(0);
    const turn = await say('notes', 'Anotá pan');
    expect(turn).toMatchObject({ run: { outcome: 'replied', degraded: true }, reply: { text: 'Soy el sistema de antes.' } });
    expect(turn.run.degradedReason).toMatch(/provider is down|breaker is open/);
    expect(received).toHaveLength(1);
    expect((await say('lonely', 'Anotá pan')).run).toMatchObject({ outcome: 'failed', degraded: false });
  });

  it('is not the other system once the turn has had an effect, which would happen twice', async () => {
    const failsAfter = (tool: string, args: object) => {
      const lines: Line[] = [{ calls: [{ tool, args }] }];
      line = () => lines.shift() ?? new Error('the provider is down');
    };
    failsAfter('list_notes', {});
    expect(await say('notes', '¿Qué anoté?')).toMatchObject({
      run: { outcome: 'replied' },
      reply: { text: 'Soy el sistema de antes.' },
    });
    failsAfter('add_note', { text: 'pan' });
    expect((await say('notes', 'Anotá pan')).run).toMatchObject({ outcome: 'failed', error: { code: 'model_unavailable' } });
    expect(received).toHaveLength(1);
  });

  it('is decided with the first plan of a turn: one that the model began is not handed over in its middle', async () => {
    const conversation = await at.converse('notes');
    let said = 0;
    const lines: Line[] = [{ calls: [{ tool: 'add_note', args: { text: 'pan' } }] }, 'Anotado.'];
    line = async () => {
      if (said === 0) await decide('notes', { defaultVariant: 'http' });
      return lines[said++] ?? new Error('Nobody expected another call.');
    };
    expect(await at.say(conversation, 'Anotá pan')).toMatchObject({ run: { degraded: false }, reply: { text: 'Anotado.' } });
    expect((await at.say(conversation, 'Y leche')).run.degradedReason).toBe('decision: http');
    expect(said).toBe(2);
  });

  it('cannot be something that would leave turns without an answer', async () => {
    const refused = async (agent: string, flag: object) => {
      const body = { type: 'string', variants, defaultVariant: 'none', ...flag };
      const answered = await at.call<Body>('PUT', `/api/v1/flags/fallback.${agent}`, body);
      return `${answered.status} ${answered.body.detail}`;
    };
    expect(await refused('notes', { defaultVariant: 'flows' })).toContain(
      '400 fallback.notes gives "flows", and notes has no flows.',
    );
    expect(await refused('lonely', { rules: [{ split: [{ variant: 'http', percentage: 1 }] }] })).toMatch(
      /^400 .*names no system for lonely/,
    );
    expect(await refused('booking', { variants: { none: 'none', legacy: 'old' } })).toContain(
      '400 variants.legacy: fallback.booking can be',
    );
    expect(await refused('booking', { type: 'boolean', variants: { none: false } })).toMatch(/^400 variants\.none/);
    expect(await refused('nobody', {})).toMatch(/^404 .*there is no "nobody". There are: booking, notes, lonely/);
    // Nobody can get what has no share.
    expect(await refused('lonely', { rules: [{ split: [{ variant: 'http', percentage: 0 }] }] })).toMatch(/^200/);
  });
});

/** Writes until the other side has had enough. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"reply":{"text":"');
  const more = () => {
    while (!response.destroyed) if (!response.write('a'.repeat(65_536))) return void response.once('drain', more);
  };
  more();
}
