/** Clients that can only be answered hear what people say, and stay in their conversation when the agent has it back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeKinds } from '../stores.ts';
import { type HandoffRig, hanging, startRig } from './desk-agent.ts';

interface Completion {
  choices: { message: { content: string } }[];
}

type Message = { role: 'user' | 'assistant'; content: string };

describe.each(storeKinds)('the compatible API while a person has the conversation (%s)', (kind) => {
  let rig: HandoffRig;
  beforeAll(async () => {
    rig = await startRig(kind);
  });
  afterAll(() => rig?.close());

  const chat = async (messages: Message[], headers: Record<string, string> = {}) => {
    const answer = await rig.call<Completion>('POST', '/v1/chat/completions', { model: 'shop', messages }, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const text = answer.body.choices[0]?.message.content ?? '';
    return { text, conversation: String(answer.headers['x-timonel-conversation']), handler: answer.headers['x-timonel-handler'] };
  };
  const user = (content: string): Message => ({ role: 'user', content });
  const assistant = (content: string): Message => ({ role: 'assistant', content });

  it('goes on in the same conversation, found by what was said before', async () => {
    rig.script.lines = ['Hello.'];
    const history = [user('Good morning, I need help')];
    const first = await chat(history);
    history.push(assistant(first.text));
    const path = `/api/v1/conversations/${first.conversation}`;
    await rig.call('POST', `${path}/take`);
    history.push(user('Is somebody there?'));
    const notice = await chat(history);
    expect(notice).toEqual({
      text: 'A member of the team is with you, and will answer here.',
      conversation: first.conversation,
      handler: 'person',
    });
    history.push(assistant(notice.text));
    await rig.call('POST', `${path}/replies`, { text: 'Yes, I am Ana.' });
    await rig.call('POST', `${path}/replies`, { text: 'What happened?' });
    history.push(user('My chair broke'));
    const person = await chat(history);
    expect(person).toMatchObject({ text: 'Yes, I am Ana.\n\nWhat happened?', conversation: first.conversation });
    history.push(assistant(person.text));
    rig.script.lines = ['We send a new one.', 'Tomorrow.'];
    await rig.call('POST', `${path}/hand-back`);
    await expect
      .poll(async () => JSON.stringify((await rig.call('GET', path)).body), { timeout: 20_000 })
      .toContain('We send a new one.');
    history.push(user('When does it come?'));
    expect(await chat(history)).toMatchObject({ text: 'Tomorrow.', conversation: first.conversation, handler: undefined });
  });

  it('answers a turn that a person cut off, whole and as a stream', async () => {
    for (const stream of [false, true]) {
      const model = hanging();
      rig.script.lines = [model.line];
      const user = `cut-${stream}`;
      const answer = rig.call<string | Completion>('POST', '/v1/chat/completions', {
        model: 'shop',
        stream,
        user,
        messages: [{ role: 'user', content: 'Hello, is anybody there?' }],
      });
      await model.begun;
      const { body } = await rig.call<{ conversations: { id: string }[] }>('GET', '/api/v1/conversations?channel=openai&limit=1');
      await rig.call('POST', `/api/v1/conversations/${body.conversations[0]?.id}/take`);
      expect(JSON.stringify((await answer).body)).toContain('A member of the team is with you');
    }
  });

  it('goes on after an answer that no run gave', async () => {
    type Response = { id: string; output: { content: { text: string }[] }[] };
    const ask = async (input: string, previous?: string) => {
      const body = { model: 'shop', input, ...(previous === undefined ? {} : { previous_response_id: previous }) };
      const answer = await rig.call<Response>('POST', '/v1/responses', body);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return {
        id: answer.body.id,
        conversation: String(answer.headers['x-timonel-conversation']),
        text: JSON.stringify(answer.body.output),
      };
    };
    rig.script.lines = ['Hello.'];
    const first = await ask('Hello there, good morning');
    await rig.call('POST', `/api/v1/conversations/${first.conversation}/take`);
    await rig.call('POST', `/api/v1/conversations/${first.conversation}/replies`, { text: 'I am Ana.' });
    const second = await ask('Who are you?', first.id);
    expect(second).toMatchObject({ conversation: first.conversation, text: expect.stringContaining('I am Ana.') });
    const third = await ask('Hello again, are you there?', second.id);
    expect(third.conversation).toBe(first.conversation);
  });
});
