import { describe, expect, it } from 'vitest';
import { boundedContent, boundedText, longestAnswerText } from './bounded-content.ts';

const emoji = '😀'.repeat(longestAnswerText);

describe('what a model said', () => {
  it('is kept as it is, where it is not absurd', () => {
    const content = [
      { type: 'reasoning' as const, text: 'hm', providerMetadata: { anthropic: { signature: 's' } } },
      { type: 'text' as const, text: 'x'.repeat(longestAnswerText) },
      { type: 'tool-call' as const, toolCallId: '1', toolName: 'a', input: '{}' },
    ];
    expect(boundedContent(content)).toEqual(content);
  });

  it('ends in a note where it is, without half a character and without a signature that holds no more', () => {
    const [reasoning, text, more, call] = boundedContent([
      { type: 'reasoning', text: emoji, providerMetadata: { anthropic: { signature: 's' } } },
      { type: 'text', text: `a${emoji}` },
      { type: 'text', text: 'more' },
      { type: 'tool-call', toolCallId: '1', toolName: 'a', input: 'x'.repeat(5_000_000) },
    ]);
    expect(reasoning).toEqual({ type: 'reasoning', text: `${emoji.slice(0, longestAnswerText)}\n[…]` });
    expect(text).toEqual({ type: 'text', text: `a${emoji.slice(0, longestAnswerText - 2)}\n[…]` });
    expect(more).toEqual({ type: 'text', text: '\n[…]' });
    expect(JSON.stringify(call).length).toBeLessThan(300_000);
  });

  it('is shown live as far as the reply has it', () => {
    let shown = '';
    const onText = boundedText((delta) => {
      shown += delta;
    });
    for (let at = 0; at < emoji.length; at += 1_000) onText?.(emoji.slice(at, at + 1_000));
    const [reply] = boundedContent([{ type: 'text', text: emoji }]);
    expect(reply?.type === 'text' && reply.text.startsWith(shown)).toBe(true);
    expect(shown.length).toBe(longestAnswerText);
    expect(boundedText(undefined)).toBeUndefined();
  });
});
