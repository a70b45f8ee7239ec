/** Which grammar reads a file, by its name. */
import type { CodeLanguage } from './contract.ts';

const byExtension: Readonly<Record<string, CodeLanguage>> = {
  py: 'python',
  pyi: 'python',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  java: 'java',
  go: 'go',
  rs: 'rust',
  cs: 'c-sharp',
  c: 'cpp',
  h: 'cpp',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hpp: 'cpp',
  php: 'php',
  rb: 'ruby',
};

export function languageOfPath(path: string): CodeLanguage | undefined {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : byExtension[extension];
}

/** Whether a file holds tests, by the conventions of the test runners. */
export function isTestPath(path: string): boolean {
  return (
    /(^|\/)(tests?|__tests__|spec)\//.test(path) ||
    /(^|\/)(test_[^/]*|[^/]*_test)\.\w+$/.test(path) ||
    /\.(test|spec)\.\w+$/.test(path) ||
    /(Test|Tests|IT)\.java$/.test(path)
  );
}
