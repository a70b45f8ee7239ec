/** The assistant without a model: what phrases lead to, and whole turns over three small projects. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { openProjectFiles } from '../../src/files.ts';
import type { CallRecord, JsonObject, JsonValue } from '../../src/index.ts';
import { analyse } from './analysis/analyse.ts';
import { createProjectIndex } from './analysis/project-index.ts';
import { projectFolder } from './analysis/rehearsal/folder.ts';
import { javaProject } from './analysis/rehearsal/java-project.ts';
import { pythonProject } from './analysis/rehearsal/python-project.ts';
import { typescriptProject } from './analysis/rehearsal/typescript-project.ts';
import { analysisRequest } from './analysis/requests.ts';
import { readMessage } from './flows/read-message.ts';
import { flows } from './flows.ts';

/** A turn with the tools of a folder: analysis, edits and commands are real, git is not among them. */
function talkIn(files: Readonly<Record<string, string>>) {
  const folder = projectFolder(files);
  const index = createProjectIndex(folder.project);
  const tools: Record<string, (args: JsonObject) => Promise<unknown>> = {
    analyse: ({ request }) =>
      analyse({ project: folder.project, index, memory: () => ({ total: 16e9, free: 8e9 }) }, analysisRequest.parse(request)),
    async edit({ files: wanted }) {
      const project = await openProjectFiles(folder.root);
      const plan = await project.plan(
        (wanted as { path: string; edits: { old: string; new: string }[] }[]).map((each) => ({ kind: 'edit', ...each })),
      );
      if (plan.kind === 'refused') return { kind: 'refused', because: plan.refusals.map(({ message }) => message) };
      await project.apply(plan.files);
      return { kind: 'changed', diff: plan.files.map(({ diff }) => diff).join('') };
    },
    async run({ command }) {
      try {
        return {
          kind: 'ran',
          exitCode: 0,
          output: execFileSync('bash', ['-c', `${command} 2>&1`], {
            cwd: folder.root,
            encoding: 'utf8',
            env: { PATH: process.env['PATH'] },
          }),
        };
      } catch (error) {
        const { status, stdout } = error as { status: number; stdout: string };
        return { kind: 'ran', exitCode: status, output: stdout };
      }
    },
  };
  const talk = async (text: string): Promise<string> => {
    const calls: CallRecord[] = [];
    let state: JsonObject = {};
    for (let step = 0; step < 20; step += 1) {
      const move = flows.next({
        text,
        state,
        calls,
        now: new Date(0),
        timeZone: 'UTC',
        channel: 'terminal',
        contact: undefined,
        vocabulary: {} as never,
        latest: {},
      });
      if (move.kind === 'reply') return move.reply.text;
      state = move.state;
      for (const { tool, args } of move.calls) {
        const output = (await tools[tool]?.(args)) as JsonValue;
        calls.push({ callId: `${step}`, tool, args, status: 'completed', output: JSON.parse(JSON.stringify(output)) as JsonValue });
      }
    }
    throw new Error('no reply after twenty steps');
  };
  return { ...folder, talk };
}

const analysed = (action: string, rest: object = {}) => ({ kind: 'analyse', request: { action, ...rest } });
const gitLook = (action: string) => ({ kind: 'git', action });

