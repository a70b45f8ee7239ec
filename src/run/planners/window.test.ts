import type { LanguageModelV4Message } from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EarlierTurn } from '../../store/runs.ts';
import type { Step } from '../../store/steps.ts';
import type { CallRecord } from '../../vocabulary.ts';
import { textContent, type UserContent } from './model-messages.ts';
import { byRule } from './summary.ts';
import { CallIds, callMessages, userMessage } from './transcript.ts';
import { estimatedTokens, excess, half, memoriesOf, sized, windowMessages } from './window.ts';

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A turn with plans of some calls each; some calls have no result, as in a turn that was cut off. */
const turns: fc.Arbitrary<EarlierTurn[]> = fc
  .array(
    fc.record({
      text: fc.string({ maxLength: 300 }),
      reply: fc.option(fc.string({ maxLength: 300 }), { nil: undefined }),
      byModel: fc.boolean(),
      plans: fc.array(
        fc.array(fc.record({ output: fc.option(fc.string({ maxLength: 3_000 })), fails: fc.boolean() }), {
          minLength: 1,
          maxLength: 3,
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 30 },
  )
  .map((made) =>
    made.map(({ text, reply, byModel, plans }, index) => ({
      turn: index + 1,
      text,
      reply,
      steps: plans.flatMap((plan, at) => stepsOf(plan, at, byModel)),
    })),
  );

function stepsOf(plan: { output: string | null; fails: boolean }[], at: number, byModel: boolean): Step[] {
  // Ids of a model that counts anew in each turn.
  const calls = plan.map((_, position) => ({
    tool: 'look',
    args: { at },
    callId: `${at}.${position}`,
    ...(byModel ? { modelCallId: `call_${at}_${position}` } : {}),
  }));
  const results = plan.flatMap(({ output, fails }, position): Step[] => {
    const record: CallRecord = { callId: `${at}.${position}`, tool: 'look', args: { at }, status: fails ? 'failed' : 'completed' };
    return output === null ? [] : [{ kind: 'tool-call', record: fails ? record : { ...record, output }, milliseconds: 1 }];
  });
  if (!byModel) return [{ kind: 'plan', calls, state: {} }, ...results];
  const content = calls.map(({ callId }) => ({
    type: 'tool-call' as const,
    toolCallId: `call_${callId.replace('.', '_')}`,
    toolName: 'look',
    input: '{"at":1}',
  }));
  return [
    { kind: 'model-call', model: 'm', content, calls, usage, finishReason: 'stop', milliseconds: 1, note: '[Now]' },
    ...results,
  ];
}

const options = fc.record({
  tokens: fc.integer({ min: 500, max: 8_000 }),
  messages: fc.integer({ min: 2, max: 60 }),
  tools: fc.oneof(fc.constant('all' as const), fc.constant('none' as const), fc.record({ last: fc.integer({ min: 1, max: 8 }) })),
});

/** What providers ask of a prompt: each call is answered by the message after it, each result has its call, and no id is there twice. */
function faultsOf(messages: readonly LanguageModelV4Message[]): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  let open: string[] = [];
  for (const { role, content } of messages) {
    const results = role === 'tool' ? content.flatMap((part) => (part.type === 'tool-result' ? [part.toolCallId] : [])) : [];
    if (results.join() !== open.join()) faults.push(`${open} answered by ${results}`);
    open = role === 'assistant' ? content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : [])) : [];
    for (const id of open) {
      if (seen.has(id)) faults.push(`${id} twice`);
      seen.add(id);
    }
  }
  return open.length > 0 ? [...faults, `${open} open`] : faults;
}

describe('the window of earlier turns', () => {
  it('holds whole turns within the budget, with calls and results in pairs, wherever it is cut', () => {
    fc.assert(
      fc.property(turns, options, (all, memory) => {
        const memories = memoriesOf(memory);
        const now = sized(all, all.length + 1, memories);
        const away = excess(now, 0, memories);
        for (const count of new Set([away, now.length === 0 ? 0 : half(now)])) {
          const kept = now.slice(count);
          const ids = new CallIds();
          const messages = [
            ...windowMessages(kept, 'before', ids),
            userMessage(textContent('now'), {}),
            ...callMessages(all.at(-1)?.steps ?? [], ids),
          ];
          expect(faultsOf(messages)).toEqual([]);
        }
        const kept = now.slice(away);
        expect(kept.length).toBeLessThanOrEqual(memories.turns);
        expect(kept.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(
          away > 0 ? memories.tokens / 2 : memories.tokens,
        );
        if (now.length > 0) expect(half(now)).toBeGreaterThan(0);
      }),
    );
  });

  it('begins each prompt with the bytes of the one before it, but where it moves', () => {
    fc.assert(
      fc.property(turns, options, (all, memory) => {
        const memories = memoriesOf(memory);
        let from = 0;
        let before = '';
        let block = 0;
        for (let current = 2; current <= all.length + 1; current++) {
          const now = sized(all.slice(from, current - 1), current, memories);
          const away = excess(now, 0, memories);
          const last = typeof memory.tools === 'object' ? memory.tools.last : undefined;
          const blockNow = last === undefined ? 0 : Math.floor((current - 1 - last) / last);
          const moved = away > 0 || (blockNow !== block && blockNow > 0);
          block = blockNow;
          from += away;
          const text = JSON.stringify(windowMessages(now.slice(away), undefined, new CallIds())).slice(1, -1);
          if (!moved) expect(text.startsWith(before)).toBe(true);
          before = text;
        }
      }),
    );
  });

  it('cuts the results of a turn that would take the room of all others', () => {
    const memories = memoriesOf({ tokens: 1_000 });
    const turn: EarlierTurn = {
      turn: 1,
      text: 'x'.repeat(50_000),
      reply: 'ok',
      steps: stepsOf([{ output: 'y'.repeat(60_000), fails: false }], 0, true),
    };
    const [only] = sized([turn], 2, memories);
    expect(only?.tokens).toBeLessThanOrEqual(500);
    expect(excess([only as NonNullable<typeof only>], 0, memories)).toBe(0);
    expect(estimatedTokens('abcd')).toBe(1);
  });

  it('names pictures whose bytes are left out', () => {
    const picture = { type: 'image' as const, artifact: 'a-1', name: 'foto.png', mediaType: 'image/png', bytes: 9 };
    const turns = sized([{ turn: 1, text: '', parts: [picture], reply: 'ok', steps: [] }], 2, memoriesOf());
    const note = '[image "foto.png", image/png, 9 bytes, artifact a-1]';
    expect(byRule(undefined, turns, 400)).toContain(note);
    const shown = (contents?: Map<number, UserContent>) => windowMessages(turns, undefined, new CallIds(), contents)[0]?.content;
    expect(shown()).toEqual(textContent(note));
    const file = { type: 'file' as const, mediaType: 'image/png', data: { type: 'data' as const, data: Buffer.from('x') } };
    expect(shown(new Map([[1, [file]]]))).toEqual([file]);
  });
});
