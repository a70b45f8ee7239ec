/** Reads what type checkers and linters print. */
import { plainOutput, relativePath } from './test-reports.ts';
import type { Checker } from './test-runners.ts';

export interface Diagnostic {
  path: string;
  line: number;
  column: number;
  severity: 'error' | 'warning';
  /** The checker's name for it, e.g. `TS2322`. */
  code: string;
  message: string;
}

/** In the order of files and lines. What is no diagnostic is left out. */
export function readDiagnostics(checker: Checker, printed: string, root: string): Diagnostic[] {
  const output = plainOutput(printed);
  const found = readers[checker](output).map((each) => ({ ...each, path: relativePath(root, each.path) }));
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.column - b.column));
}

const readers: Readonly<Record<Checker, (output: string) => Diagnostic[]>> = {
  tsc: (output) =>
    [...output.matchAll(/^(.+?)\((\d+),(\d+)\): (error|warning) (TS\d+): (.*)$/gm)].map(
      ([, path = '', line, column, severity, code = '', message = '']) => ({
        path,
        line: Number(line),
        column: Number(column),
        severity: severity === 'warning' ? 'warning' : 'error',
        code,
        message,
      }),
    ),
  eslint(output) {
    const files = jsonIn(output) as {
      filePath: string;
      messages: { line?: number; column?: number; severity: number; ruleId: string | null; message: string }[];
    }[];
    return files.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ line = 1, column = 1, severity, ruleId, message }): Diagnostic => ({
          path: filePath,
          line,
          column,
          severity: severity === 1 ? 'warning' : 'error',
          code: ruleId ?? 'syntax',
          message,
        }),
      ),
    );
  },
  biome: (output) =>
    [...output.matchAll(/^::(error|warning|notice) (.*?)::(.*)$/gm)].map(([, severity, attributes = '', message = '']) => {
      const of = (name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(attributes)?.[1] ?? '';
      return {
        path: of('file'),
        line: Number(of('line')),
        column: Number(of('col')),
        severity: severity === 'error' ? 'error' : 'warning',
        code: of('title'),
        message: message.replaceAll('%0A', ' ').trim(),
      };
    }),
  ruff(output) {
    const found = jsonIn(output) as {
      filename: string;
      location: { row: number; column: number };
      code: string | null;
      message: string;
    }[];
    return found.map(({ filename, location, code, message }) => ({
      path: filename,
      line: location.row,
      column: location.column,
      severity: 'error',
      code: code ?? 'syntax',
      message,
    }));
  },
  mypy: (output) =>
    [...output.matchAll(/^(.+?):(\d+):(?:(\d+):)? (error|warning): (.*?)(?: {2}\[([\w-]+)\])?$/gm)].map(
      ([, path = '', line, column, severity, message = '', code = '']) => ({
        path,
        line: Number(line),
        column: Number(column ?? 1),
        severity: severity === 'warning' ? 'warning' : 'error',
        code,
        message,
      }),
    ),
  pyright(output) {
    const from = output.indexOf('{');
    const to = output.lastIndexOf('}');
    try {
      const { generalDiagnostics = [] } = JSON.parse(output.slice(from, to + 1)) as {
        generalDiagnostics?: {
          file: string;
          severity: string;
          message: string;
          rule?: string;
          range?: { start: { line: number; character: number } };
        }[];
      };
      return generalDiagnostics
        .filter(({ severity }) => severity === 'error' || severity === 'warning')
        .map(({ file, severity, message, rule = 'syntax', range }) => ({
          path: file,
          line: (range?.start.line ?? 0) + 1,
          column: (range?.start.character ?? 0) + 1,
          severity: severity === 'warning' ? 'warning' : 'error',
          code: rule,
          message,
        }));
    } catch {
      return [];
    }
  },
  javac(output) {
    const maven = [...output.matchAll(/^\[(ERROR|WARNING)\] (\S+\.java):\[(\d+),(\d+)\] (.*)$/gm)].map(
      ([, severity, path = '', line, column, message = '']): Diagnostic => ({
        path,
        line: Number(line),
        column: Number(column),
        severity: severity === 'WARNING' ? 'warning' : 'error',
        code: 'javac',
        message,
      }),
    );
    // The column is where the arrow below the line points.
    const plain = [...output.matchAll(/^(\S+\.java):(\d+): (error|warning): (.*)\n(?:.*\n)??(\s*)\^$/gm)].map(
      ([, path = '', line, severity, message = '', indent = '']): Diagnostic => ({
        path,
        line: Number(line),
        column: indent.length + 1,
        severity: severity === 'warning' ? 'warning' : 'error',
        code: 'javac',
        message,
      }),
    );
    // Maven says each twice: while it compiles, and when it gives up.
    return [...new Map([...maven, ...plain].map((each) => [JSON.stringify(each), each])).values()];
  },
};

/** The list in an output that may have other lines before and after. */
function jsonIn(output: string): unknown[] {
  const from = output.search(/^\[/m);
  const to = output.lastIndexOf(']');
  if (from === -1 || to < from) return [];
  try {
    const read: unknown = JSON.parse(output.slice(from, to + 1));
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
