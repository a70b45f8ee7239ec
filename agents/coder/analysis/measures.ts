/** Figures of a project: lines, functions, how many ways lead through them, what is left to do. */
import type { CodeLanguage, Snapshot, Todo } from './contract.ts';
import { isTestPath } from './languages.ts';
import { isBelow } from './listing.ts';
import { qualifiedName } from './outline.ts';

export interface Metrics {
  files: number;
  tests: number;
  lines: { total: number; blank: number; comment: number; code: number };
  languages: readonly { language: CodeLanguage; files: number; lines: number }[];
  classes: number;
  functions: number;
  /** Of all functions, rounded to two digits. */
  meanComplexity: number;
  /** The ten with the most ways through them. */
  complex: readonly { path: string; line: number; name: string; complexity: number; lines: number }[];
  /** The five longest files. */
  longest: readonly { path: string; lines: number }[];
  skipped: Snapshot['skipped'];
  broken: readonly string[];
}

export function metrics(snapshot: Snapshot, under?: string): Metrics {
  const files = [...snapshot.files].filter(([path]) => isBelow(under)(path));
  const lines = { total: 0, blank: 0, comment: 0, code: 0 };
  const languages = new Map<CodeLanguage, { files: number; lines: number }>();
  for (const [, file] of files) {
    const { total, blank, comment } = file.lines;
    lines.total += total;
    lines.blank += blank;
    lines.comment += comment;
    lines.code += Math.max(0, total - blank - comment);
    const each = languages.get(file.language) ?? { files: 0, lines: 0 };
    languages.set(file.language, { files: each.files + 1, lines: each.lines + total });
  }
  const functions = files.flatMap(([path, { symbols }]) =>
    symbols.flatMap((symbol) =>
      symbol.complexity === undefined
        ? []
        : [
            {
              path,
              line: symbol.line,
              name: qualifiedName(symbol),
              complexity: symbol.complexity,
              lines: symbol.endLine - symbol.line + 1,
            },
          ],
    ),
  );
  const sum = functions.reduce((all, { complexity }) => all + complexity, 0);
  return {
    files: files.length,
    tests: files.filter(([path]) => isTestPath(path)).length,
    lines,
    languages: [...languages].map(([language, each]) => ({ language, ...each })).sort((a, b) => b.lines - a.lines),
    classes: files.reduce(
      (all, [, { symbols }]) => all + symbols.filter(({ kind }) => /^(class|record|interface|enum)$/.test(kind)).length,
      0,
    ),
    functions: functions.length,
    meanComplexity: functions.length === 0 ? 0 : Math.round((100 * sum) / functions.length) / 100,
    complex: functions.sort((a, b) => b.complexity - a.complexity || b.lines - a.lines).slice(0, 10),
    longest: files
      .map(([path, { lines: counted }]) => ({ path, lines: counted.total }))
      .sort((a, b) => b.lines - a.lines)
      .slice(0, 5),
    skipped: snapshot.skipped,
    broken: files.flatMap(([path, { broken }]) => (broken ? [path] : [])),
  };
}

/** Things to do that comments of the parsed code speak of, in the order of the files. */
export function todos(snapshot: Snapshot, under?: string): Todo[] {
  return [...snapshot.files].flatMap(([path, file]) => (isBelow(under)(path) ? file.todos.map((todo) => ({ path, ...todo })) : []));
}
