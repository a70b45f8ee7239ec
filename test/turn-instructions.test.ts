import { afterAll, describe, expect, it } from 'vitest';
import { defineAgent, type PromptTurn } from '../src/index.ts';
import { versionOf } from '../src/release/version.ts';
import { notes } from './notes-agent.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

describe('what a model is told and offered, as a function of the turn', () => {
  let timonel: TestTimonel | undefined;
  let script: Line[] = [];
  let seen: PromptTurn[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  const desk = defineAgent({
    ...notes,
    name: 'desk',
    async prompt(turn) {
      seen.push(turn);
      if (turn.text === 'throw') throw new Error('The greeting is missing.');
      const open = await turn.flags.getBooleanValue('no-such-flag', true);
      const kept = await turn.state.conversation.get('mood');
      return `You keep notes on ${turn.channel} for ${turn.principal?.name ?? 'somebody'}. ${open} ${kept?.version ?? 'unset'}.`;
    },
    offers: ({ text }) => (text === 'unknown' ? ['burn'] : text.includes('look') ? ['list_notes'] : ['add_note', 'list_notes']),
  });
  const started = async () => (timonel ??= await startTimonel('embedded', { agents: [desk], models: { default: model } }));
  afterAll(() => timonel?.close());

  it('is made once in a run, and a call of what is not offered is refused', async () => {
    const { converse, say } = await started();
    const conversation = await converse('desk', { name: 'Ana' });
    seen = [];
    script = [{ calls: [{ tool: 'add_note', args: { text: 'milk' } }] }, 'I only look.'];
    const { run } = await say(conversation, 'Only look');
    expect(run.outcome).toBe('replied');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ turn: 1, text: 'Only look', channel: 'api', contact: { name: 'Ana' } });
    const [first, second] = model.asked.slice(-2);
    expect(String(first?.prompt[0]?.content)).toMatch(/^You keep notes on api for test\. true unset\./);
    expect(second?.prompt[0]).toEqual(first?.prompt[0]);
    expect(first?.tools?.map(({ name }) => name)).toEqual(['list_notes']);
    expect(JSON.stringify(second?.prompt.at(-1))).toContain(
      'The tool add_note is not offered in this turn. Offered are: list_notes.',
    );
    script = [{ calls: [{ tool: 'add_note', args: { text: 'milk' } }] }, 'Noted.'];
    expect((await say(conversation, 'Note milk')).run.outcome).toBe('replied');
    expect(JSON.stringify(model.asked.at(-1)?.prompt.at(-1))).toContain('stored');
    // The call that was refused in the turn before is still there, with its answer.
    expect(JSON.stringify(model.asked.at(-1)?.prompt)).toContain('is not offered in this turn');
  });

  it.each([
    ['throw', 'The greeting is missing.'],
    ['unknown', 'offers names burn. There are: add_note, list_notes, delete_notes.'],
  ])('ends the run without a model call where it fails (%s)', async (text, message) => {
    const { converse, say } = await started();
    const asked = model.asked.length;
    const { run } = await say(await converse('desk'), text);
    expect(run).toMatchObject({ outcome: 'failed', error: { code: 'model_unavailable' } });
    expect(run.error?.message).toContain(message);
    expect(model.asked).toHaveLength(asked);
  });

  it('is part of the version by its text, which says what it does not cover', () => {
    const one = versionOf(desk);
    expect(one.content).toMatchObject({
      prompt: { notCovered: expect.any(String), source: expect.stringContaining('You keep notes on') },
    });
    expect(versionOf({ ...desk, prompt: () => 'Other.' }).version).not.toBe(one.version);
    expect(versionOf({ ...desk, offers: () => [] }).version).not.toBe(one.version);
    expect(versionOf({ ...desk, memory: { tokens: 900 } }).version).not.toBe(one.version);
    const guarded = { ...desk, guard: () => ({ kind: 'pass' as const }) };
    expect(versionOf(guarded).content).toMatchObject({ guard: { notCovered: expect.any(String) }, guardTemplate: null });
    expect(versionOf(guarded).version).not.toBe(one.version);
    expect(versionOf({ ...guarded, guardTemplate: { text: 'Later.' } }).version).not.toBe(versionOf(guarded).version);
    expect(versionOf({ ...desk }).version).toBe(one.version);
    expect(versionOf(desk, { prompt: 'As data.' }).definition.prompt).toBe('As data.');
  });

  it('is refused where the memory is no number of tokens, messages or turns', () => {
    const broken = [{ tokens: 10 }, { messages: 1 }, { tools: { last: 0 } }, { tools: 'some' }];
    for (const memory of broken) expect(() => defineAgent({ ...notes, memory: memory as never })).toThrow(/memory\./);
  });
});
