/** Where names are used, which files belong together, and what stands on what. */
import { expect, it } from 'vitest';
import { cyclesOf, dotOf, moduleGraph } from './dependencies.ts';
import { metrics, todos } from './measures.ts';
import { findOccurrences } from './occurrences.ts';
import { createProjectIndex } from './project-index.ts';
import { projectFolder } from './rehearsal/folder.ts';
import { javaProject } from './rehearsal/java-project.ts';
import { pythonProject } from './rehearsal/python-project.ts';
import { typescriptProject } from './rehearsal/typescript-project.ts';
import { relatedFiles } from './related.ts';
import { fileRanks, repositoryMap } from './repository-map.ts';
import { importGraph } from './resolve-imports.ts';
import { tree } from './tree.ts';

async function opened(files: Readonly<Record<string, string>>) {
  const folder = projectFolder(files);
  const snapshot = await createProjectIndex(folder.project).snapshot();
  return { ...folder, snapshot, graph: await importGraph(folder.project, snapshot) };
}

it.each([
  [
    'Python',
    pythonProject,
    [
      'shop/__init__.py:1:22 import',
      'shop/pricing.py:5:5 declaration',
      'shop/pricing.py:14:5 local in _label',
      'shop/pricing.py:15:35 local in _label',
      'shop/report.py:3:30 import in line',
      'shop/report.py:6:12 local in line',
      'tests/test_pricing.py:2:26 import',
      'tests/test_pricing.py:6:12 call in test_discount',
    ],
  ],
  [
    'TypeScript',
    typescriptProject,
    [
      'src/pricing.ts:5:17 declaration',
      'src/pricing.ts:12:9 local in label',
      'src/pricing.ts:13:26 local in label',
      'src/report.ts:1:10 import',
      'test/pricing.test.ts:3:10 import',
      'test/pricing.test.ts:6:10 call',
    ],
  ],
  [
    'Java',
    javaProject,
    [
      'src/main/java/shop/Pricing.java:9:19 declaration in Pricing',
      'src/main/java/shop/Pricing.java:18:16 local in Pricing.label',
      'src/main/java/shop/Pricing.java:19:44 local in Pricing.label',
      'src/test/java/shop/PricingTest.java:7:30 call in PricingTest.cheaperForMany',
    ],
  ],
])('tells the uses of a name from a local of the same name: %s', async (_name, files, expected) => {
  const { project, snapshot } = await opened(files);
  const found = await findOccurrences(project, snapshot, 'discount');
  expect(
    found.map(({ path, line, column, role, within }) => `${path}:${line}:${column} ${role}${within === '' ? '' : ` in ${within}`}`),
  ).toEqual(expected);
});

it('draws what stands on what, with its cycles', async () => {
  const python = await opened(pythonProject);
  const graph = moduleGraph(python.snapshot, python.graph);
  expect(graph).toMatchObject({
    modules: 5,
    cycles: [['shop/pricing.py', 'shop/report.py']],
    libraries: [{ name: 'dataclasses', files: 1 }],
  });
  expect(dotOf(graph)).toBe(`digraph dependencies {
  rankdir=LR;
  node [shape=box];
  "shop/__init__.py" -> "shop/pricing.py";
  "shop/pricing.py" -> "shop/models.py";
  "shop/pricing.py" -> "shop/report.py" [color=red];
  "shop/report.py" -> "shop/pricing.py" [color=red];
  "tests/test_pricing.py" -> "shop/models.py";
  "tests/test_pricing.py" -> "shop/pricing.py";
}
`);
  const script = await opened(typescriptProject);
  expect(moduleGraph(script.snapshot, script.graph)).toMatchObject({
    cycles: [['src/pricing.ts', 'src/report.ts']],
    libraries: [{ name: 'vitest', files: 1 }],
    central: [
      { path: 'src/pricing.ts', importedBy: 2, imports: 2 },
      { path: 'src/models.ts', importedBy: 2, imports: 0 },
      { path: 'src/report.ts', importedBy: 1, imports: 1 },
    ].sort((a, b) => b.importedBy - a.importedBy || (a.path < b.path ? -1 : 1)),
  });
  const java = await opened(javaProject);
  expect(moduleGraph(java.snapshot, java.graph)).toMatchObject({
    cycles: [['src/main/java/shop/Pricing.java', 'src/main/java/shop/Report.java']],
    edges: [
      { from: 'src/main/java/shop/Pricing.java', to: 'src/main/java/shop/models/Item.java' },
      { from: 'src/main/java/shop/Pricing.java', to: 'src/main/java/shop/Report.java' },
      { from: 'src/main/java/shop/Report.java', to: 'src/main/java/shop/Pricing.java' },
      { from: 'src/test/java/shop/PricingTest.java', to: 'src/main/java/shop/models/Item.java' },
      { from: 'src/test/java/shop/PricingTest.java', to: 'src/main/java/shop/Pricing.java' },
    ],
  });
  const long = Array.from({ length: 50_000 }, (_, at) => ({ from: `${at}`, to: `${(at + 1) % 50_000}` }));
  expect(
    cyclesOf(
      long.map(({ from }) => from),
      long,
    ),
  ).toMatchObject([{ length: 50_000 }]);
});

