/** A run that is cancelled stops at once, says nothing, and leaves its conversation free. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../../src/index.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { patient, runOf } from './desk.ts';

/** What began, and when it heard that it is of no use any more (`performance.now()`). */
const begun: string[] = [];
const stopped: { what: string; at: number }[] = [];

function untilAborted(what: string, signal: AbortSignal | undefined): Promise<never> {
  begun.push(what);
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      stopped.push({ what, at: performance.now() });
      reject(signal.reason);
    });
  });
}

const agent = defineAgent({
  name: 'worker',
  version: '1.0.0',
  description: 'Works.',
  prompt: 'You work.',
  tools: [
    defineTool({
      name: 'work_long',
      description: 'Works for long.',
      input: z.object({}),
      effect: 'read',
      execute: (_input, { signal }) => untilAborted('tool', signal),
    }),
    defineTool({
      name: 'ask_first',
      description: 'Needs a person.',
      input: z.object({}),
      effect: 'read',
      execute: async () => ({ done: true }),
    }),
  ],
  policy: [
    defineRule({
      id: 'ask-first',
      description: 'A person decides',
      tools: ['ask_first'],
      evaluate: () => ({ kind: 'ask', reason: { es: '¿Sí?', en: 'Yes?' } }),
    }),
  ],
});

describe.each(storeKinds)('cancelling a run (%s)', (kind) => {
  let timonel: TestTimonel;
  let answer: (options: LanguageModelV4CallOptions) => Line | Promise<Line> = () => 'Hi.';
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [agent], models: { default: scriptedModel((options) => answer(options)) } });
  });
  afterAll(() => timonel?.close());
  beforeEach(() => {
    begun.length = 0;
    stopped.length = 0;
  });

  const send = async (conversation: string, text: string) => {
    const said = timonel.say(conversation, text);
    const runId = await runOf(timonel, conversation, text);
    return { said, runId };
  };

  it('stops the call of a model at once, and answers nothing', async () => {
    answer = ({ abortSignal }) => untilAborted('model', abortSignal);
    const conversation = await timonel.converse('worker');
    const { said, runId } = await send(conversation, 'one');
    const { said: behind } = await send(conversation, 'two');
    await expect.poll(() => begun, patient).toEqual(['model']);
    answer = () => 'Hello.';
    const asked = performance.now();
    const cancelled = await timonel.call('POST', `/api/v1/runs/${runId}/cancel`);
    const answered = performance.now();
    expect(cancelled).toMatchObject({ status: 200, body: { run: { status: 'finished', outcome: 'cancelled' }, reply: null } });
    // Heard before the record was written, let alone the request answered.
    expect(stopped.map(({ what }) => what)).toEqual(['model']);
    expect((stopped[0]?.at ?? 0) - asked).toBeLessThan(answered - asked);
    expect(await said).toMatchObject({ run: { outcome: 'cancelled', error: { code: 'run_cancelled' } }, reply: null });
    // The message behind it goes on.
    expect((await behind).reply.text).toBe('Hello.');
    expect(await timonel.call('POST', `/api/v1/runs/${runId}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'run_finished', outcome: 'cancelled' },
    });
  });

  it('stops a tool', async () => {
    answer = () => ({ calls: [{ tool: 'work_long', args: {} }] });
    const conversation = await timonel.converse('worker');
    const { said, runId } = await send(conversation, 'work');
    await expect.poll(() => begun, patient).toEqual(['tool']);
    expect(await timonel.call('POST', `/api/v1/runs/${runId}/cancel`)).toMatchObject({ status: 200 });
    expect((await said).run.outcome).toBe('cancelled');
    await expect.poll(() => stopped.map(({ what }) => what), patient).toEqual(['tool']);
    answer = () => 'Fine.';
    expect((await timonel.say(conversation, 'And now?')).reply.text).toBe('Fine.');
  });

  it('withdraws what a run waits for, and cancels one that is queued', async () => {
    answer = () => ({ calls: [{ tool: 'ask_first', args: {} }] });
    const conversation = await timonel.converse('worker');
    const { run } = await timonel.say(conversation, 'ask');
    expect(run.outcome).toBe('awaiting_approval');
    const listed = await timonel.call<{ next: string }>('GET', '/api/v1/approvals?limit=1');
    expect(listed).toMatchObject({
      status: 200,
      body: { approvals: [{ runId: run.id, agent: 'worker', tool: 'ask_first', status: 'pending' }] },
    });
    const rest = await timonel.call('GET', `/api/v1/approvals?after=${encodeURIComponent(listed.body.next)}`);
    expect(rest).toMatchObject({ status: 200, body: { approvals: [], next: null } });
    expect(await timonel.call('GET', '/api/v1/approvals?after=x')).toMatchObject({ status: 400 });
    expect(await timonel.call('POST', `/api/v1/runs/${run.id}/cancel`)).toMatchObject({ status: 200, body: { reply: null } });
    const { body } = await timonel.call<{ approvals: { callId: string; status: string }[] }>('GET', `/api/v1/runs/${run.id}`);
    expect(body.approvals).toMatchObject([{ status: 'cancelled' }]);
    const decided = await timonel.call('POST', `/api/v1/runs/${run.id}/approvals/${body.approvals[0]?.callId}`, {
      decision: 'approve',
    });
    expect(decided).toMatchObject({ status: 409, body: { code: 'approval_decided' } });

    answer = ({ abortSignal }) => untilAborted('model', abortSignal);
    const first = await send(conversation, 'first');
    const second = await send(conversation, 'second');
    expect(await timonel.call('POST', `/api/v1/runs/${second.runId}/cancel`)).toMatchObject({ status: 200 });
    expect((await second.said).run.outcome).toBe('cancelled');
    await timonel.call('POST', `/api/v1/runs/${first.runId}/cancel`);
    expect((await first.said).run.outcome).toBe('cancelled');
  });

  it('is not for the runs of others, and knows none that is not there', async () => {
    expect(await timonel.call('POST', `/api/v1/runs/${crypto.randomUUID()}/cancel`)).toMatchObject({
      status: 404,
      body: { code: 'run_not_found' },
    });
  });
});

describe.runIf(storeKinds.includes('postgres'))('cancelling a run of another process', () => {
  it('stops what that process does for it', async () => {
    const project = {
      agents: [agent],
      models: { default: scriptedModel(({ abortSignal }) => untilAborted('elsewhere', abortSignal)) },
    };
    const one = await startTimonel('postgres', project);
    const two = await startTimonel('postgres', project, { environment: one.environment });
    try {
      stopped.length = 0;
      begun.length = 0;
      const conversation = await one.converse('worker');
      const said = one.say(conversation, 'go');
      const runId = await runOf(one, conversation);
      await expect.poll(() => begun, patient).toEqual(['elsewhere']);
      expect(await two.call('POST', `/api/v1/runs/${runId}/cancel`)).toMatchObject({ status: 200 });
      await expect.poll(() => stopped.length, patient).toBe(1);
      expect((await said).run.outcome).toBe('cancelled');
    } finally {
      await two.close(false);
      await one.close();
    }
  });
});
