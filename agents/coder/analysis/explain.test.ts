/** What is said of files, declarations, pasted code and changes. */
import { expect, it } from 'vitest';
import { commitProposal, summarizeChanges } from './changes.ts';
import { explain, explainCode } from './explain.ts';
import { localModels, proposeModel } from './models.ts';
import { createProjectIndex } from './project-index.ts';
import { projectFolder } from './rehearsal/folder.ts';
import { javaProject } from './rehearsal/java-project.ts';
import { pythonProject } from './rehearsal/python-project.ts';
import { typescriptProject } from './rehearsal/typescript-project.ts';
import { importGraph } from './resolve-imports.ts';

async function explained(files: Readonly<Record<string, string>>, what: string) {
  const { project, commit } = projectFolder(files);
  commit('feat: shop');
  const snapshot = await createProjectIndex(project).snapshot();
  return explain(project, snapshot, await importGraph(project, snapshot), what);
}

it.each([
  [
    'Python',
    pythonProject,
    'discount',
    'Price of some, cheaper where there are many.',
    ['item.total'],
    ['tests/test_pricing.py'],
    [],
  ],
  [
    'TypeScript',
    typescriptProject,
    'discount',
    'Price of some, cheaper where there are many.',
    ['item.total'],
    ['test/pricing.test.ts'],
    [],
  ],
  ['Java', javaProject, 'Item.total', undefined, [], [], ['src/main/java/shop/Pricing.java:10']],
])('explains a declaration: %s', async (_language, files, what, doc, calls, tests, callers) => {
  const explanation = await explained(files, what);
  if (explanation.kind !== 'symbol') throw new Error(explanation.kind);
  expect(explanation).toMatchObject({ doc, calls, tests, commits: [{ author: 'Ana', subject: 'feat: shop' }] });
  expect(explanation.callers.map(({ path, line }) => `${path}:${line}`)).toEqual(callers);
});

it('explains a file by what it says, declares, uses and is used by', async () => {
  expect(await explained(pythonProject, 'models.py')).toMatchObject({
    kind: 'file',
    path: 'shop/models.py',
    doc: 'Things that are sold.',
    imports: [],
    libraries: ['dataclasses'],
    importedBy: ['shop/pricing.py'],
    tests: ['tests/test_pricing.py'],
    todos: [{ line: 15, tag: 'TODO', text: 'round to cents' }],
    commits: [{ subject: 'feat: shop' }],
  });
  expect(await explained(typescriptProject, 'src/pricing.ts')).toMatchObject({
    doc: undefined,
    imports: ['src/models.ts', 'src/report.ts'],
    importedBy: ['src/report.ts'],
    tests: ['test/pricing.test.ts'],
  });
  expect(await explained(javaProject, 'src/main/java/shop/models/Item.java:15')).toMatchObject({
    kind: 'symbol',
    symbol: { name: 'total' },
  });
  expect(await explained(typescriptProject, 'total')).toMatchObject({
    kind: 'ambiguous',
    declarations: [{ container: 'Priced' }, { container: 'Item' }],
  });
  expect(await explained(javaProject, 'Prising')).toEqual({ kind: 'not-found', similar: ['Pricing'] });
});

it('says of pasted code what can be seen in it', async () => {
  expect(await explainCode('def factorial(n):\n    return 1 if n == 0 else n * factorial(n-1)')).toMatchObject({
    language: 'python',
    recursive: ['factorial'],
    calls: ['factorial'],
    symbols: [{ name: 'factorial', complexity: 2 }],
    broken: false,
  });
  expect(
    await explainCode('const twice = (list: number[]) => {\n  for (const each of list) console.log(each * 2);\n};'),
  ).toMatchObject({ language: 'typescript', loops: 1, recursive: [] });
  expect(await explainCode('public class A { int f(int n) { return n < 2 ? 1 : n * f(n - 1); } }')).toMatchObject({
    language: 'java',
    recursive: ['f'],
  });
  expect(await explainCode('lorem ipsum dolor sit amet')).toEqual({ kind: 'no-code' });
});

it('sums up changes by declarations and proposes a message', async () => {
  const { project, commit, write } = projectFolder(pythonProject);
  const index = createProjectIndex(project);
  expect(await summarizeChanges(project, await index.snapshot())).toEqual({ kind: 'no-repository' });
  commit('feat: agrega la tienda');
  expect(await commitProposal(project, await index.snapshot())).toEqual({ kind: 'nothing' });
  write(
    'shop/pricing.py',
    `${pythonProject['shop/pricing.py']?.replace('0.9', '0.8')}\n\ndef taxed(price):\n    return price * 1.21\n`,
  );
  write('.env', 'TOKEN=changed\n');
  write('notes.txt', 'one\n');
  expect(await summarizeChanges(project, await index.snapshot())).toEqual({
    kind: 'changes',
    files: [
      { path: 'notes.txt', change: 'added', added: 0, removed: 0, symbols: [], fresh: [] },
      { path: 'shop/pricing.py', change: 'modified', added: 5, removed: 1, symbols: ['discount'], fresh: ['taxed'] },
    ],
    added: 5,
    removed: 1,
    secrets: 1,
  });
  const proposed = async () => {
    const proposal = await commitProposal(project, await index.snapshot());
    return proposal.kind === 'message' ? proposal.message : proposal;
  };
  expect(await proposed()).toMatchObject({ language: 'en', subject: 'feat: add notes.txt, taxed' });
  commit('fix: corrige el total de la lista');
  write('tests/test_pricing.py', `${pythonProject['tests/test_pricing.py']}\n\ndef test_more():\n    pass\n`);
  expect(await proposed()).toMatchObject({ subject: 'test(tests): add test_more' });
  commit('test: prueba más de la cuenta para los precios');
  write('shop/models.py', `${pythonProject['shop/models.py']?.replace('100', '50')}`);
  expect(await proposed()).toEqual({
    language: 'es',
    subject: 'refactor(shop): cambia LIMIT',
    body: '- shop/models.py (+1 −1): LIMIT',
  });
});

it('proposes the largest model that the memory has room for', () => {
  const gigabytes = 1_000_000_000;
  const fitting = (free: number) => proposeModel({ total: 64 * gigabytes, free: free * gigabytes }).fits?.name;
  expect([1, 2, 8, 14, 40].map(fitting)).toEqual([
    undefined,
    'qwen2.5-coder:0.5b',
    'qwen2.5-coder:7b',
    'qwen2.5-coder:14b',
    'qwen3-coder:30b',
  ]);
  expect(localModels.map(({ bytes }) => bytes)).toEqual(localModels.map(({ bytes }) => bytes).toSorted((a, b) => a - b));
});
