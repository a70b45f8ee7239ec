/** Checks Python: read by Python's own parser and tested, in one run of the sandbox. */
import { randomBytes } from 'node:crypto';
import type { SandboxProgram } from '../../../../src/sandbox.ts';
import type { CheckOptions, Finding } from '../contract.ts';
import { type AnalysedFile, nothingRun, type RunEvidence, readRun } from '../evidence.ts';
import { isTestPath, readText, type Subject } from '../subject.ts';
import { pythonAnalysis } from './analysis.ts';
import { pythonCollecting } from './collecting.ts';
import { pythonBootstrap, pythonHarness } from './harness.ts';
import { pythonImports } from './imports.ts';
import { pytestShim } from './pytest-shim.ts';
import { pythonRunOne } from './run-one.ts';
import { pythonRunning } from './running.ts';

const folder = '_timonel';
const harness: Readonly<Record<string, string>> = {
  [`${folder}/run.py`]: pythonBootstrap,
  [`${folder}/harness.py`]: pythonHarness,
  [`${folder}/analysis.py`]: pythonAnalysis,
  [`${folder}/pytest.py`]: pytestShim,
  [`${folder}/running.py`]: [pythonCollecting, pythonRunOne, pythonRunning].join('\n\n'),
};
/** Of the sandbox's 64 files and 1 MiB, what the harness leaves. */
const mostFiles = 58;
const mostBytes = 900 * 1024;
const mostTestFiles = 20;
const mostDataBytes = 64 * 1024;

export async function checkPython(subject: Subject, options: CheckOptions, wallMs: number): Promise<RunEvidence | undefined> {
  const changed = subject.changed.filter(({ role }) => role === 'python');
  const data = subject.changed.some(({ role }) => role === 'data');
  const paths = subject.paths.filter((path) => /\.py$/i.test(path));
  if (changed.length === 0 && !(data && paths.length > 0)) return undefined;
  const searched = ['', ...(paths.some((path) => path.startsWith('src/')) ? ['src'] : [])];
  const texts = new Map<string, string>();
  const load = async (path: string) => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = await readText(subject, path);
    if (text !== undefined) texts.set(path, text);
    return text;
  };
  const own = changed.map(({ path }) => path).filter((path) => !path.endsWith('.pyi') && safeName(path));
  const tests = await testsOf(own, paths, searched, load);
  const files = await closure([...own, ...tests], paths, searched, load);
  const state = (await options.sandbox.languages()).find(({ language }) => language === 'python');
  const empty = (reason: string): RunEvidence => ({ ...nothingRun, reason, files: [] });
  if (state?.backend === undefined) return empty(`Python cannot be run here. ${state?.reason ?? ''}`.trim());
  if (files === undefined) return empty('The files that the tests need are too many or too large for the embedded runner.');
  const nonce = `told-${randomBytes(16).toString('hex')}`;
  const sources = own.filter((path) => !isTestPath(path));
  const included = Object.keys(files).filter((path) => path.endsWith('.py'));
  // Where only tests changed, they have to run code of the project, whichever it is.
  const reach = sources.length > 0 ? sources : included.filter((path) => !isTestPath(path));
  const all = Object.values(files).join('\n');
  const request = {
    nonce,
    tests: [...included.filter((path) => /(^|\/)conftest\.py$/.test(path)), ...tests],
    told: own,
    analysed: [...new Set([...own, ...reach, ...included.filter(isTestPath)])],
    supporting: included.filter(isTestPath),
    changed: Object.fromEntries(
      reach.map((path) => {
        const lines = subject.changed.find((each) => each.path === path)?.lines;
        return [path, lines === undefined ? null : [...lines]];
      }),
    ),
    searched,
    modules: [...new Set(paths.flatMap((path) => moduleRoots(path)))],
    unittest: /\bunittest\b/.test(all),
    asyncio: /\basyncio\b|\basync def\b/.test(all),
  };
  const program: SandboxProgram = {
    language: 'python',
    files: { ...files, ...(await dataFiles(subject, files)), ...harness },
    entry: `${folder}/run.py`,
  };
  const limits = {
    wallMs: Math.max(1_000, Math.min(60_000, Math.round(wallMs))),
    memoryBytes: 256 * 1024 * 1024,
    outputBytes: 1024 * 1024,
  };
  const result = await options.sandbox.run(program, `${JSON.stringify(request)}\n`, { limits, signal: options.signal });
  const { analysed, ...run } = readRun(result, nonce, 'none');
  const told = own.map((path) =>
    analysedFile(
      path,
      analysed.find((each) => each['path'] === path),
    ),
  );
  if (tests.length === 0) return { ...run, ...nothingRun, reason: undefined, files: told };
  // A test file that cannot be read is not run: that is a failure of it, not of nobody.
  const broken = told.filter(({ path, syntax }) => syntax !== undefined && tests.includes(path));
  return {
    ...run,
    runner: run.runner === 'none' ? 'unittest' : run.runner,
    tests: [
      ...run.tests,
      ...broken.map(({ path, syntax }) => ({
        name: path,
        outcome: 'failed' as const,
        message: `SyntaxError: ${syntax?.message ?? ''}`,
        path,
        line: syntax?.line,
        asserted: false,
        reached: false,
      })),
    ],
    files: told,
  };
}

