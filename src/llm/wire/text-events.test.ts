import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anthropicMessages } from '../protocols/anthropic-messages/anthropic-messages.ts';
import { openaiChat } from '../protocols/openai-chat/openai-chat.ts';
import { TextEvents } from './text-events.ts';

const protocols = { 'openai-chat': openaiChat, 'anthropic-messages': anthropicMessages };

/** Strings that look like parts of JSON, and such as are common in answers. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    'Hola',
    'content',
    'stop',
    ' ',
    '"',
    '\\',
    '\\"',
    '\n',
    '"}',
    '","finish_reason":"stop',
    '\ud800',
    '\u2028',
    '\u0001',
  ),
);
const chunk = fc.record({
  id: fc.oneof(fc.constant('chatcmpl-1'), text),
  content: fc.oneof(fc.string({ maxLength: 6 }), text),
  role: fc.option(text, { nil: undefined }),
  finish: fc.constantFrom(null, null, null, 'stop'),
  more: fc.constantFrom({}, {}, {}, { usage: { prompt_tokens: 1, completion_tokens: 1 } }, { tool_calls: [] }, { content: 'Hola' }),
});
const written = {
  'openai-chat': ({ id, content, role, finish, more }: Chunk) =>
    JSON.stringify({ id, choices: [{ delta: { role, content, ...more }, finish_reason: finish }], ...more }),
  'anthropic-messages': ({ id, content, role, more }: Chunk) =>
    JSON.stringify({ id, type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: content, role }, ...more }),
};
type Chunk = typeof chunk extends fc.Arbitrary<infer T> ? T : never;

/** What an event is, or that it cannot be read. */
function outcomeOf<T>(read: () => T): T | 'fails' {
  try {
    return read();
  } catch {
    return 'fails';
  }
}

for (const name of ['openai-chat', 'anthropic-messages'] as const) {
  const protocol = protocols[name];
  const parse = (data: string) => protocol.readEvent('', data, {});

  it(`${name}: an event that is read by another is what parsing it gives`, () => {
    let byAnother = 0;
    const damage = fc.option(fc.tuple(fc.nat(200), text), { nil: undefined, freq: 1 });
    fc.assert(
      fc.property(
        chunk,
        fc.array(fc.tuple(fc.record({ content: fc.oneof(fc.string(), text), other: chunk, same: fc.boolean() }), damage)),
        (first, rest) => {
          const events = new TextEvents();
          const data = written[name](first);
          const read = outcomeOf(() => parse(data));
          const learnt = read !== 'fails' && events.learn('', data, read);
          for (const [{ content, other, same }, harm] of rest) {
            let next = written[name](same ? { ...first, content } : other);
            if (harm !== undefined) next = `${next.slice(0, harm[0])}${harm[1]}${next.slice(harm[0])}`;
            const told = events.textOf('', next);
            if (told === undefined) continue;
            expect(learnt).toBe(true);
            expect(outcomeOf(() => parse(next))).toEqual({ ...(read as object), text: told });
            byAnother++;
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(byAnother).toBeGreaterThan(100);
  });
}

it('learns nothing from a text that is written twice, with escapes, or beside something else', () => {
  const learns = (data: string) => new TextEvents().learn('', data, openaiChat.readEvent('', data, {}));
  const delta = (content: string) => `"choices":[{"delta":{"content":${content}},"finish_reason":null}]`;
  expect(learns(`{"id":"a",${delta('"Hola"')}}`)).toBe(true);
  expect(learns(`{"id":"Hola",${delta('"Hola"')}}`)).toBe(false);
  expect(learns(`{"id":"Hola",${delta('"Hol\\u0061"')}}`)).toBe(false);
  expect(learns(`{"usage":{"prompt_tokens":1},${delta('"Hola"')}}`)).toBe(false);
  expect(learns(`{"id":"a",${delta('""')}}`)).toBe(false);
});