it.each<[string, object]>([
  ['explica este código:\ndef f(x):\n    return x', analysed('explain-code', { code: 'def f(x):\n    return x' })],
  ['What does this do?\n```py\nprint(1)\n```', analysed('explain-code', { code: 'print(1)' })],
  ['explicame la función discount', analysed('explain', { what: 'discount' })],
  ['¿Qué hace src/pricing.ts?', analysed('explain', { what: 'src/pricing.ts' })],
  ['what does Item.total do?', analysed('explain', { what: 'Item.total' })],
  ['estructura del proyecto', analysed('tree')],
  ['mostrame la estructura de src', analysed('tree', { under: 'src' })],
  ['project structure', analysed('tree')],
  ['genera un informe sobre este proyecto', analysed('report')],
  ['¿de qué trata este repo?', analysed('report')],
  ['summarize the project', analysed('report')],
  ['¿Dónde se usa discount?', analysed('refs', { name: 'discount' })],
  ['quién llama a `Item.total`', analysed('refs', { name: 'Item.total' })],
  ['where is discount used', analysed('refs', { name: 'discount' })],
  ['find all references to the function discount', analysed('refs', { name: 'discount' })],
  ['dónde está definida Item', analysed('symbols', { name: 'Item' })],
  ['where is Item defined?', analysed('symbols', { name: 'Item' })],
  ['buscá TODO', analysed('todo')],
  ['listame los pendientes', analysed('todo')],
  ['buscá "total = item" en src', analysed('search', { pattern: 'total = item', literal: true, under: 'src' })],
  ['por favor, buscá render en el proyecto', analysed('search', { pattern: 'render', literal: true })],
  ['search for fetchUser in the project', analysed('search', { pattern: 'fetchUser', literal: true })],
  ['archivos relacionados con src/a.ts', analysed('related', { path: 'src/a.ts' })],
  ['¿hay dependencias circulares?', analysed('deps')],
  ['show the dependencies', analysed('deps')],
  ['métricas del código', analysed('metrics')],
  ['how many lines of code are there?', analysed('metrics')],
  ['qué funciones hay en src/a.ts', analysed('outline', { path: 'src/a.ts' })],
  ['qué cambié?', analysed('diff')],
  ['dame un mensaje de commit', analysed('commit-message')],
  ['mapa del repo', analysed('map')],
  ['qué modelo me conviene?', analysed('models')],
  ['renombrá A a B', { kind: 'rename', from: 'A', to: 'B' }],
  ['¿podés renombrar la clase Item a Product?', { kind: 'rename', from: 'Item', to: 'Product' }],
  ['Could you please rename foo to bar?', { kind: 'rename', from: 'foo', to: 'bar' }],
  ['reemplazá `print($A)` por `log($A)` en shop', { kind: 'replace', pattern: 'print($A)', replacement: 'log($A)', under: 'shop' }],
  ['corré los tests', { kind: 'tests' }],
  ['ejecutá las pruebas de tests/test_a.py', { kind: 'tests', only: 'tests/test_a.py' }],
  ['run the tests', { kind: 'tests' }],
  ['revisá los tipos', { kind: 'checks' }],
  ['run the linter', { kind: 'checks' }],
  ['deshacé', { kind: 'undo', direction: 'undo' }],
  ['deshacé el último cambio', { kind: 'undo', direction: 'undo' }],
  ['undo that', { kind: 'undo', direction: 'undo' }],
  ['rehacé', { kind: 'undo', direction: 'redo' }],
  ['usa git para ver el status', gitLook('status')],
  ['Usa git_helper para ver el status', gitLook('status')],
  ['mostrame los últimos commits', gitLook('log')],
  ['git branches', gitLook('branches')],
  ['hacé un commit que diga "fix: total"', { kind: 'commit', message: 'fix: total' }],
  ['commit', { kind: 'commit' }],
  ['mostrame src/a.ts líneas 10 a 20', { kind: 'read', path: 'src/a.ts', from: 10, to: 20 }],
  ['open README.md', { kind: 'read', path: 'README.md' }],
  ['recordá que los tests se corren con make', { kind: 'remember', fact: 'los tests se corren con make' }],
  ['ejecutá npm run build', { kind: 'run', command: 'npm run build' }],
  ['!ls -la', { kind: 'run', command: 'ls -la' }],
  ['¿Qué es un decorador en Python?', { kind: 'needs-model', asked: 'question' }],
  ['agregá un botón de pago', { kind: 'needs-model', asked: 'change' }],
  ['fix the failing test', { kind: 'needs-model', asked: 'change' }],
  ['gracias!', { kind: 'thanks' }],
  ['Hola! dónde se usa discount', analysed('refs', { name: 'discount' })],
  ['corré los tests y después agregá un botón', { kind: 'needs-model', asked: 'change' }],
  ['asdf qwer', { kind: 'unclear' }],
])('understands "%s"', (text, wish) => {
  expect(JSON.parse(JSON.stringify(readMessage(text).wish))).toEqual(
    'action' in wish && !('request' in wish) ? { ...wish, paths: [] } : wish,
  );
});

it('leads every command that others have to something', () => {
  const names =
    'help h ? clear cls exit quit q reset files tree tokens stats read diff git index search related llm msearch memsearch export mstats memstats plugins cache telemetry telem load unload clear_files show analyze_file project analyze tools history context write list run chat explain refactor test models info plugin docker docs symbols outline refs map deps todo metrics lint rename replace commit undo redo checkpoints cost mode model';
  for (const name of names.split(' ')) {
    const { wish } = readMessage(`/${name} a.ts b`);
    expect([name, wish.kind]).not.toEqual([name, 'unknown-command']);
    expect(['unclear', 'needs-model']).not.toContain(wish.kind);
  }
  expect(readMessage('/serch x').wish).toEqual({ kind: 'unknown-command', command: 'serch', similar: 'search' });
  expect(readMessage('!search canary').wish).toMatchObject(analysed('search', { pattern: 'canary' }));
  expect(readMessage('/rename a').wish).toEqual({ kind: 'incomplete', command: 'rename', usage: '/rename A B' });
});

