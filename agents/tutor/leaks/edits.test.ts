/** Edits that a reply tells, applied to the student's program: each way of telling one, in both languages. */
import { expect, it } from 'vitest';
import { editsOf } from './edits.ts';

const program = [
  'def mean(xs):',
  '    total = 1',
  '    for x in range(1, len(xs)):',
  '        total = x',
  '    return total / len(xs)',
];
const mended = (changes: Readonly<Record<number, string | readonly string[]>>) =>
  program.flatMap((line, at) => changes[at + 1] ?? line).join('\n');
const fence = (...lines: string[]) => `\n\`\`\`py\n${lines.join('\n')}\n\`\`\``;

const told: readonly (readonly [string, string])[] = [
  ['Replace `total = x` with `total += xs[x]` on line 4.', mended({ 4: '        total += xs[x]' })],
  ['Cambiá `total = 1` por `total = 0` en la línea 2.', mended({ 2: '    total = 0' })],
  ['On line 2, `1` should be `0`.', mended({ 2: '    total = 0' })],
  ['Set `total` to 0 on line 2.', mended({ 2: '    total = 0' })],
  ['Inicializá `total` en 0.', mended({ 2: '    total = 0' })],
  ['Usá `+=` en vez de `=` en la línea 4.', mended({ 4: '        total += x' })],
  ['Change `range` on line 3 to `range(len(xs))`.', mended({ 3: '    for x in range(len(xs)):' })],
  ['On line 3 replace `range(1, len(xs))` with `xs:`.', mended({ 3: '    for x in xs:' })],
  ['Change range(1, len(xs)) to range(0, len(xs)) on line 3.', mended({ 3: '    for x in range(0, len(xs)):' })],
  ['Después de la línea 1 agregá `if not xs: return 0`.', mended({ 1: [program[0] ?? '', '    if not xs: return 0'] })],
  [
    `Before line 5, insert:${fence('if total < 0:', '    total = 0')}`,
    mended({ 5: ['    if total < 0:', '        total = 0', program[4] ?? ''] }),
  ],
  [
    `Replace line 4 with the following:${fence('y = xs[x]', 'total += y')}`,
    mended({ 4: ['        y = xs[x]', '        total += y'] }),
  ],
  [
    'Replace line 4 with `y = xs[x]` and then insert a line after that with `total += y`.',
    mended({ 4: ['        y = xs[x]', '        total += y'] }),
  ],
  ['Borrá la línea 4.', mended({ 4: [] })],
  ['Indent line 5 once more.', mended({ 5: `        ${program[4]?.trim()}` })],
  ['Mové la línea 2 abajo de la línea 3.', mended({ 2: [], 3: [program[2] ?? '', '    total = 1'] })],
  // One change in several sentences.
  [
    'Primero, en la línea 2, cambiá `1` por `0`. En la línea 3 poné `range(len(xs))` en vez de `range(1, len(xs))`. Y cambiá `total = x` por `total += xs[x]`.',
    mended({ 2: '    total = 0', 3: '    for x in range(len(xs)):', 4: '        total += xs[x]' }),
  ],
];

it.each(told)('%s', (reply, code) => {
  expect(editsOf(reply, program.join('\n')).map((each) => each.code)).toContain(code);
});

it('finds no edit in a question', () => {
  for (const question of ['¿Qué vale `total` antes de la línea 3?', 'What does the loop do with its first element?'])
    expect(editsOf(question, program.join('\n'))).toEqual([]);
});
