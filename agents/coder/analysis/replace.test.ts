/** Code that is replaced by its structure. */
import { expect, it } from 'vitest';
import { createProjectIndex } from './project-index.ts';
import { applied } from './rehearsal/apply.ts';
import { projectFolder } from './rehearsal/folder.ts';
import { javaProject } from './rehearsal/java-project.ts';
import { pythonProject } from './rehearsal/python-project.ts';
import { typescriptProject } from './rehearsal/typescript-project.ts';
import { replaceByPattern } from './replace.ts';

async function replaced(files: Readonly<Record<string, string>>, pattern: string, replacement?: string) {
  const { project, root } = projectFolder(files);
  const result = await replaceByPattern(project, await createProjectIndex(project).snapshot(), { pattern, replacement });
  if (result.kind === 'refused') return result;
  return {
    lines: applied(root, result.changes),
    places: result.places.map(({ path, line, column }) => `${path}:${line}:${column}`),
  };
}

it('replaces calls in each language by their parts', async () => {
  expect(await replaced(pythonProject, 'print($A)', 'log.info($A)')).toEqual({
    lines: { 'shop/report.py': ['log.info(each)'] },
    places: ['shop/report.py:5:9'],
  });
  expect(await replaced(typescriptProject, 'console.log($$$ARGS)', 'log.info($$$ARGS)')).toMatchObject({
    lines: { 'src/report.ts': ['for (const each of [name, value]) log.info(each);'] },
  });
  expect(await replaced(javaProject, 'System.out.println($X)', 'log.info($X)')).toMatchObject({
    lines: { 'src/main/java/shop/Report.java': ['log.info(each);'] },
  });
});

it('binds one and many nodes, the same name twice, and takes the outer of two matches', async () => {
  const files = {
    'a.ts': `f(1);
f(1, g(2), 3);
same(x.y, x . y);
same(x, y);
f(1, f(2, 4));
const sum = a + a;
const other = a + b;
`,
  };
  expect(await replaced(files, 'f($A, $$$REST)', 'h([$$$REST], $A)')).toMatchObject({
    lines: { 'a.ts': ['h([], 1);', 'h([g(2), 3], 1);', 'h([f(2, 4)], 1);'] },
  });
  expect(await replaced(files, '$A + $A', '2 * $A')).toMatchObject({ lines: { 'a.ts': ['const sum = 2 * a;'] } });
  expect(await replaced(files, 'same($_, $_)')).toMatchObject({ lines: {}, places: ['a.ts:3:1', 'a.ts:4:1'] });
});

it('finds the one place of an edit among equal lines', async () => {
  const lines = Array.from({ length: 40 }, (_, at) => (at % 10 === 3 ? 'old()' : 'x = 1'));
  const files = { 'a.py': lines.join('\r\n') };
  const { lines: after } = (await replaced(files, 'old()', 'new()')) as { lines: Record<string, string[]> };
  expect(after).toEqual({ 'a.py': ['new()', 'new()', 'new()', 'new()'] });
});

it('refuses what is no piece of code, and parts that it does not have', async () => {
  expect(await replaced(pythonProject, '$A', 'x')).toMatchObject({ kind: 'refused', reason: 'not-a-pattern' });
  expect(await replaced(pythonProject, 'print(', 'x')).toMatchObject({ kind: 'refused', reason: 'not-a-pattern' });
  expect(await replaced(pythonProject, 'print($A)', 'log($B)')).toMatchObject({ kind: 'refused', reason: 'unbound' });
});
