/** The records of tables and of JSON, as places in their text. The text was checked before: what is not valid gives larger units, never an error. */
import type { Section, TextSpan } from './sections.ts';

/** Rows of a table; its first row is above all others. */
export function tableRecords(text: string): Section {
  const rows: TextSpan[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (character === '\n' && !quoted) {
      rows.push({ start, end: at + 1 });
      start = at + 1;
    }
  }
  if (start < text.length) rows.push({ start, end: text.length });
  const [first] = rows;
  const header =
    first === undefined
      ? ''
      : text
          .slice(first.start, first.end)
          .replace(/^\ufeff/, '')
          .trim();
  return { start: 0, end: text.length, heading: header === '' ? [] : [header.slice(0, 500).toWellFormed()], units: rows };
}

/** Members of the outermost object, each a section under its name, or elements of the outermost list. */
export function jsonRecords(text: string): Section[] {
  const units: TextSpan[] = [];
  let depth = 0;
  let inString = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 1) {
      units.push({ start, end: at + 1 });
      start = at + 1;
    }
  }
  if (start < text.length) units.push({ start, end: text.length });
  if (!text.trimStart().startsWith('{')) return [{ start: 0, end: text.length, heading: [], units }];
  return units.map((unit) => {
    const [, name] = /^[\s{]*"((?:[^"\\]|\\.){1,200})"\s*:/.exec(text.slice(unit.start, unit.start + 500)) ?? [];
    return { ...unit, heading: name === undefined ? [] : [name] };
  });
}
