/**
 * Adds what processes ran (`NODE_V8_COVERAGE`) to what the tests ran themselves (Vitest's `coverage-final.json`). Node takes types out of a source by
 * blanks, so that an offset that V8 tells of is one of the source.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Position {
  line: number;
  column: number;
}

/** Of Istanbul: statements by their number, and how often each was run. */
export interface CoveredFile {
  path: string;
  statementMap: Record<string, { start: Position; end: Position }>;
  s: Record<string, number>;
}

export type CoveredFiles = Record<string, CoveredFile>;

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

interface ProcessCoverage {
  result: { url: string; functions: { ranges: Range[] }[] }[];
}

/**
 * Reads each file of a folder that Node wrote to, and counts its statements. Files of Vitest's own workers are left out: their code was transformed, and
 * `covered` has it already. Those of processes that were killed are not there, or cut off.
 * @returns how many processes there were
 */
export function addProcesses(covered: CoveredFiles, folder: string): number {
  const sources = new Map<string, number[]>();
  let processes = 0;
  for (const name of readdirSync(folder)) {
    const { result } = readCoverage(join(folder, name));
    if (result.length === 0 || result.some(({ url }) => url.includes('/node_modules/vitest/dist/'))) continue;
    processes += 1;
    for (const { url, functions } of result) {
      const file = url.startsWith('file:') ? covered[fileURLToPath(url)] : undefined;
      if (file !== undefined)
        addScript(
          file,
          functions.flatMap(({ ranges }) => ranges),
          lineStarts(sources, file.path),
        );
    }
  }
  return processes;
}

function readCoverage(path: string): ProcessCoverage {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessCoverage;
  } catch {
    return { result: [] };
  }
}

function lineStarts(known: Map<string, number[]>, path: string): number[] {
  const there = known.get(path);
  if (there !== undefined) return there;
  const text = readFileSync(path, 'utf8');
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  known.set(path, starts);
  return starts;
}

/** A statement was run as often as the innermost range that it begins in. */
function addScript(file: CoveredFile, ranges: Range[], starts: readonly number[]): void {
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const statements = Object.entries(file.statementMap)
    .map(([id, { start }]) => ({ id, at: (starts[start.line - 1] ?? 0) + start.column }))
    .sort((a, b) => a.at - b.at);
  const around: Range[] = [];
  let next = 0;
  for (const { id, at } of statements) {
    for (let range = ranges[next]; range !== undefined && range.startOffset <= at; range = ranges[++next]) {
      while ((around.at(-1)?.endOffset ?? Number.POSITIVE_INFINITY) <= range.startOffset) around.pop();
      around.push(range);
    }
    while ((around.at(-1)?.endOffset ?? Number.POSITIVE_INFINITY) <= at) around.pop();
    file.s[id] = (file.s[id] ?? 0) + (around.at(-1)?.count ?? 0);
  }
}

/** A line with statements is covered when one that begins there was run, as Istanbul counts. */
export function lineTotals(covered: CoveredFiles): { lines: number; covered: number } {
  let lines = 0;
  let ran = 0;
  for (const { statementMap, s } of Object.values(covered)) {
    const byLine = new Map<number, boolean>();
    for (const [id, { start }] of Object.entries(statementMap))
      byLine.set(start.line, byLine.get(start.line) === true || (s[id] ?? 0) > 0);
    lines += byLine.size;
    ran += [...byLine.values()].filter(Boolean).length;
  }
  return { lines, covered: ran };
}
