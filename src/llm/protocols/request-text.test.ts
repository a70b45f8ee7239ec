import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RequestBody } from './contract.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import { changedText, memberPlaceOf } from './request-text.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('model', '"model":"x"', '\\', '\\"', '{', '}', '[,]', ':', 'stream_options', '\n', '\ud800', ''),
);
const names = fc.oneof(fc.constantFrom('model', 'model', 'messages', 'stream'), text);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, 0),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(names, tie('any'), { maxKeys: 4 }),
})).any;
const blank = fc.constantFrom('', ' ', '\n\t', '\r\n  ');

/** JSON of an object as anybody may write it: with blanks anywhere, members twice, and escapes. */
const written = fc
  .array(fc.tuple(names, value, fc.boolean(), blank, blank, blank), { minLength: 1, maxLength: 6 })
  .map((members) => {
    const parts = members.map(([name, each, escaped, one, two, three]) => {
      const first = name.charCodeAt(0).toString(16).padStart(4, '0');
      const key = escaped && name !== '' ? `"\\u${first}${JSON.stringify(name.slice(1)).slice(1)}` : JSON.stringify(name);
      return `${one}${key}${two}:${three}${JSON.stringify(each, null, one === '' ? 0 : 2)}${two}`;
    });
    return ` {${parts.join(',')}} \n`;
  });

it('finds the value that JSON.parse finds, or says that it is not certain', () => {
  let found = 0;
  fc.assert(
    fc.property(written, (json) => {
      const place = memberPlaceOf(json, 'model');
      const parsed = JSON.parse(json) as Record<string, unknown>;
      if (place === undefined) return;
      found++;
      expect(JSON.parse(json.slice(place.start, place.end))).toEqual(parsed['model']);
    }),
    { numRuns: 4_000 },
  );
  expect(found).toBeGreaterThan(100);
});

it('changes what was to be changed, and nothing else', () => {
  let changes = 0;
  fc.assert(
    fc.property(written, text, fc.boolean(), (json, model, adds) => {
      const body = JSON.parse(json) as RequestBody;
      const changed = changedText(json, body, 'model', model, adds ? '"added to it":{"a":1}' : undefined);
      if (changed === undefined) return;
      changes++;
      expect(JSON.parse(changed)).toEqual({ ...body, model, ...(adds ? { 'added to it': { a: 1 } } : {}) });
    }),
    { numRuns: 4_000 },
  );
  expect(changes).toBeGreaterThan(100);
});

it('is not certain of a member that is there twice, not at all, or written with an escape', () => {
  expect(memberPlaceOf('{"model":"a","n":{"o":[{"p":1}]}}', 'model')).toEqual({ start: 9, end: 12, members: 4 });
  for (const json of [
    '{"model":"a","model":"b"}',
    '{"n":{"model":"a"}}',
    '{"mod\\u0065l":"a"}',
    '{"model":"a","mod\\u0065l":"b"}',
    '{}',
  ])
    expect(memberPlaceOf(json, 'model')).toBeUndefined();
});

it('does not send on what a provider might read otherwise: a member that is there twice, a number that is rounded', () => {
  for (const json of [
    '{"model":"a","max_tokens":9,"max_tokens":1}',
    '{"model":"a","messages":[{"content":"long","content":""}]}',
    '{"model":"a","seed":12345678901234567890}',
  ]) {
    const body = JSON.parse(json) as RequestBody;
    expect(changedText(json, body, 'model', 'm')).toBeUndefined();
    expect(openaiChat.wireBody(body, 'm', json)).toBe(JSON.stringify({ ...body, model: 'm' }));
  }
});

it('sends a provider the same whether or not the text is at hand', () => {
  const messages = [{ role: 'user', content: 'Say "model": "x" }' }];
  for (const more of [
    {},
    { stream: true },
    { stream: true, stream_options: null },
    { stream: true, stream_options: { include_usage: false } },
  ]) {
    const body = { messages, model: 'smart', temperature: 0, ...more };
    const json = JSON.stringify(body, null, 2);
    const known = JSON.parse(json) as RequestBody;
    expect(JSON.parse(openaiChat.wireBody(known, 'm', json))).toEqual(JSON.parse(openaiChat.wireBody(body, 'm')));
  }
});
