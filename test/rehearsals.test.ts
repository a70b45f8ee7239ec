/** What an agent would do, shown without doing it: nothing is stored, and nothing is changed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { defineAgent } from '../src/index.ts';
import { newPerson } from './identity/people.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

interface Step {
  event: string;
  data: Record<string, unknown>;
}
interface Rehearsed {
  version: string;
  turns: { outcome: string; reply: string | null; awaiting: string | null; stoppedBefore: object[]; steps: Step[] }[];
  instructions: { prompt: string; offered: string[] | null } | null;
  understood: { intent: string; slots: object } | null;
}

const made = defineAgent({
  ...notes,
  name: 'made',
  prompt: ({ text, turn }) => `Turn ${turn}: ${text}`,
  offers: () => ['list_notes'],
});
const model = scriptedModel(({ prompt }) => {
  const last = prompt.at(-1);
  if (last?.role === 'tool') return 'Hecho.';
  const [part] = Array.isArray(last?.content) ? last.content : [];
  const said = part?.type === 'text' ? part.text : '';
  if (said.startsWith('Guardá: ')) return { calls: [{ tool: 'add_note', args: { text: said.slice(8) } }] };
  if (said.startsWith('Borrá')) return { calls: [{ tool: 'delete_notes', args: { why: said } }] };
  if (said.startsWith('Listá')) return { calls: [{ tool: 'list_notes', args: {} }] };
  return `Oí: ${said}`;
});

describe.each(storeKinds)('rehearsals (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(
      kind,
      { agents: [booking, notes, made], models: { default: model } },
      { now: () => new Date('2026-11-20T12:00:00-03:00') },
    );
  });
  afterAll(() => timonel?.close());
  const rehearse = (agent: string, messages: string[], more: object = {}) =>
    timonel.call<Rehearsed>('POST', `/api/v1/agents/${agent}/rehearsals`, { messages, ...more });
  const left = async () => {
    const tables = ['runs', 'conversations', 'messages', 'steps', 'booking_appointments', 'files'];
    const rows = await Promise.all(
      tables.map((table) => timonel.timonel.store.pool.executeText<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)),
    );
    return rows.map(([row]) => row?.n);
  };

  it('plays turns of the flows up to the write that they lead to', async () => {
    const before = await left();
    const asked = await rehearse('booking', ['un corte de pelo mañana', 'a las 17']);
    expect(asked.status, JSON.stringify(asked.body)).toBe(200);
    expect(asked.body.turns).toHaveLength(2);
    expect(asked.body.turns[0]).toMatchObject({ outcome: 'awaiting_input', reply: expect.stringMatching(/\w/), stoppedBefore: [] });
    expect(asked.body.turns[0]?.steps.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['plan-made', 'call-decided', 'call-finished', 'reply-given']),
    );
    expect(asked.body.version).toMatch(/^1\.0\.0\+/);
    expect(asked.body.understood).toMatchObject({ slots: { time: '17:00' } });
    expect(asked.body.instructions).toMatchObject({ prompt: expect.stringContaining('appointment'), offered: null });
    expect(await left()).toEqual(before);
  });

  it('asks the model where that is wanted, stops before a write or a question, and shows what a rule is against', async () => {
    const before = await left();
    const stored = await rehearse('notes', ['Hola', 'Guardá: leche', 'Hola'], { models: true });
    expect(stored.body.turns).toMatchObject([
      { outcome: 'replied', reply: 'Oí: Hola' },
      { reply: null, stoppedBefore: [{ tool: 'add_note', args: { text: 'leche' }, asks: false }] },
    ]);
    const asked = await rehearse('notes', ['Borrá todo'], { models: true });
    expect(asked.body.turns).toMatchObject([
      { outcome: 'awaiting_approval', stoppedBefore: [{ tool: 'delete_notes', asks: true }] },
    ]);
    const denied = await rehearse('notes', ['Guardá: my password'], { models: true });
    const decided = denied.body.turns[0]?.steps.find(({ event }) => event === 'call-decided');
    expect(decided?.data).toMatchObject({ verdict: { kind: 'deny', rule: 'no-secrets' } });
    const read = await rehearse('made', ['Hola', 'Listá'], { models: true });
    expect(read.body).toMatchObject({
      turns: [{}, { reply: 'Hecho.' }],
      instructions: { prompt: 'Turn 2: Listá', offered: ['list_notes'] },
      understood: null,
    });
    expect(await left()).toEqual(before);
  });

  it('refuses what it cannot play, and who may not', async () => {
    expect((await rehearse('nobody', ['hola'])).body).toMatchObject({ code: 'agent_not_found' });
    expect((await rehearse('notes', ['hola'], { version: '9.9.9' })).body).toMatchObject({ code: 'invalid_request' });
    expect((await rehearse('notes', [])).status).toBe(400);
    expect((await rehearse('notes', ['hola'])).body.turns).toMatchObject([
      { outcome: 'failed', error: { code: 'model_unavailable' } },
    ]);
    const member = await newPerson(timonel, { role: 'member' });
    const refused = await timonel.call('POST', '/api/v1/agents/notes/rehearsals', { messages: ['hola'] }, member.headers);
    expect(refused.status).toBe(403);
    expect((await timonel.call('GET', '/api/v1/agents/notes', undefined, member.headers)).status).toBe(403);
  });

  it('shows an agent as it answers: instructions, tools with their arguments, rules with their tools, limits', async () => {
    const { body } = await timonel.call('GET', '/api/v1/agents/notes');
    expect(body).toMatchObject({
      name: 'notes',
      codeVersion: '1.0.0',
      prompt: 'You keep notes.',
      flows: false,
      limits: { steps: 40 },
      tools: [
        { name: 'add_note', effect: 'write', target: 'database', input: { properties: { text: { type: 'string' } } } },
        {},
        {},
      ],
      rules: [{ id: 'no-secrets', tools: ['add_note'], safety: false }, {}, {}],
    });
    expect((await timonel.call('GET', '/api/v1/agents/made')).body).toMatchObject({ prompt: null, offers: true });
    expect((await timonel.call('GET', '/api/v1/agents/nobody')).status).toBe(404);
  });
});
