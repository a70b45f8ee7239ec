import { diffArrays } from 'diff';

/** A quoted line without its end, and the line of the file that it is. */
export interface LinePair {
  quoted: string;
  found: string;
}

/** How the indentation of a quoted text becomes that of the file. */
type Indent = (indent: string) => string | undefined;

export type Reindented = { kind: 'reindented'; old: string; next: string } | { kind: 'refused'; message: string };

export const indentOf = (line: string) => /^[ \t]*/.exec(line)?.[0] ?? '';
const isBlank = (line: string) => line.trim() === '';
const widths = [4, 2, 8, 3] as const;

/**
 * Writes a quoted text and what takes its place in the indentation of the lines that it was found as. One rule has to explain every line: a shift, tabs
 * for blanks or blanks for tabs, or both; where none or two that differ do, nothing is guessed.
 * @param pairs the lines of `old` with those of the file
 * @param old line ends as `\n`
 * @param next line ends as `\n`
 */
export function reindent(pairs: readonly LinePair[], old: string, next: string): Reindented {
  const oldLines = old.split('\n');
  const nextLines = next.split('\n');
  const told = pairs.filter(({ quoted }) => !isBlank(quoted));
  const seen = new Map<string, string>();
  for (const { quoted, found } of told) {
    const known = seen.get(indentOf(quoted));
    if (known !== undefined && known !== indentOf(found)) return unclear();
    seen.set(indentOf(quoted), indentOf(found));
  }
  const changed = oldLines.map((line, position) =>
    isBlank(line) || pairs[position] === undefined ? line : indentOf(pairs[position].found) + line.slice(indentOf(line).length),
  );
  const reindented = { kind: 'reindented', old: changed.join('\n') } as const;
  const space = spaceOf(pairs, oldLines, nextLines);
  if (space === 'unclear') return unclear();
  if (space === 'file') return { ...reindented, next };
  const rules = rulesOf(told, [...oldLines, ...nextLines]);
  if (rules.length === 0) return unclear();
  const lines: string[] = [];
  for (const line of nextLines) {
    if (isBlank(line)) {
      lines.push(line);
      continue;
    }
    const indent = indentOf(line);
    const known = seen.get(indent);
    const results = known === undefined ? new Set(rules.map((rule) => rule(indent))) : new Set([known]);
    const [only] = results;
    if (results.size !== 1 || only === undefined) return unclear();
    lines.push(only + line.slice(indent.length));
  }
  return { ...reindented, next: lines.join('\n') };
}

function unclear(): Reindented {
  return {
    kind: 'refused',
    message:
      'it is there with another indentation, which does not tell how the new text is to be indented. Quote the lines with the indentation that they have.',
  };
}

/** Whether the new text is indented as the quoted one is, or already as the file is. */
function spaceOf(
  pairs: readonly LinePair[],
  oldLines: readonly string[],
  nextLines: readonly string[],
): 'quoted' | 'file' | 'unclear' {
  let [quoted, file, shared] = [0, 0, 0];
  let [at, nextAt] = [0, 0];
  for (const { value, added, removed } of diffArrays(oldLines.map(trimmed), nextLines.map(trimmed))) {
    for (const content of value) {
      const pair = pairs[at];
      if (!added && !removed && content !== '' && pair !== undefined) {
        const indent = indentOf(nextLines[nextAt] ?? '');
        shared += 1;
        if (indent === indentOf(pair.quoted)) quoted += 1;
        if (indent === indentOf(pair.found)) file += 1;
      }
      if (!added) at += 1;
      if (!removed) nextAt += 1;
    }
  }
  const [now, was, there] = [nextLines, oldLines, pairs.map(({ found }) => found)].map(leastIndent);
  if (shared === 0) return now === there && now !== was ? 'file' : 'quoted';
  if (quoted === file) return quoted === 0 ? 'unclear' : 'quoted';
  if (quoted > file) return 'quoted';
  // Lines that moved to the left can stand as the file has them by chance: the whole then begins where the quoted text begins.
  return now === was && now !== there ? 'unclear' : 'file';
}