function analysedFile(path: string, told: Record<string, unknown> | undefined): AnalysedFile {
  if (told === undefined)
    return {
      path,
      syntax: { line: undefined, message: 'The parser did not end on it.' },
      executable: [],
      documented: [],
      findings: [],
    };
  const syntax = told['syntax'] as { line?: number | null; message: string } | null;
  return {
    path,
    syntax: syntax === null ? undefined : { line: syntax.line ?? undefined, message: syntax.message },
    executable: (told['lines'] as number[] | undefined) ?? [],
    documented: (told['documented'] as AnalysedFile['documented'] | undefined) ?? [],
    findings: ((told['findings'] as [number, Finding['level'], string, string][] | undefined) ?? []).map(
      ([line, level, check, message]) => ({ path, line, level, check, message }),
    ),
  };
}

type Load = (path: string) => Promise<string | undefined>;

/** Tests among what changed; and those of the project that import it. */
async function testsOf(
  own: readonly string[],
  paths: readonly string[],
  searched: readonly string[],
  load: Load,
): Promise<string[]> {
  const isFileOfTests = (path: string) => isTestPath(path) && !/(^|\/)(conftest|__init__|helpers?|fixtures?)\.py$/.test(path);
  const changed = own.filter(isFileOfTests);
  const sources = new Set(own.filter((path) => !isTestPath(path)));
  const found: string[] = [];
  for (const path of paths.filter((each) => isFileOfTests(each) && !changed.includes(each)).slice(0, 500)) {
    if (changed.length + found.length >= mostTestFiles) break;
    const text = await load(path);
    if (text === undefined || sources.size === 0) continue;
    if (pythonImports(path, text, paths, searched).some((each) => sources.has(each))) found.push(path);
  }
  return [...changed.slice(0, mostTestFiles), ...found];
}

/** The files and what they import, with packages and `conftest.py` above them; `undefined` where it is too much. */
async function closure(
  first: readonly string[],
  paths: readonly string[],
  searched: readonly string[],
  load: Load,
): Promise<Record<string, string> | undefined> {
  const all = new Set(paths);
  const files: Record<string, string> = {};
  const queue = [...first];
  let bytes = 0;
  for (let at = 0; at < queue.length; at++) {
    const path = queue[at] ?? '';
    if (Object.hasOwn(files, path) || !all.has(path) || !safeName(path)) continue;
    const text = await load(path);
    if (text === undefined) continue;
    bytes += Buffer.byteLength(text);
    if (bytes > mostBytes || Object.keys(files).length >= mostFiles) return undefined;
    files[path] = text;
    const parts = path.split('/').slice(0, -1);
    for (let depth = 0; depth <= parts.length; depth++) {
      const base = parts.slice(0, depth).join('/');
      for (const name of ['__init__.py', 'conftest.py'])
        if (name === '__init__.py' ? base !== '' : isTestPath(path)) queue.push(base === '' ? name : `${base}/${name}`);
    }
    queue.push(...pythonImports(path, text, paths, searched));
  }
  return files;
}

/** Data that tests may open, as far as there is room. */
async function dataFiles(subject: Subject, files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  let room = Math.min(mostBytes - Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0), 200 * 1024);
  let left = mostFiles - Object.keys(files).length;
  const folders = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
  for (const path of subject.paths) {
    if (left <= 0 || room <= 0) break;
    if (!/\.(json|csv|tsv|txt|ya?ml|toml|ini|xml|html|sql)$/i.test(path) || /(^|\/)(package-lock|node_modules)/.test(path))
      continue;
    if (path.includes('/') && !folders.has(path.split('/')[0] ?? '')) continue;
    const text = await readText(subject, path, mostDataBytes);
    if (text === undefined || Buffer.byteLength(text) > room || !safeName(path)) continue;
    found[path] = text;
    room -= Buffer.byteLength(text);
    left -= 1;
  }
  return found;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sandbox takes no such names
const safeName = (path: string) => path.length <= 200 && !/[\0-\x1f\x7f\\]/.test(path);

/** Names by which a module of the project can be imported. */
function moduleRoots(path: string): string[] {
  const parts = path.replace(/\.py$/, '').split('/');
  return [parts[0] ?? '', ...(parts[0] === 'src' ? [parts[1] ?? ''] : []), parts.at(-1) ?? ''];
}
