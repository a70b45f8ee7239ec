/** How a project runs its own tests: told from its files, nothing is started. */
import { readText, type Subject } from '../subject.ts';

export interface ProjectRunner {
  kind: 'node' | 'npm' | 'pytest' | 'unittest' | 'go';
  argv: readonly string[];
  /** The project names it in its settings; else it is what its files look like. */
  declared: boolean;
}

export async function detectRunners(subject: Subject): Promise<ProjectRunner[]> {
  const found = [await ofScripts(subject), await ofPython(subject)];
  if (subject.paths.includes('go.mod')) found.push({ kind: 'go', argv: ['go', 'test', '-count=1', './...'], declared: true });
  const has = (ending: RegExp) => subject.changed.some(({ path, role }) => ending.test(path) || role === 'data');
  const wanted: Record<ProjectRunner['kind'], RegExp> = {
    node: /\.[mc]?[jt]sx?$/,
    npm: /\.[mc]?[jt]sx?$/,
    pytest: /\.py$/,
    unittest: /\.py$/,
    go: /\.go$/,
  };
  return found.flatMap((each) => (each !== undefined && has(wanted[each.kind]) ? [each] : []));
}

async function ofScripts(subject: Subject): Promise<ProjectRunner | undefined> {
  const node = { kind: 'node' as const, argv: [process.execPath, '--test', '--test-reporter=tap'] };
  let script = '';
  try {
    const settings: unknown = JSON.parse((await readText(subject, 'package.json')) ?? '{}');
    script = (settings as { scripts?: { test?: unknown } }).scripts?.test as string;
  } catch {
    script = '';
  }
  if (typeof script === 'string' && script !== '' && !/no test specified/.test(script))
    return /\bnode\b.*--test\b/.test(script) ? { ...node, declared: true } : { kind: 'npm', argv: ['npm', 'test'], declared: true };
  return subject.paths.some((path) => /[._-]test\.[mc]?[jt]s$/.test(path)) ? { ...node, declared: false } : undefined;
}

async function ofPython(subject: Subject): Promise<ProjectRunner | undefined> {
  const tests = subject.paths.filter((path) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path));
  if (tests.length === 0) return undefined;
  const pytest = { kind: 'pytest' as const, argv: ['python3', '-B', '-m', 'pytest', '-q', '--tb=short', '-p', 'no:cacheprovider'] };
  if (subject.paths.some((path) => /(^|\/)(pytest\.ini|conftest\.py)$/.test(path))) return { ...pytest, declared: true };
  for (const path of ['pyproject.toml', 'setup.cfg', 'tox.ini', 'requirements.txt', 'requirements-dev.txt'])
    if (/pytest/.test((await readText(subject, path)) ?? '')) return { ...pytest, declared: true };
  const folder = tests[0]?.includes('/') === true ? (tests[0].split('/')[0] ?? '.') : '.';
  return {
    kind: 'unittest',
    argv: ['python3', '-B', '-m', 'unittest', 'discover', '-v', '-s', folder, '-t', '.'],
    declared: false,
  };
}