function leastIndent(lines: readonly string[]): number {
  return lines.reduce((least, line) => (isBlank(line) ? least : Math.min(least, indentOf(line).length)), Number.POSITIVE_INFINITY);
}

const trimmed = (line: string) => line.trim();

/** Every rule that explains all lines; the simplest alone where there is one. */
function rulesOf(pairs: readonly LinePair[], written: readonly string[]): Indent[] {
  const indents = pairs.map(({ quoted, found }) => [indentOf(quoted), indentOf(found)] as const);
  const [first] = indents;
  if (first === undefined) return [];
  const shifts = [lostPrefix(first), addedPrefix(first)].filter((rule) => rule !== undefined);
  const explains = (rule: Indent) => indents.every(([quoted, found]) => rule(quoted) === found);
  const shift = shifts.find(explains);
  if (shift !== undefined) return [shift];
  // One line says nothing of how many blanks a tab is.
  if (pairs.length < 2) return [];
  const conversions = (chosen: readonly number[], withShift: boolean) =>
    chosen.flatMap((width) => [tabsForBlanks(width, first, withShift), blanksForTabs(width, first, withShift)]).filter(explains);
  const plain = conversions(widths, false);
  if (plain.length > 0) return plain;
  // A text of one depth does not show how many blanks a tab is; the steps of its own lines do.
  const step = stepOf(written);
  const stepped = conversions(
    widths.filter((width) => width === step),
    true,
  );
  return stepped.length > 0 ? stepped : conversions(widths, true);
}

/** The largest number of blanks that every difference between two indentations is a multiple of. */
function stepOf(lines: readonly string[]): number {
  const depths = lines.filter((line) => !isBlank(line)).map((line) => indentOf(line).length);
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const [least = 0] = depths.toSorted((a, b) => a - b);
  return depths.reduce((step, depth) => divisor(step, depth - least), 0);
}

function lostPrefix([quoted, found]: readonly [string, string]): Indent | undefined {
  if (!found.endsWith(quoted)) return undefined;
  const prefix = found.slice(0, found.length - quoted.length);
  return (indent) => prefix + indent;
}

function addedPrefix([quoted, found]: readonly [string, string]): Indent | undefined {
  if (!quoted.endsWith(found)) return undefined;
  const prefix = quoted.slice(0, quoted.length - found.length);
  return (indent) => (indent.startsWith(prefix) ? indent.slice(prefix.length) : undefined);
}

/** The file has tabs where the quoted text has blanks. */
function tabsForBlanks(width: number, first: readonly [string, string], withShift: boolean): Indent {
  const tabs = (indent: string) => `${'\t'.repeat(Math.floor(indent.length / width))}${' '.repeat(indent.length % width)}`;
  const convert: Indent = (indent) => (indent.includes('\t') ? undefined : tabs(indent));
  return withShift ? shifted(convert, '\t', first) : convert;
}

/** The file has blanks where the quoted text has tabs. */
function blanksForTabs(width: number, first: readonly [string, string], withShift: boolean): Indent {
  const convert: Indent = (indent) => (/^\t* *$/.test(indent) ? indent.replaceAll('\t', ' '.repeat(width)) : undefined);
  return withShift ? shifted(convert, ' ', first) : convert;
}

/** A conversion, and a shift by as many units as the first line shows. */
function shifted(convert: Indent, unit: string, [quoted, found]: readonly [string, string]): Indent {
  const converted = convert(quoted);
  if (converted === undefined) return () => undefined;
  const by = found.length - converted.length;
  return (indent) => {
    const result = convert(indent);
    if (result === undefined) return undefined;
    if (by >= 0) return unit.repeat(by) + result;
    return result.startsWith(unit.repeat(-by)) ? result.slice(-by) : undefined;
  };
}
