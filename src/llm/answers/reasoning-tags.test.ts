import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closesOnly, ReasoningTags, thinksByName } from './reasoning-tags.ts';

function read(text: string, thinks: boolean, cuts: readonly number[] = []): { text: string; reasoning: string } {
  const tags = new ReasoningTags(thinks);
  const edges = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  const deltas = [...edges, text.length].map((edge, at) => text.slice(at === 0 ? 0 : edges[at - 1], edge));
  const all = { text: '', reasoning: '' };
  for (const piece of [...deltas.flatMap((delta) => tags.push(delta)), ...tags.end()]) all[piece.type] += piece.text;
  return all;
}

const cases: [string, boolean, string, string][] = [
  ['Hola.', false, 'Hola.', ''],
  ['Hola.', true, 'Hola.', ''],
  ['<think>secret</think>\n\nHola.', false, 'Hola.', 'secret'],
  ['<think>secret</think>\n\nHola.', true, 'Hola.', 'secret'],
  ['\n <THINKING>secret</THINKING>Hola.', false, 'Hola.', 'secret'],
  ['<reasoning>a < b, </reason> and </ think></reasoning>Hola.', false, 'Hola.', 'a < b, </reason> and </ think>'],
  ['[THINK]secret[/THINK]Hola.', false, 'Hola.', 'secret'],
  ['secret\n</think>\n\nHola.', true, 'Hola.', 'secret\n'],
  ['<think></think>Hola.', true, 'Hola.', ''],
  ['<think>never closed, cut by the limit', false, '', 'never closed, cut by the limit'],
  ['<think>a</think>Uno.\n<think>b</think>Dos.', false, 'Uno.\nDos.', 'ab'],
  ['Write `<think>` before it, <think> and </think> are tags.', false, 'Write `<think>` before it,  are tags.', ' and '],
  ['Hola <think>secret</think>, Ana.', false, 'Hola , Ana.', 'secret'],
  ['**<think>secret\n\nmore</think>Hola**', false, '**Hola**', 'secret\n\nmore'],
  ['The tag <think> opens it.\nDone.', false, 'The tag <think> opens it.\nDone.', ''],
  ['<think duration="3s">secret</think >Hola.', false, 'Hola.', 'secret'],
  ['<THINK >secret</THINK>Hola.', false, 'Hola.', 'secret'],
  ['<seed:think>secret</seed:think>Hola.', false, 'Hola.', 'secret'],
  ['◁think▷secret◁/think▷Hola.', false, 'Hola.', 'secret'],
  ['<|begin_of_thought|>secret<|end_of_thought|>Hola.', false, 'Hola.', 'secret'],
  ['<thinker>x</thinker>', false, '<thinker>x</thinker>', ''],
  ['An example:\n```\n<think>\nx\n</think>\n```\nDone.', false, 'An example:\n```\n<think>\nx\n</think>\n```\nDone.', ''],
  ['a <b> c\n<thin\n[TH', false, 'a <b> c\n<thin\n[TH', ''],
  ['<table>x</table>', false, '<table>x</table>', ''],
];

describe('reasoning between tags', () => {
  it.each(cases)('is told apart, wherever it is cut: %j (thinks: %s)', (written, thinks, text, reasoning) => {
    expect(read(written, thinks)).toEqual({ text, reasoning });
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
        expect(read(written, thinks, cuts)).toEqual({ text, reasoning });
      }),
    );
    expect(
      read(
        written,
        thinks,
        Array.from({ length: written.length }, (_, at) => at),
      ),
    ).toEqual({ text, reasoning });
  });

  it('never loses a character of a text without tags', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '<', '>', 't', 'h', '[', '`', '/') });
    fc.assert(
      fc.property(plain, fc.boolean(), fc.array(fc.nat()), (text, thinks, cuts) => {
        fc.pre(!/think/i.test(text));
        expect(read(text, thinks, cuts)).toEqual({ text: text.trimStart(), reasoning: '' });
      }),
    );
  });

  it('shows text as soon as it is certain', () => {
    const tags = new ReasoningTags(false);
    expect(tags.push('Ho')).toEqual([{ type: 'text', text: 'Ho' }]);
    expect(tags.push('la.\n<')).toEqual([{ type: 'text', text: 'la.\n' }]);
    expect(tags.push('b>')).toEqual([{ type: 'text', text: '<b>' }]);
  });

  it('is found where only its end is written', () => {
    expect(closesOnly('I wonder.\n</think>\nHola.')).toBe(true);
    for (const text of ['Hola.', '<think>\nx\n</think>\nHola.', 'The tag </think> ends it.', '```\n</think>\n```'])
      expect(closesOnly(text)).toBe(false);
  });

  it('is expected of models by their names', () => {
    for (const name of [
      'deepseek-r1:8b',
      'qwen3:8b',
      'Qwen/QwQ-32B',
      'magistral:24b',
      'phi-4-reasoning',
      'glm-4.6',
      'kimi-k2-thinking',
    ])
      expect([name, thinksByName(name)]).toEqual([name, true]);
    for (const name of [
      'llama-3.3-70b-versatile',
      'gpt-6-luna',
      'qwen3-coder:30b',
      'qwen3-4b-instruct-2507',
      'grok-4-non-reasoning',
    ])
      expect([name, thinksByName(name)]).toEqual([name, false]);
  });
});
