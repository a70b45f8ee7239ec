/** What is checked: the changed files with their text and their changed lines, and the files around them. */
import { diffLines } from 'diff';
import type { ChangedFiles, ProjectTree } from '../project/contract.ts';
import type { Finding } from './contract.ts';

/**
 * `python` and `script` (JavaScript, TypeScript) are run by the embedded runners; `code` is code in any other language, and what acts like code: shell, SQL,
 * build files. `data` is configuration and data, `documentation` is for people.
 */
export type FileRole = 'python' | 'script' | 'code' | 'data' | 'documentation' | 'binary';

export interface CheckedFile {
  path: string;
  role: FileRole;
  isTest: boolean;
  text: string;
  /** Lines that changed, from 1; `undefined`: all of them. */
  lines: ReadonlySet<number> | undefined;
}

export interface Subject {
  tree: ProjectTree;
  paths: readonly string[];
  /** Written files, without those that cannot be read as text. */
  changed: readonly CheckedFile[];
  removed: readonly string[];
  findings: readonly Finding[];
}

/** The largest file that is checked, in bytes. */
export const mostFileBytes = 512 * 1024;

const scripts = /\.(js|mjs|cjs|jsx|ts|mts|cts|tsx)$/i;
const documents = /\.(md|mdx|markdown|rst|adoc|txt)$/i;
const documentNames = /(^|\/)(README|LICENSE|LICENCE|NOTICE|AUTHORS|CHANGELOG|CONTRIBUTING|CODEOWNERS)$/i;
const datas =
  /\.(json|jsonc|json5|ya?ml|toml|ini|cfg|conf|csv|tsv|xml|svg|properties|lock|env\.example|editorconfig|gitignore|gitattributes|dockerignore|npmrc)$/i;
const binaries = /\.(png|jpe?g|gif|webp|ico|pdf|zip|gz|tgz|woff2?|ttf|mp[34]|wav|wasm|sqlite|db|class|jar|pyc|so|dll|exe)$/i;

export function roleOf(path: string): FileRole {
  if (/\.pyi?$/i.test(path)) return 'python';
  if (scripts.test(path)) return 'script';
  // What is installed and started by name is no plain data.
  if (/(^|\/)(\.github\/workflows|\.gitlab-ci|\.circleci)/.test(path)) return 'code';
  if (documents.test(path) && !/(^|\/)(requirements[^/]*|CMakeLists)\.txt$/i.test(path)) return 'documentation';
  if (documentNames.test(path)) return 'documentation';
  if (datas.test(path) || /(^|\/)(requirements[^/]*\.txt|\.editorconfig|\.gitignore|\.gitattributes|\.dockerignore)$/.test(path))
    return 'data';
  return binaries.test(path) ? 'binary' : 'code';
}

/** By the conventions of test runners. */
export function isTestPath(path: string): boolean {
  return (
    /(^|\/)(tests?|__tests__|spec|specs)\//.test(path) ||
    /(^|\/)(test_[^/]*|[^/]*_test|tests?|conftest)\.\w+$/.test(path) ||
    /[._-](test|spec)\.\w+$/.test(path) ||
    /(Test|Tests|IT)\.(java|kt|cs)$/.test(path)
  );
}

/** @param base the project before the change; without it all lines of a changed file count as changed */
export async function readSubject(tree: ProjectTree, changes: ChangedFiles, base: ProjectTree | undefined): Promise<Subject> {
  const findings: Finding[] = [];
  const changed: CheckedFile[] = [];
  const removed: string[] = [];
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) {
      removed.push(path);
      continue;
    }
    const role = roleOf(path);
    if (role === 'binary') continue;
    const text = textOf(change.content);
    const fault = faultOf(change.content, text);
    if (fault !== undefined || text === undefined) {
      findings.push({ path, line: undefined, level: 'error', check: 'syntax', message: fault ?? 'It is no text.' });
      continue;
    }
    changed.push({ path, role, isTest: isTestPath(path), text, lines: await changedLines(path, text, base) });
  }
  const gone = new Set(removed);
  const paths = [...new Set([...(await tree.paths()), ...changed.map(({ path }) => path)])].filter((path) => !gone.has(path));
  return { tree, paths, changed, removed, findings };
}

function faultOf(content: Uint8Array, text: string | undefined): string | undefined {
  if (content.byteLength > mostFileBytes)
    return `It has ${content.byteLength} bytes; files of up to ${mostFileBytes} bytes are checked. Split it.`;
  if (text === undefined) return 'It is not UTF-8. Write it in UTF-8.';
  if (text.includes('\0')) return 'It has a zero byte, which no source text has.';
  // Text that is shown otherwise than it is read.
  if (/[\u202a-\u202e\u2066-\u2069]/.test(text))
    return 'It has characters that change the direction of text, so that it reads otherwise than it runs.';
  return undefined;
}

export function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(content);
  } catch {
    return undefined;
  }
}

async function changedLines(path: string, text: string, base: ProjectTree | undefined): Promise<ReadonlySet<number> | undefined> {
  if (base === undefined || !(await base.has(path))) return undefined;
  const before = textOf(await base.read(path));
  if (before === undefined) return undefined;
  const parts = diffLines(before, text, { timeout: 2_000 });
  if (parts === undefined) return undefined;
  const lines = new Set<number>();
  let line = 1;
  for (const { added, removed, count } of parts) {
    if (removed) continue;
    if (added) for (let at = 0; at < count; at++) lines.add(line + at);
    line += count;
  }
  return lines;
}

/** The text of a file of the project as it is after the change; `undefined` where it is none. */
export async function readText(subject: Subject, path: string, most = mostFileBytes): Promise<string | undefined> {
  const own = subject.changed.find((each) => each.path === path);
  if (own !== undefined) return own.text;
  try {
    const content = await subject.tree.read(path);
    return content.byteLength > most ? undefined : textOf(content);
  } catch {
    return undefined;
  }
}
