/** CSV files as people save them: UTF-8 or Windows-1252, with commas, semicolons or tabs, with names or labels of fields in the first line. */
import { type Info, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { messageOf, TimonelError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../vocabulary.ts';
import { BadCell, cellOf, valueOfCell } from './cells.ts';
import type { Field } from './fields.ts';
import type { StoredRow } from './rows.ts';

/** A row of a file, before it is checked. */
export interface FileRow {
  /** Line of the file where it begins, from 1; of JSON, its number. */
  line: number;
  id: string | undefined;
  values: JsonObject;
  /** Cells that are no value of their field. */
  faults: { field: string; reason: string }[];
}

/** How a file was read. */
export interface FileForm {
  encoding: string;
  delimiter: string;
}

export interface ReadFile extends FileForm {
  rows: FileRow[];
}

const delimiters = [',', ';', '\t'];

/**
 * Reads a file whole.
 * @param mostRows more of them are refused.
 * @throws TimonelError `import_refused`
 */
export async function readCsv(
  bytes: Buffer,
  fields: readonly Field[],
  charset: string | undefined,
  mostRows: number,
): Promise<ReadFile> {
  const { text, encoding } = decoded(bytes, charset);
  if (text.includes('\0')) throw importRefusal('The file has null characters. Save it as CSV in UTF-8.');
  const delimiter = delimiterOf(text);
  const rows: FileRow[] = [];
  let header: (Field | 'id' | undefined)[] | undefined;
  const parser = parse(text, { delimiter, info: true, relax_column_count: true, skip_empty_lines: true, trim: false, bom: true });
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      // The parser counts the line where a record ends; it began as many before as its cells have line feeds.
      const begins = info.lines - record.join('').split('\n').length + 1;
      if (header === undefined) {
        header = headerOf(record, fields);
        continue;
      }
      if (record.every((cell) => cell.trim() === '')) continue;
      if (rows.length === mostRows) throw tooMany(mostRows);
      rows.push(rowOf(record, header, begins, delimiter === ';'));
    }
  } catch (error) {
    if (error instanceof TimonelError) throw error;
    throw importRefusal(`The file is no CSV: ${messageOf(error)}. Each line needs its quotes closed.`);
  }
  if (header === undefined) throw importRefusal(`The file is empty. Its first line names fields: ${namesOf(fields)}.`);
  return { rows, encoding, delimiter };
}

function decoded(bytes: Buffer, charset: string | undefined): { text: string; encoding: string } {
  const told = charset ?? byteOrderMark(bytes);
  if (told !== undefined) {
    try {
      const decoder = new TextDecoder(told, { fatal: true });
      return { text: decoder.decode(bytes), encoding: decoder.encoding };
    } catch {
      throw importRefusal(
        `The file is not written in ${told}. Save it as UTF-8, or say how it is written, e.g. charset=windows-1252.`,
      );
    }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    // What spreadsheets of Western languages save where they do not save UTF-8.
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}

function byteOrderMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** The one that is most often in the first line, outside of quotes. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split(/\r?\n/, 1);
  const bare = first.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => bare.split(delimiter).length;
  return delimiters.toSorted((one, other) => count(other) - count(one))[0] ?? ',';
}

function headerOf(record: readonly string[], fields: readonly Field[]): (Field | 'id' | undefined)[] {
  const seen = new Set<string>();
  return record.map((cell) => {
    const wanted = folded(cell);
    if (wanted === 'id') return 'id';
    const field = fields.find(({ name, label }) => [name, label.es, label.en].some((each) => folded(each) === wanted));
    if (field === undefined)
      throw importRefusal(`The first line names "${cell.trim()}", and there is no such field. There are: ${namesOf(fields)}.`);
    if (seen.has(field.name)) throw importRefusal(`The first line names "${field.name}" twice.`);
    seen.add(field.name);
    // An export has them too; they are not written.
    return field.readOnly ? undefined : field;
  });
}

function folded(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

function rowOf(
  record: readonly string[],
  header: readonly (Field | 'id' | undefined)[],
  line: number,
  commaDecimals: boolean,
): FileRow {
  const row: FileRow = { line, id: undefined, values: {}, faults: [] };
  if (record.length > header.length) {
    row.faults.push({
      field: '',
      reason: `the line has ${record.length} cells, and the first line ${header.length}; quote cells that have a delimiter in them`,
    });
  }
  for (const [position, field] of header.entries()) {
    const cell = record[position] ?? '';
    if (field === 'id') row.id = cell.trim() === '' ? undefined : cell.trim();
    else if (field !== undefined) {
      try {
        const value = valueOfCell(field, cell, commaDecimals);
        if (value !== undefined) row.values[field.name] = value;
        else if (field.nullable) row.values[field.name] = null;
      } catch (error) {
        if (!(error instanceof BadCell)) throw error;
        row.faults.push({ field: field.name, reason: error.message });
      }
    }
  }
  return row;
}

/** Rows of a JSON import: an array of objects, or an object with such an array as `items`. @throws TimonelError `import_refused` */
export function readJson(body: JsonValue, fields: readonly Field[], mostRows: number): FileRow[] {
  const items = Array.isArray(body) ? body : typeof body === 'object' && body !== null ? body['items'] : undefined;
  if (!Array.isArray(items)) throw importRefusal('Send an array of objects, or {"items": […]} as an export has it.');
  if (items.length > mostRows) throw tooMany(mostRows);
  return items.map((item, position) => {
    const line = position + 1;
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      return { line, id: undefined, values: {}, faults: [{ field: '', reason: 'is no object' }] };
    }
    const { id, version: _version, ...values } = item;
    const readOnly = new Set(fields.filter((field) => field.readOnly).map(({ name }) => name));
    const written = Object.fromEntries(Object.entries(values).filter(([name]) => !readOnly.has(name)));
    return { line, id: typeof id === 'string' ? id : undefined, values: written, faults: [] };
  });
}

/** The first line of an export. */
export function csvHeader(fields: readonly Field[]): string {
  return stringify([['id', ...fields.map(({ name }) => name)]], { record_delimiter: 'windows' });
}

export function csvLines(fields: readonly Field[], rows: readonly StoredRow[]): string {
  return stringify(
    rows.map(({ id, values }) => [id, ...fields.map((field) => cellOf(field, values[field.name]))]),
    { record_delimiter: 'windows' },
  );
}

function namesOf(fields: readonly Field[]): string {
  return fields
    .filter(({ readOnly }) => !readOnly)
    .map(({ name }) => name)
    .join(', ');
}

function tooMany(mostRows: number): TimonelError {
  return importRefusal(`The file has more than ${mostRows} rows. Import it in parts.`);
}

export function importRefusal(message: string): TimonelError {
  return new TimonelError('import_refused', `${message} Nothing was imported.`);
}
