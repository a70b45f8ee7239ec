import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import {
  cachedText,
  type ProtocolName,
  protocols,
  type Recorded,
  type RecordedProvider,
  startRecordedProvider,
} from './recorded-provider.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const names = Object.keys(protocols) as ProtocolName[];
/** One agent for each protocol, and one with a memory that is soon full. */
const agents = names.flatMap((name) => [
  { ...notes, name: `notes-${name}`, model: protocols[name] },
  { ...notes, name: `small-${name}`, model: protocols[name], memory: { tokens: 1_000 } },
]);

describe('what a model sees of earlier turns', () => {
  let timonel: TestTimonel;
  let provider: RecordedProvider;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    provider = await startRecordedProvider();
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    timonel = await startTimonel('embedded', { agents }, { environment: { ...fresh.environment, ...provider.environment } });
  });
  afterAll(async () => {
    await timonel.close();
    await provider.close();
    await remove();
  });
  const asked = async (
    conversation: string,
    text: string,
  ): Promise<{ turn: Awaited<ReturnType<TestTimonel['say']>>; requests: Recorded[] }> => {
    const before = provider.requests.length;
    const turn = await timonel.say(conversation, text);
    return { turn, requests: provider.requests.slice(before) };
  };

  it.each(names)('has the calls and the results of earlier turns, each with its id (%s)', async (name) => {
    const conversation = await timonel.converse(`notes-${name}`);
    const first = await asked(conversation, 'Which notes are there?');
    expect(first.turn).toMatchObject({ run: { outcome: 'replied' }, reply: { text: 'There are no notes.' } });
    const { requests } = await asked(conversation, 'Are you sure?');
    const [request] = requests;
    const { messages } = cachedText(name, request as Recorded);
    expect(messages).toHaveLength(5);
    const [user, call, result, reply, now] = messages as [string, string, string, string, string];
    expect(user).toContain('Which notes are there?');
    expect(call).toContain('list_notes');
    expect(result).toContain('notes');
    expect(reply).toContain('There are no notes.');
    expect(now).toContain('Are you sure?');
    if (name === 'google') return;
    const id = /"id":"([^"]+)"/.exec(call)?.[1];
    expect(id).toBeDefined();
    expect(result).toContain(`"${id}"`);
  });

  it.each(names)(
    'begins with the bytes of the call before, until the budget is passed (%s)',
    async (name) => {
      const conversation = await timonel.converse(`small-${name}`);
      let before: ReturnType<typeof cachedText> | undefined;
      let moved = 0;
      for (let turn = 1; turn <= 200; turn++) {
        const { turn: said, requests } = await asked(conversation, `Message ${turn}`);
        expect(said.run.outcome).toBe('replied');
        if (requests.some(({ summary }) => summary)) {
          moved += 1;
          before = undefined;
        }
        for (const request of requests) {
          if (request.summary) continue;
          const text = cachedText(name, request);
          if (before !== undefined) {
            expect(text.head).toBe(before.head);
            expect(text.messages.slice(0, before.messages.length)).toEqual(before.messages);
          }
          before = text;
        }
      }
      expect(moved).toBeGreaterThan(3);
      expect(moved).toBeLessThan(40);
      const last = cachedText(name, provider.requests.at(-1) as Recorded);
      expect(last.messages.join('').length).toBeLessThan(1_000 * 4 * 2);
      expect(last.messages[0]).toContain('kept by Timonel');
      expect(last.messages[0]).toContain('They asked for their notes.');
    },
    120_000,
  );

  it('is marked for the cache of a provider that wants marks, at most four times, and costs what the provider bills', async () => {
    const conversation = await timonel.converse('notes-anthropic');
    await asked(conversation, 'One');
    const { requests } = await asked(conversation, 'Two');
    const [first, second] = requests.map(({ body, text }) => ({
      body,
      marks: text.match(/"cache_control":{"type":"ephemeral"}/g)?.length,
    }));
    expect([first?.marks, second?.marks]).toEqual([2, 3]);
    expect(JSON.stringify(first?.body.system)).toContain('cache_control');
    expect(JSON.stringify(first?.body.messages.at(-2))).toContain('cache_control');
    expect(JSON.stringify(second?.body.messages.at(-1))).toContain('cache_control');
    const elsewhere = await asked(await timonel.converse('notes-openai'), 'One');
    expect(elsewhere.requests.map(({ text }) => text).join()).not.toContain('cache');
  });

  it('counts and prices what the provider read from its cache', async () => {
    const conversation = await timonel.converse('notes-anthropic');
    const billed = { input_tokens: 100, output_tokens: 10, cache_read_input_tokens: 900_000, cache_creation_input_tokens: 1_000 };
    const content = [{ type: 'text', text: 'Hello.' }];
    const body = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content,
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: billed,
    };
    provider.refusals.push({ of: 'turn', status: 200, body });
    const { turn } = await asked(conversation, 'Hello');
    // Per million: 2 dollars in, 10 out, 0.1 read, 2.5 written.
    const cost = (100 * 2 + 10 * 10 + 900_000 * 0.1 + 1_000 * 2.5) / 1e6;
    expect(turn.run.usage).toMatchObject({ inputTokens: 901_100, cachedInputTokens: 900_000, outputTokens: 10, cost });
  });

  const tooLong = {
    of: 'turn' as const,
    status: 400,
    body: {
      error: {
        message: "This model's maximum context length is 8192 tokens.",
        code: 'context_length_exceeded',
        type: 'invalid_request_error',
      },
    },
  };
  const stepsOf = async (runId: string) => {
    const { body } = await timonel.call<string>('GET', `/api/v1/runs/${runId}/events`);
    return [...body.matchAll(/^event: (.*)$/gm)].map(([, event]) => event);
  };

  it('is halved once when the model refuses a prompt for its length, and the run fails when it refuses that too', async () => {
    const conversation = await timonel.converse('notes-openai');
    for (const text of ['One', 'Two', 'Three', 'Four']) await asked(conversation, text);
    provider.refusals.push(tooLong);
    const { turn, requests } = await asked(conversation, 'Five');
    expect(turn.run).toMatchObject({ outcome: 'replied', usage: { modelCalls: 3 } });
    expect(requests.map(({ summary }) => summary)).toEqual([false, true, false, false]);
    expect(requests[2]?.text.length).toBeLessThan((requests[0]?.text.length ?? 0) * 0.8);
    expect((await stepsOf(turn.run.id)).slice(0, 3)).toEqual(['run-accepted', 'summary-made', 'plan-made']);
    provider.refusals.push(tooLong, tooLong);
    const failed = await asked(conversation, 'Six');
    expect(failed.turn.run).toMatchObject({ outcome: 'failed', error: { code: 'context_too_long' } });
    expect(failed.requests.map(({ summary }) => summary)).toEqual([false, true, false]);
    // What was refused with nothing before it cannot be made shorter.
    const fresh = await timonel.converse('notes-openai');
    provider.refusals.push(tooLong);
    expect((await asked(fresh, 'Hello')).turn.run).toMatchObject({ outcome: 'failed', error: { code: 'context_too_long' } });
  });

  it('is summarised by rule where the model does not do it, and keeps what was wanted and done', async () => {
    const conversation = await timonel.converse('small-openai');
    const refused = { of: 'summary' as const, status: 400, body: { error: { message: 'No.', type: 'invalid_request_error' } } };
    provider.refusals.push(refused);
    for (let turn = 1; provider.refusals.length > 0; turn++) {
      expect(turn).toBeLessThan(30);
      expect((await asked(conversation, `Wish ${turn}`)).turn.run.outcome).toBe('replied');
    }
    const { messages } = cachedText('openai', provider.requests.at(-1) as Recorded);
    expect(messages[0]).toContain('kept by Timonel');
    expect(messages[0]).toMatch(/Turn 1\. User: Wish 1 Calls: list_notes\(\{\}\) completed\. Agent: There are no notes\./);
    // The whole record stays readable.
    const { body } = await timonel.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${conversation}`);
    expect(JSON.stringify(body)).toContain('Wish 1');
  });
});