it('answers exactly over a project in Python', async () => {
  const { talk } = talkIn(pythonProject);
  expect(await talk('¿dónde se usa discount?')).toBe(
    `Se declara (1):
  shop/pricing.py:5:5  def discount(item: Item, amount: int) -> float:
Se importa (3):
  shop/__init__.py:1:22  from .pricing import discount
  shop/report.py:3:30  from shop.pricing import discount  ← line
  tests/test_pricing.py:2:26  from shop.pricing import discount
Se llama (1):
  tests/test_pricing.py:6:12  assert discount(Item("pen", 2), 200) == 360  ← test_discount
Otra variable con el mismo nombre (3):
  shop/pricing.py:14:5  discount = "none"  ← _label
  shop/pricing.py:15:35  return report.line(item.name, discount)  ← _label
  shop/report.py:6:12  return discount  ← line`,
  );
  expect(await talk('/search canary')).toBe(
    '«canary» no está en lo que se buscó.\n1 archivo ignorado no se buscó (/search --ignored los incluye).\n1 archivo con secretos no se buscó nunca.',
  );
  expect(await talk('list the todos')).toBe(
    '2 things to do\nshop/models.py:15  TODO round to cents\nshop/report.py:2  FIXME escape names',
  );
  expect(await talk('are there circular imports?')).toContain('1 cycle:\n  shop/pricing.py → shop/report.py → shop/pricing.py');
  const renamed = await talk('rename discount to reduced');
  expect(renamed).toContain('discount → reduced: 6 places.\n```diff\n');
  expect(renamed).toContain('-def discount(item: Item, amount: int) -> float:\n+def reduced(item: Item, amount: int) -> float:\n');
  expect(await talk('where is discount used')).toContain('Another variable of the same name (2)');
  expect(await talk('/replace print($A) => log($A)')).toContain('1 lugar reemplazado.');
});

it('runs the tests of a project and says which line failed', async () => {
  const { talk } = talkIn({
    'package.json': '{ "scripts": { "test": "node --test" } }',
    'sum.test.mjs':
      "import assert from 'node:assert';\nimport { it } from 'node:test';\nit('adds', () => {\n  assert.equal(1 + 1, 3);\n});\nit('is fine', () => {});\n",
  });
  const said = await talk('corré los tests');
  expect(said).toBe('node --test --test-reporter=tap: 1 pasan, 1 falla\n  ✗ sum.test.mjs:4  adds: 2 == 3');
});

it('answers exactly over projects in TypeScript and Java', async () => {
  const script = talkIn(typescriptProject);
  expect(await script.talk('/outline src/models.ts')).toBe(
    'src/models.ts\n    2  interface Priced\n    3    price: number\n    4    total(amount: number): number\n    7  class Item implements Priced\n    8    readonly name: string\n    9    price: number\n   11    constructor(name: string, price: number)\n   16    total(amount: number): number\n   22  const limit = 100',
  );
  expect(await script.talk('rename Item.total to amountFor')).toContain('Item.total → amountFor: 3 places.');
  const java = talkIn(javaProject);
  expect(await java.talk('/tree 2')).toBe(
    '.\n├── src/\n│   ├── main/ (3)\n│   └── test/ (1)\n├── .gitignore\n└── pom.xml\n8 carpetas, 6 archivos\n1 archivo ignorado no se muestra.',
  );
  expect(await java.talk('renombrá Item a Product')).toContain(
    'src/main/java/shop/models/Item.java → src/main/java/shop/models/Product.java',
  );
  expect(await java.talk('/symbols Product')).toBe(
    '2 declaraciones\nsrc/main/java/shop/models/Product.java:4  class Product\nsrc/main/java/shop/models/Product.java:9  constructor Product.Product',
  );
  expect(await java.talk('rename total to sum')).toContain('total → sum: 2 places.');
});

it('says what it cannot do, and what to set', async () => {
  const { talk } = talkIn(pythonProject);
  expect(await talk('What is a decorator in Python?')).toBe(
    'Answering that takes a model. Set ANTHROPIC_API_KEY, say, or TIMONEL_OLLAMA_URL and TIMONEL_OLLAMA_MODEL: /models says which fits this machine.',
  );
  expect(await talk('/models')).toContain('Entra qwen2.5-coder:7b: ollama pull qwen2.5-coder:7b');
  expect(await talk('/llm switch groq')).toContain('/llm no está: /model cambia de modelo');
  expect(await talk('show the dependencies. then list the todos')).toMatch(/I do one thing a message\. Left: «list the todos»\.$/);
  expect(await talk('blah blah')).toContain('/help');
  expect(await talk('/help')).toContain('/rename A B');
});