it('finds what belongs to a file, by imports and by commits', async () => {
  const { project, snapshot, graph, commit, write } = await opened(typescriptProject);
  expect(
    (await relatedFiles(project, snapshot, graph, 'src/pricing.ts')).map(({ path, reasons }) => `${path} ${reasons.join(' ')}`),
  ).toEqual(['src/report.ts imports imported-by', 'test/pricing.test.ts tests', 'src/models.ts imports']);
  commit('first');
  for (const round of [1, 2, 3]) {
    write('src/models.ts', `${typescriptProject['src/models.ts']}// ${round}\n`);
    write('tsconfig.json', `${typescriptProject['tsconfig.json']}\n${round === 2 ? '\n' : ''}`);
    commit(`round ${round}`);
  }
  const related = await relatedFiles(project, snapshot, graph, 'tsconfig.json');
  expect(related[0]).toEqual({ path: 'src/models.ts', reasons: ['changed-together'], commits: 4, score: expect.any(Number) });
});

it('maps a project within its budget, what is used most first', async () => {
  const { snapshot, graph } = await opened(pythonProject);
  const ranks = fileRanks(snapshot, graph);
  expect(
    [...ranks]
      .sort(([, a], [, b]) => b - a)
      .map(([path]) => path)
      .slice(0, 2),
  ).toEqual(['shop/pricing.py', 'shop/models.py']);
  expect([...ranks.values()].reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(1);
  expect(repositoryMap(snapshot, graph, { tokens: 60 }).text).toBe(
    'shop/pricing.py:\n  5: def discount(item: Item, amount: int) -> float\n  13: def _label(item)\nshop/models.py:\n  4: LIMIT = 100\n  8: class Item\n    14: def total(self, amount: int) -> float\nshop/report.py:\n  1: def line(name, value)\n',
  );
  for (const tokens of [10, 40, 200]) expect(repositoryMap(snapshot, graph, { tokens }).tokens).toBeLessThanOrEqual(tokens);
});

it('counts, lists what is to do, and draws the tree', async () => {
  const { project, snapshot } = await opened(javaProject);
  expect(metrics(snapshot)).toMatchObject({
    files: 4,
    tests: 1,
    lines: { total: 63, blank: 11, comment: 4, code: 48 },
    classes: 4,
    functions: 7,
    meanComplexity: 1.43,
    complex: [
      { name: 'Pricing.discount', complexity: 3, line: 9, lines: 7 },
      { name: 'Report.line', complexity: 2 },
      ...new Array(5).fill({ complexity: 1 }),
    ],
  });
  expect(todos(snapshot)).toEqual([
    { path: 'src/main/java/shop/Report.java', line: 4, tag: 'FIXME', text: 'escape names' },
    { path: 'src/main/java/shop/models/Item.java', line: 15, tag: 'TODO', text: 'round to cents' },
  ]);
  expect(await tree(project, { depth: 2 })).toEqual({
    text: '.\n├── src/\n│   ├── main/ (3)\n│   └── test/ (1)\n├── .gitignore\n└── pom.xml',
    folders: 8,
    files: 6,
    ignored: 1,
    more: false,
  });
});
