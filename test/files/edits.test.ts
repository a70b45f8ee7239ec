import { chmodSync, linkSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { MatchRung, PlannedFile } from '../../src/files.ts';
import { editFile, testProject } from './project.ts';

const utf16 = (text: string, mark = true) => Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');

/** Before, what is quoted, what takes its place, after; and the rung that finds it. */
const edits: readonly [
  what: string,
  before: string | Buffer,
  old: string,
  next: string,
  after: string | Buffer,
  rung: MatchRung,
][] = [
  ['one line of a CRLF file', 'a\r\nb\r\nc\r\n', 'b', 'B', 'a\r\nB\r\nc\r\n', 'exact'],
  ['a line of a CRLF file that becomes two', 'a\r\nb\r\nc\r\n', 'b', 'B\nC', 'a\r\nB\r\nC\r\nc\r\n', 'exact'],
  ['two lines quoted with LF in a CRLF file', 'a\r\nb\r\nc\r\n', 'a\nb', 'a\nB\nnew', 'a\r\nB\r\nnew\r\nc\r\n', 'line-ends'],
  ['lines with different ends', 'a\r\nb\nc\r\nd\n', 'a\nb\nc\n', 'a\nB\nc\n', 'a\r\nB\nc\r\nd\n', 'line-ends'],
  ['old Macintosh line ends', 'a\rb\rc\r', 'a\nb\n', 'a\nB\n', 'a\rB\rc\r', 'line-ends'],
  ['a last line without an end', 'a\nb\nc', 'c\n', 'C\n', 'a\nb\nC', 'line-ends'],
  ['a last line that gets an end', 'a\nc', 'c', 'C\n', 'a\nC\n', 'exact'],
  ['line ends that are changed on purpose', 'a\nb\n', 'a\nb\n', 'a\r\nb\r\n', 'a\r\nb\r\n', 'exact'],
  ['a line end in a file that has none', 'a', 'a', 'A\r\n', 'A\r\n', 'exact'],
  ['a byte order mark', '\ufeffa\nb\n', 'a\nb', 'A\nb', '\ufeffA\nb\n', 'exact'],
  ['UTF-16 with a mark', utf16('a\r\nñ\r\n'), 'a\nñ', 'a\nN', utf16('a\r\nN\r\n'), 'line-ends'],
  ['UTF-16 without a mark', utf16('alpha\nbeta\n', false), 'beta', 'gamma €', utf16('alpha\ngamma €\n', false), 'exact'],
  ['UTF-16, big end first', utf16('a\nb\n').swap16(), 'b', 'c', utf16('a\nc\n').swap16(), 'exact'],
  ['Latin-1', Buffer.from('caf\xe9\n\x80b\n', 'latin1'), 'café', 'té', Buffer.from('t\xe9\n\x80b\n', 'latin1'), 'exact'],
  ['a file with NUL', Buffer.from('a\0b\nc\n'), 'c', 'ñ', Buffer.from('a\0b\nñ\n'), 'exact'],
  [
    'trailing blanks around a change',
    'keep  \nx = 1;\t\nend  \nz\n',
    'keep\nx = 1;\nend\n',
    'keep\nx = 2;\nend\n',
    'keep  \nx = 2;\nend  \nz\n',
    'trailing-blanks',
  ],
  ['composed text in a decomposed file', 'cafe\u0301 ola\nx\n', 'café ola', 'café adiós', 'cafe\u0301 adio\u0301s\nx\n', 'unicode'],
  ['decomposed text in a composed file', 'caf\u00e9 a\n', 'cafe\u0301 a', 'cafe\u0301 n\u0303', 'caf\u00e9 ñ\n', 'unicode'],
  [
    'curly quotes for straight ones',
    `say("it's", 1);\n`,
    'say(“it’s”, 1);',
    'say(“it’s”, “no”);',
    `say("it's", "no");\n`,
    'unicode',
  ],
  [
    'straight quotes for curly ones',
    'He said “yes” — twice.\n',
    'He said "yes" - twice.',
    'She said "yes" - twice.',
    'She said “yes” — twice.\n',
    'unicode',
  ],
  ['a no-break blank', 'a\u00a0b = 1\n', 'a b = 1', 'a b = 2', 'a\u00a0b = 2\n', 'unicode'],
  ['an ellipsis', 'Wait… now\n', 'Wait... now', 'Wait... then', 'Wait… then\n', 'unicode'],
  [
    'lost indentation',
    'class A:\n    def f(self):\n        return 1\n',
    'def f(self):\n    return 1\n',
    'def f(self):\n    if x:\n        return 2\n    return 1\n',
    'class A:\n    def f(self):\n        if x:\n            return 2\n        return 1\n',
    'indentation',
  ],
  [
    'too much indentation',
    'if a:\n  b()\n  c()\n',
    '    if a:\n      b()\n',
    '    if a:\n      b()\n      d()\n',
    'if a:\n  b()\n  d()\n  c()\n',
    'indentation',
  ],
  [
    'blanks for tabs',
    'func f() {\n\tif a {\n\t\tb()\n\t}\n}\n',
    '    if a {\n        b()\n    }\n',
    '    if a {\n        b()\n        if c {\n            d()\n        }\n    }\n',
    'func f() {\n\tif a {\n\t\tb()\n\t\tif c {\n\t\t\td()\n\t\t}\n\t}\n}\n',
    'indentation',
  ],
  ['tabs for blanks', 'f:\n  a:\n    b\n', 'f:\n\ta:\n\t\tb\n', 'f:\n\ta:\n\t\tc\n', 'f:\n  a:\n    c\n', 'indentation'],
  [
    'an indented quotation whose new text is indented as the file',
    '\tx := 1\n\ty := 2\n',
    'x := 1\ny := 2\n',
    '\tx := 1\n\tif y {\n\t\tz()\n\t}\n\ty := 2\n',
    '\tx := 1\n\tif y {\n\t\tz()\n\t}\n\ty := 2\n',
    'indentation',
  ],
  [
    'a tab inside of a line',
    'A\t= 1\n\tB\t= 2\n',
    'A    = 1\n    B    = 2\n',
    'A    = 1\n    B    = 3\n',
    'A\t= 1\n\tB\t= 3\n',
    'indentation',
  ],
  ['replacement patterns', 'a\nb\n', 'b', "$& $' $1 $$", "a\n$& $' $1 $$\n", 'exact'],
];

it('changes the bytes that were meant, and no others', async () => {
  const project = await testProject();
  const got: unknown[] = [];
  for (const [position, [what, before, old, next]] of edits.entries()) {
    const path = `${position} (${what}).txt`;
    project.put(path, before);
    const done = await editFile(project, path, { old, new: next });
    got.push([what, project.bytes(path).toString('latin1'), typeof done === 'string' ? done : done.rung]);
  }
  expect(got).toEqual(edits.map(([what, , , , after, rung]) => [what, Buffer.from(after).toString('latin1'), rung]));
});

/** Before, what is quoted, what takes its place, and how it is refused. */
const refusals: readonly [before: string | Buffer, old: string, next: string, refusal: RegExp][] = [
  ['x\nend\ny\nend\n', 'end', 'END', /^several-matches: .* on lines 2, 4\./],
  ['a:\n  f\n    1\nb:\n  f\n    1\n', 'f\n  1\n', 'f\n  2\n', /^several-matches: .*indentation aside.* lines 2, 5/],
  ['if\n\ta\n\tb\n', '    b', '    c', /^no-match: .*indentation/],
  ['    a\n        b\n', 'a\nb\n', 'a\nc\n', /^no-match: .*indentation/],
  ['cafe\u0301\n', 'cafe', 'tea', /^no-match/],
  [
    'function sum(a, b) {\n  return a + b;\n}\n',
    'function sum(a, c) {\n  return a + c;\n',
    'x',
    /^no-match: [\s\S]*Nearest is line 1\.[\s\S]*\n1 \| function sum\(a, b\) \{/,
  ],
  ['a\n', '', 'x', /^malformed/],
  ['a\n', 'a', 'a', /^no-change/],
  [Buffer.from('caf\xe9\n', 'latin1'), 'caf', '€', /^unencodable: .*latin-1.*"€"/],
  [Buffer.from('a\0bc\n'), 'zz', 'x', /^binary/],
];

it('refuses what is not there once, and says what would work', async () => {
  const project = await testProject();
  for (const [position, [before, old, next, refusal]] of refusals.entries()) {
    const path = `${position}.txt`;
    project.put(path, before);
    expect(await editFile(project, path, { old, new: next })).toMatch(refusal);
    expect(project.bytes(path)).toEqual(Buffer.from(before));
  }
  project.put('several.txt', 'one\ntwo\nthree\n');
  expect(await editFile(project, 'several.txt', { old: 'one\ntwo', new: 'x' }, { old: 'two\nthree', new: 'y' })).toMatch(
    /^overlap/,
  );
  expect(await editFile(project, 'several.txt', { old: 'e', new: 'E', all: true }, { old: 'two', new: 'TWO' })).toMatchObject({
    rung: 'exact',
  });
  expect(project.text('several.txt')).toBe('onE\nTWO\nthrEE\n');
});

it('keeps mode, links and other names; tells what is stale and what is doubtful', async () => {
  const project = await testProject({
    'run.sh': '#!/bin/sh\necho a\n',
    'code.js': Array.from({ length: 20 }, (_, line) => `line${line}();\n`).join(''),
  });
  const { files, root } = project;
  chmodSync(join(root, 'run.sh'), 0o750);
  symlinkSync('run.sh', join(root, 'link'));
  linkSync(join(root, 'run.sh'), join(root, 'other-name'));
  await editFile(project, 'link', { old: 'echo a', new: 'echo b' });
  expect([project.mode('run.sh'), project.text('run.sh'), readFileSync(join(root, 'link'), 'utf8')]).toEqual([
    0o750,
    '#!/bin/sh\necho b\n',
    '#!/bin/sh\necho b\n',
  ]);

  // A name of the same inode may lie outside: it keeps what it had.
  expect(project.text('other-name')).toBe('#!/bin/sh\necho a\n');

  const { hash } = await files.read('code.js');
  project.put('code.js', project.text('code.js').replace('line3', 'mine'));
  expect(await files.plan([{ kind: 'write', path: 'code.js', text: 'x\n', hash }])).toMatchObject({
    kind: 'refused',
    refusals: [{ reason: 'stale' }],
  });
  expect(await files.plan([{ kind: 'write', path: 'code.js', text: 'x\n', hash: null }])).toMatchObject({
    refusals: [{ reason: 'exists' }],
  });
  const edited = await files.plan([{ kind: 'edit', path: 'code.js', hash, edits: [{ old: 'line9()', new: 'nine()' }] }]);
  expect(edited).toMatchObject({ kind: 'planned', doubts: [{ doubt: 'changed' }] });
  project.put('code.js', `${project.text('code.js')}user();\n`);
  if (edited.kind !== 'planned') throw new Error('It is planned.');
  await expect(files.apply(edited.files)).rejects.toMatchObject({ name: 'ChangeRefused', refusals: [{ reason: 'stale' }] });
  expect(project.text('code.js')).toContain('user();');

  const doubtful: [string, string][] = [
    ['first();\n// ... rest of the code ...\n', 'elided'],
    ['# … el resto del código sigue igual …\n', 'elided'],
    ['<!-- existing markup ... -->\n', 'elided'],
    ['/* ... */\n', 'elided'],
    ['-- código existente\n', 'elided'],
    ['[Showing lines 1-200 of 400]\n', 'markers'],
    ['  12→first();\n  13→second();\n  14→third();\n', 'markers'],
    ['one();\n', 'shrinks'],
  ];
  for (const [text, doubt] of doubtful) {
    const plan = await files.plan([{ kind: 'write', path: 'code.js', text }]);
    expect(plan.kind === 'planned' ? plan.doubts.map((each) => each.doubt) : plan, text).toContain(doubt);
  }
  const harmless = project
    .text('code.js')
    .replace('line5();', '// keep the rest of the list sorted\nconst [first, ...rest] = list;\nline5();');
  expect(await files.plan([{ kind: 'write', path: 'code.js', text: harmless }])).toMatchObject({ doubts: [] });
});

it('writes a whole file in the encoding and the line ends that it has', async () => {
  const project = await testProject({
    'crlf.txt': 'a\r\nb\nc\r\n',
    'mark.txt': '\ufeffa\r\n',
    'latin.txt': Buffer.from('\xe9\n', 'latin1'),
  });
  const write = async (path: string, text: string): Promise<PlannedFile | undefined> => {
    const plan = await project.files.plan([{ kind: 'write', path, text }]);
    if (plan.kind === 'refused') throw new Error(plan.refusals[0]?.message);
    await project.files.apply(plan.files);
    return plan.files[0];
  };
  await write('crlf.txt', 'a\nnew\nb\nc\nd\n');
  await write('mark.txt', 'b\nc');
  await write('latin.txt', 'ñ\n');
  expect(project.text('crlf.txt')).toBe('a\r\nnew\r\nb\nc\r\nd\r\n');
  expect(project.text('mark.txt')).toBe('\ufeffb\r\nc');
  expect(project.bytes('latin.txt')).toEqual(Buffer.from('\xf1\n', 'latin1'));
  await expect(write('latin.txt', '€')).rejects.toThrow('latin-1');
});
