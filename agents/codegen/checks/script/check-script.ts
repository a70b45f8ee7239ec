/** Checks JavaScript and TypeScript: read by tree-sitter, tested in QuickJS or Node by the same runner. */
import { randomBytes } from 'node:crypto';
import type { SandboxProgram } from '../../../../src/sandbox.ts';
import type { CheckOptions } from '../contract.ts';
import { nothingRun, type RunEvidence, readRun } from '../evidence.ts';
import { isTestPath, readText, roleOf, type Subject } from '../subject.ts';
import { scriptBuiltins } from './builtins.ts';
import { scriptExpect } from './expect.ts';
import { scriptFramework } from './framework.ts';
import { scriptHarness } from './harness.ts';
import { scriptImports } from './imports.ts';
import { type PreparedScript, prepareScript, type ReadScript, readScript } from './prepare.ts';

const entry = '_timonel_run.js';
const source = `'use strict';\n${[scriptExpect, scriptBuiltins, scriptFramework, scriptHarness.replace(/^'use strict';\n/, '')].join('\n')}`;
const mostFiles = 200;
const mostInput = 1_000_000;
const mostTestFiles = 20;

export async function checkScript(subject: Subject, options: CheckOptions, wallMs: number): Promise<RunEvidence | undefined> {
  const changed = subject.changed.filter(({ role, path }) => role === 'script' && !/\.d\.[mc]?ts$/.test(path));
  const data = subject.changed.some(({ role }) => role === 'data');
  const paths = subject.paths.filter((path) => roleOf(path) === 'script' && !/(^|\/)node_modules\//.test(path));
  if (changed.length === 0 && !(data && paths.length > 0)) return undefined;
  const own = changed.map(({ path }) => path);
  const tests = await testsOf(own, subject, paths);
  const files = await closure([...own, ...tests], subject);
  const read = new Map<string, ReadScript>();
  for (const [path, text] of files) if (!path.endsWith('.json')) read.set(path, await readScript(path, text, isTestPath(path)));
  const sources = own.filter((path) => !isTestPath(path));
  const reach = sources.length > 0 ? sources : [...files.keys()].filter((path) => !isTestPath(path) && !path.endsWith('.json'));
  const noted = [...new Set([...reach, ...[...files.keys()].filter((path) => isTestPath(path))])].filter((path) => read.has(path));
  const names = { line: `line_${randomBytes(12).toString('hex')}`, meta: `meta_${randomBytes(12).toString('hex')}` };
  const modules: (PreparedScript & { kind: 'code' | 'json' })[] = [];
  for (const [path, text] of files) {
    const about = read.get(path);
    if (about === undefined) modules.push({ path, code: text, waits: false, kind: 'json' });
    else if (about.syntax === undefined) {
      const made = await prepareScript(about, text, names, noted.includes(path) ? noted.indexOf(path) : undefined);
      if ('fault' in made) read.set(path, { ...about, syntax: { line: made.fault.line, message: made.fault.message } });
      else modules.push({ ...made, kind: 'code' });
    }
  }
  const told = own.flatMap((path) => read.get(path) ?? []);
  const without = (reason: string | undefined): RunEvidence => ({ ...nothingRun, reason, files: told });
  if (tests.length === 0) return without(undefined);
  const state = (await options.sandbox.languages()).find(({ language }) => language === 'javascript');
  if (state?.backend === undefined) return without(`JavaScript cannot be run here. ${state?.reason ?? ''}`.trim());
  const nonce = `told-${randomBytes(16).toString('hex')}`;
  const request = {
    nonce,
    files: noted,
    wanted: noted.map((path) => (reach.includes(path) ? wantedLines(read.get(path), subject, path) : null)),
    asserting: noted.map((path) => read.get(path)?.asserting ?? null),
    tested: noted.map(isTestPath),
    paths: [...files.keys()],
    // A function that is made of text begins two lines above its text.
    offset: 2,
    lineName: names.line,
    metaName: names.meta,
    modules,
    tests: tests.filter((path) => modules.some((each) => each.path === path)),
    data: await dataOf(subject, files),
  };
  const input = JSON.stringify(request);
  if (input.length > mostInput) return without('The files that the tests need are too large for the embedded runner.');
  const program: SandboxProgram = { language: 'javascript', files: { [entry]: source }, entry };
  const limits = {
    wallMs: Math.max(1_000, Math.min(60_000, Math.round(wallMs))),
    memoryBytes: 256 * 1024 * 1024,
    outputBytes: 1024 * 1024,
  };
  const result = await options.sandbox.run(program, input, { limits, signal: options.signal });
  const { analysed: _, ...run } = readRun(result, nonce, 'node-test');
  const broken = tests.flatMap((path) => {
    const syntax = read.get(path)?.syntax;
    return syntax === undefined
      ? []
      : [
          {
            name: path,
            outcome: 'failed' as const,
            message: `SyntaxError: ${syntax.message}`,
            path,
            line: syntax.line,
            asserted: false,
            reached: false,
          },
        ];
  });
  return { ...run, tests: [...run.tests, ...broken], files: told };
}

function wantedLines(read: ReadScript | undefined, subject: Subject, path: string): number[] {
  if (read === undefined) return [];
  const changed = subject.changed.find((each) => each.path === path)?.lines;
  const among = read.bodies.filter(
    ([first, last]) => changed === undefined || [...changed].some((line) => line >= first && line <= last),
  );
  const ranges = among.length > 0 ? among : read.bodies;
  return read.executable.filter((line) => ranges.some(([first, last]) => line >= first && line <= last));
}

async function testsOf(own: readonly string[], subject: Subject, paths: readonly string[]): Promise<string[]> {
  const isFileOfTests = (path: string) =>
    isTestPath(path) &&
    (/[._-](test|spec)\.\w+$/.test(path) ||
      /(^|\/)(tests?|__tests__|spec)\/[^/]+$/.test(path) ||
      /(^|\/)test[._-]?[^/]*\.\w+$/.test(path)) &&
    !/(helpers?|fixtures?|setup|mocks?)\.\w+$/.test(path);
  const changed = own.filter(isFileOfTests);
  const sources = new Set(own.filter((path) => !isTestPath(path)));
  const found: string[] = [];
  for (const path of paths.filter((each) => isFileOfTests(each) && !changed.includes(each)).slice(0, 500)) {
    if (sources.size === 0 || changed.length + found.length >= mostTestFiles) break;
    const text = await readText(subject, path);
    if (text !== undefined && scriptImports(path, text, subject.paths).some((each) => sources.has(each))) found.push(path);
  }
  return [...changed.slice(0, mostTestFiles), ...found];
}

/** The files and what they import. */
async function closure(first: readonly string[], subject: Subject): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const queue = [...first];
  for (let at = 0; at < queue.length && files.size < mostFiles; at++) {
    const path = queue[at] ?? '';
    if (files.has(path)) continue;
    const text = await readText(subject, path);
    if (text === undefined) continue;
    files.set(path, text);
    if (!path.endsWith('.json')) queue.push(...scriptImports(path, text, subject.paths));
  }
  return files;
}

/** Texts that tests may open. */
async function dataOf(subject: Subject, files: ReadonlyMap<string, string>): Promise<[string, string][]> {
  const found: [string, string][] = [];
  let room = 150 * 1024;
  for (const path of subject.paths) {
    if (room <= 0 || found.length >= 100) break;
    if (
      !/\.(json|csv|txt|md|ya?ml|html|sql)$/i.test(path) ||
      /(^|\/)(package-lock\.json|node_modules)/.test(path) ||
      files.has(path)
    )
      continue;
    const text = await readText(subject, path, 32 * 1024);
    if (text === undefined || text.length > room) continue;
    found.push([path, text]);
    room -= text.length;
  }
  return found;
}
