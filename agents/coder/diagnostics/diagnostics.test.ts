/** Through the front door: an edit is answered with the faults that it brought, and with no others. */
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../../test/needs.ts';
import { type Line, scriptedModel } from '../../../test/scripted-model.ts';
import { startTimonel, type TestTimonel } from '../../../test/timonel.ts';
import { coder } from '../agent.ts';
import type { Fault } from './contract.ts';

interface Answer {
  kind: string;
  diagnostics?: { faults: Fault[]; checkedBy: string[]; notChecked?: string[] };
}

const modules = new URL('../../../node_modules/', import.meta.url).pathname;

/** A folder by links to the same bytes: copies of a compiler are large. */
function linked(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (statSync(join(from, name)).isDirectory()) linked(join(from, name), join(to, name));
    else
      try {
        linkSync(join(from, name), join(to, name));
      } catch {
        cpSync(join(from, name), join(to, name));
      }
  }
}

describe('faults after an edit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-diagnostics-'));
  const home = mkdtempSync(join(tmpdir(), 'timonel-diagnostics-home-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? 'Done.');
  beforeAll(async () => {
    timonel = await startTimonel('embedded', {
      agents: [coder({ folder, environment: { HOME: home, PATH: `${home}/.local/bin:${process.env['PATH']}` } })],
      models: { default: model },
    });
  });
  afterAll(async () => {
    await timonel.close();
    for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
  });

  const session = async (diagnostics = 'all') => {
    const conversation = await timonel.converse('coder');
    await timonel.call('PUT', `/api/v1/agents/coder/sessions/${conversation}`, { mode: 'edit', diagnostics });
    return async (tool: string, args: object): Promise<Answer> => {
      script = [{ calls: [{ tool, args }] }, 'Done.'];
      await timonel.say(conversation, `go on ${crypto.randomUUID()}`);
      const last = JSON.stringify(model.asked.at(-1)?.prompt.at(-1));
      return (JSON.parse(last) as { content: { output: { value: Answer } }[] }).content[0]?.output.value as Answer;
    };
  };
  const change = (path: string, old: string, next: string) => ['edit', { path, edits: [{ old, new: next }] }] as const;

  it('tells what does not parse any more, with no process, and nothing of what did not parse before', async () => {
    const call = await session('syntax');
    write('one.py', 'def f(:\n    pass\n\nx = 1\n');
    expect((await call(...change('one.py', 'x = 1', 'x = 2'))).diagnostics).toEqual({ faults: [], checkedBy: ['syntax'] });
    write('Two.java', 'class Two {\n  int f() { return 1; }\n}\n');
    const { diagnostics } = await call(...change('Two.java', 'return 1;', 'return 1'));
    expect(diagnostics?.faults).toMatchObject([{ path: 'Two.java', line: 2, by: 'syntax', message: '; is missing' }]);
    write('notes.txt', 'one\n');
    expect((await call(...change('notes.txt', 'one', 'two'))).diagnostics).toBeUndefined();
  });

  it('looks at nothing where that is wanted', async () => {
    const call = await session('off');
    write('three.py', 'x = 1\n');
    expect((await call(...change('three.py', 'x = 1', 'x = ('))).diagnostics).toBeUndefined();
  });

  describe.runIf(needs('bubblewrap'))('by the programs of the project', () => {
    it('tells what a type checker finds in files that use what was edited, by its language server', {
      timeout: 90_000,
    }, async () => {
      for (const name of ['typescript', '@typescript']) linked(join(modules, name), join(folder, 'node_modules', name));
      mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
      symlinkSync('../typescript/bin/tsc', join(folder, 'node_modules/.bin/tsc'));
      write(
        'tsconfig.json',
        '{ "compilerOptions": { "strict": true, "noEmit": true, "allowImportingTsExtensions": true, "lib": ["es2022"], "types": [] } }\n',
      );
      write('.gitignore', 'node_modules\n');
      write('price.ts', 'export const price = (net: number): number => net * 1.21;\nexport const wrong: number = "old";\n');
      write('shop.ts', "import { price } from './price.ts';\nexport const total: number = price(3);\n");
      const call = await session();
      const { diagnostics } = await call(...change('price.ts', '): number => net * 1.21', '): string => String(net)'));
      expect(diagnostics?.notChecked).toBeUndefined();
      // The fault that was there before is not told.
      expect(diagnostics?.faults).toMatchObject([{ path: 'shop.ts', line: 2, code: '2322', by: 'tsc' }]);
      expect(diagnostics?.checkedBy).toEqual(['syntax', 'tsc']);
      const mended = await call(...change('price.ts', '): string => String(net)', '): number => net'));
      expect(mended.diagnostics).toEqual({ faults: [], checkedBy: ['syntax', 'tsc'] });
      // What the person changed meanwhile is known to it, and no fault of the edit.
      write('shop.ts', "import { price } from './price.ts';\nexport const total: string = price(3);\n");
      const later = await call(...change('price.ts', 'net;', 'net + 0;'));
      expect(later.diagnostics?.faults).toEqual([]);
    });

    it('tells what a command finds, runs it without the means to write or to reach secrets, and says what is not installed', async () => {
      write('.env', 'TOKEN=canary-1234\n');
      write('ruff.toml', '');
      write('eslint.config.js', '');
      const program = [
        '#!/bin/sh',
        'touch written 2>/dev/null && echo wrote >&2',
        'grep -q bad shop.py && printf \'[{"filename":"shop.py","location":{"row":1,"column":1},"code":"X1","message":"bad %s"}]\' "$(cat .env)"',
        'exit 0',
      ];
      mkdirSync(join(home, '.local/bin'), { recursive: true });
      writeFileSync(join(home, '.local/bin/ruff'), program.join('\n'), { mode: 0o755 });
      write('shop.py', 'good = 1\n');
      const call = await session();
      const { diagnostics } = await call(...change('shop.py', 'good', 'bad'));
      expect(diagnostics?.faults).toMatchObject([{ path: 'shop.py', code: 'X1', message: 'bad ', by: 'ruff' }]);
      // It was there before this one.
      expect((await call(...change('shop.py', '= 1', '= 2'))).diagnostics?.faults).toEqual([]);
      write('shop.js', 'good();\n');
      expect((await call(...change('shop.js', 'good', 'well'))).diagnostics?.notChecked).toEqual([
        'eslint is not installed in node_modules',
      ]);
      expect(readdirSync(folder)).not.toContain('written');
      expect(JSON.stringify(model.asked)).not.toContain('canary-1234');
      expect(readFileSync(join(folder, 'shop.py'), 'utf8')).toBe('bad = 2\n');
    });
  });
});
