/** Knowledge on the command line, beside a running server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeCredentials } from '../src/cli/credentials.ts';
import { commandHere, commandIn } from './command.ts';
import { notes } from './notes-agent.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let server: TestTimonel;
let home: string;
const folder = mkdtempSync(join(tmpdir(), 'timonel-documents-'));
const file = (name: string, text: string) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeAll(async () => {
  server = await startTimonel('embedded', { agents: [notes] });
  home = server.environment['TIMONEL_HOME'] ?? '';
  writeCredentials(home, { url: await server.timonel.listen(), apiKey: server.apiKey });
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => commandHere(home, 'knowledge')(...args);

it('makes a collection, adds a folder, finds, evaluates, exports and removes', { timeout: 300_000 }, async () => {
  expect((await commandIn(home, 'knowledge')('list')).out).toContain('timonel knowledge create');
  expect((await run('create', 'house', '--language', 'es')).code).toBe(0);
  file('docs/reglas.md', '# Reglas\n\n## Mascotas\n\nSe aceptan perros chicos con correa.\n');
  file('docs/sub/precios.csv', 'servicio,precio\nCorte,10\nTintura,30\n');
  file('docs/.oculto', 'no');
  const added = await run('add', 'house', join(folder, 'docs'));
  expect(added.out).toBe('[1/2] reglas.md: added, 1 new of 1 passages\n[2/2] sub/precios.csv: added, 1 new of 1 passages\n');
  file('docs/roto.json', '{');
  const again = await run('add', 'house', join(folder, 'docs'));
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('roto.json: It is not valid JSON') as unknown });
  expect(again.out).toContain('reglas.md: unchanged, 0 new');
  const found = await run('query', '¿Puedo ir con mi perro?', '--collections', 'house');
  expect(found.out).toMatch(/^1\. house\/reglas\.md · Reglas > Mascotas \[\d+, \d+\) · words 1/);
  const passage = /· ([0-9a-f-]{36})$/m.exec(found.out)?.[1] ?? '';
  const approved = await run('approve', passage, '--question', '¿Entra mi mascota?');
  expect(approved.out).toContain('house/reglas.md: approved\nTo take it back: timonel knowledge withdraw house ');
  expect((await run('query', '¿Entra mi mascota?')).out).toContain('approved 1 (1.00), boost 1.05');
  const corrected = await run('modify', passage, file('correction.md', 'Se aceptan perros de todo tamaño.'));
  expect(corrected.out).toContain(', as corrections/');
  const [, withdrawn = ''] = /withdraw house (\S+)/.exec(corrected.out) ?? [];
  expect((await run('feedback', 'house')).out).toContain('approved  reglas.md  "¿Entra mi mascota?"');
  expect((await run('withdraw', 'house', withdrawn)).code).toBe(0);
  const questions = file(
    'q.jsonl',
    '{"question":"¿Aceptan perros?","relevant":["reglas.md#perros"]}\n\n{"question":"¿Cuánto sale la tintura?","relevant":["sub/precios.csv"]}\n',
  );
  const first = await run('eval', 'house', questions);
  expect(first.out).toContain('ndcg10             1\n');
  const second = await run('eval', 'house', questions, '--against', /^Evaluation (\S+)$/m.exec(first.out)?.[1] ?? '');
  expect(second.out).toContain('ndcg10             1   before 1\n');
  expect(second.out).toContain('inconclusive (0 better, 0 worse, p = 1)');
  expect((await run('reindex', 'house')).out).toBe('2 documents, of which 0 changed.\n');
  const lines = (await run('export', 'house')).out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { key: 'reglas.md', text: expect.stringContaining('perros') },
    { key: 'sub/precios.csv' },
  ]);
  expect((await run('remove', 'house', 'reglas.md')).code).toBe(0);
  expect((await run('list', 'house')).out).toMatch(/^sub\/precios\.csv/);
  expect((await run('remove', 'house')).code).toBe(0);
});

it('adds a tree as its ignore rules leave it, code by declarations, and removes what is gone', { timeout: 180_000 }, async () => {
  await run('create', 'tree', '--language', 'en');
  const tree = join(folder, 'tree');
  file('tree/.git/info/exclude', 'private/\n');
  file('tree/.gitignore', 'build/\n*.log\n!kept.log\n');
  file('tree/.timonelignore', 'drafts/**\n');
  for (const left of ['build/a.md', 'b.log', 'drafts/c.md', 'private/d.md', 'node_modules/e.md', 'src/gone/f.md', 'g.png', '.env'])
    file(`tree/${left}`, `No ${left}.`);
  file('tree/src/.gitignore', '/gone/\n');
  file('tree/kept.log', 'The log is kept.');
  file('tree/src/old.md', 'An old page.');
  const body = '    // counts what lies in the drawer, one after the other\n'.repeat(15);
  file(
    'tree/src/till.ts',
    `export class CashRegister {\n  openDrawer(): void {\n${body}  }\n\n  closeDrawer(): void {\n${body}  }\n}\n`,
  );
  // A folder in a git tree has the rules of the tree.
  const added = await run('add', 'tree', join(tree, 'src'), '--prefix', 'code/');
  expect(added.out.match(/code\/\S+(?=:)/g)?.sort()).toEqual(['code/old.md', 'code/till.ts']);
  const whole = await run('add', 'tree', tree);
  expect(whole.out.match(/\] \S+(?=:)/g)?.sort()).toEqual(['] kept.log', '] src/old.md', '] src/till.ts']);
  expect(whole.out).toContain('1 files of other kinds are left out.');
  const found = await run('query', 'where is the drawer closed?', '--collections', 'tree', '--limit', '1');
  expect(found.out).toMatch(/(?:code|src)\/till\.ts · CashRegister > closeDrawer \[/);
  rmSync(join(tree, 'src/old.md'));
  const pruned = await run('add', 'tree', join(tree, 'src'), '--prefix', 'code/', '--prune');
  expect(pruned.out).toContain('code/till.ts: unchanged');
  expect(pruned.out).toMatch(/^code\/old\.md: removed$/m);
  expect((await run('list', 'tree')).out).toContain('src/old.md');
});

it('says what would have worked', { timeout: 180_000 }, async () => {
  expect(await run('add', 'nowhere', join(folder, 'absent.md'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot be read') as unknown,
  });
  const known = file('known.md', 'Hola.');
  expect(await run('add', 'nowhere', known)).toMatchObject({
    code: 1,
    err: expect.stringContaining('no collection "nowhere"') as unknown,
  });
  expect(await run('eval', 'nowhere', file('bad.jsonl', 'x'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('Line 1') as unknown,
  });
});
