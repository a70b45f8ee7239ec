/** Imports a file of rows: all of them in one transaction, or none. */
import { TimonelError } from '../errors.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { ResourceContext, ResourceRow, RowFault } from './contract.ts';
import type { FileRow } from './csv.ts';
import type { ResourceRows, RowPlace } from './rows.ts';
import { checkValues, constraintFault, rowOfOthers } from './validate.ts';

/** Rows of one import at most. */
export const mostImportedRows = 100_000;

/** Rows that are looked up or written by one statement. */
const batchSize = 10_000;

/** Bad rows that are named; there may be more. */
const mostNamed = 100;

/** `merge` adds rows and changes those that are there; `add` refuses those; `replace` removes, too, what the file does not have. */
export const importModes = ['merge', 'add', 'replace'] as const;
export type ImportMode = (typeof importModes)[number];

export interface ImportCounts {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
}

/** A row that was refused. */
export interface BadRow {
  line: number;
  field: string | null;
  reason: string;
}

interface Prepared {
  line: number;
  id: string | undefined;
  values: JsonObject;
  columns: JsonObject;
}

interface Written extends ResourceRow {
  line: number;
}

/** @throws TimonelError `import_refused` with the bad rows */
export async function importRows(
  table: ResourceRows,
  place: RowPlace,
  file: readonly FileRow[],
  mode: ImportMode,
  context: ResourceContext,
): Promise<ImportCounts> {
  const bad: BadRow[] = [];
  const prepared = await prepare(table, place, file, bad);
  const counts: ImportCounts = { rows: file.length, added: 0, changed: 0, unchanged: 0, removed: 0 };
  const kept: Written[] = [];
  const written: Written[] = [];
  // PostgreSQL takes the rows of the workspace for few, knowing nothing of rows just written, and would compare each with each.
  await place.client.query('SET LOCAL enable_nestloop = off');
  for (let from = 0; from < prepared.length; from += batchSize) {
    const batch = prepared.slice(from, from + batchSize);
    const there = await table.match(place, batch);
    const fresh: Prepared[] = [];
    const changed: Prepared[] = [];
    for (const [position, row] of batch.entries()) {
      const found = there.get(position);
      if (found !== undefined && mode === 'add')
        bad.push({ line: row.line, field: null, reason: 'there is such a row already; import with mode=merge to change it' });
      else if (found === undefined) fresh.push({ ...row, id: row.id ?? context.newId() });
      else if (isSame(row.values, found.values)) kept.push({ ...row, id: found.id });
      else changed.push({ ...row, id: found.id });
    }
    await write(place, fresh, bad, (rows) => table.insert(place, rows));
    await write(place, changed, bad, (rows) => table.update(place, rows));
    counts.added += fresh.length;
    counts.changed += changed.length;
    written.push(...[...fresh, ...changed].map(({ line, id, values }) => ({ line, id: id ?? '', values })));
  }
  counts.unchanged = kept.length;
  if (bad.length > 0) throw refused(bad);
  const { written: checkWritten, removing } = table.definition.hooks ?? {};
  if (mode === 'replace') {
    const others = await table.others(
      place,
      [...kept, ...written].map(({ id }) => id),
    );
    const faults = others.length === 0 ? [] : ((await removing?.(others, context)) ?? []);
    if (faults.length > 0) throw refused(faults.map(({ field, reason }) => ({ line: 0, field: field ?? null, reason })));
    counts.removed = await removed(table, place, others);
  }
  const foreign = await table.foreign(
    place,
    written.map(({ id }) => id),
  );
  const own = foreign.length === 0 ? ((await checkWritten?.(written, context)) ?? []) : [];
  const faults = written.length === 0 ? [] : [...foreign.map((id): RowFault => ({ id, reason: rowOfOthers })), ...own];
  const lines = new Map(written.map(({ id, line }) => [id, line]));
  if (faults.length > 0)
    throw refused(faults.map(({ id, field, reason }) => ({ line: lines.get(id ?? '') ?? 0, field: field ?? null, reason })));
  return counts;
}

async function prepare(table: ResourceRows, place: RowPlace, file: readonly FileRow[], bad: BadRow[]): Promise<Prepared[]> {
  const { definition, fields } = table;
  const names = await table.namedIds(
    place,
    file.map(({ values }) => values),
  );
  const seen = new Map<string, number>();
  return file.flatMap((row) => {
    const found = [...row.faults];
    const checked = checkValues(definition, fields, row.values);
    // What is wrong with a cell is said once, by the cell.
    if ('faults' in checked)
      found.push(...checked.faults.filter(({ field }) => !row.faults.some((fault) => fault.field === field)));
    const values = 'values' in checked ? checked.values : {};
    const { columns, faults } = 'values' in checked ? table.columnsOf(values, names) : { columns: {}, faults: [] };
    found.push(...faults);
    if (row.id !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(row.id))
      found.push({ field: 'id', reason: 'is no id; leave it empty for a new row' });
    const key = JSON.stringify(definition.key.map((name) => values[name] ?? null));
    const earlier = seen.get(key);
    if (found.length === 0 && earlier !== undefined) {
      found.push({
        field: definition.key.join(', '),
        reason: definition.key.length === 0 ? 'there is one row of it at most' : `is the same as on line ${earlier}`,
      });
    }
    seen.set(key, earlier ?? row.line);
    if (found.length === 0) return [{ line: row.line, id: row.id, values, columns }];
    bad.push(...found.map(({ field, reason }) => ({ line: row.line, field: field === '' ? null : field, reason })));
    return [];
  });
}

type Identified = Prepared & { id: string };

/** Writes rows with one statement; where that fails, half by half, to find out which of them are bad. */
async function write(
  place: RowPlace,
  rows: readonly Prepared[],
  bad: BadRow[],
  statement: (rows: readonly Identified[]) => Promise<void>,
): Promise<void> {
  const given = rows.flatMap((row) => (row.id === undefined ? [] : [{ ...row, id: row.id }]));
  if (given.length === 0 || bad.length >= mostNamed) return;
  const fault = await attempt(place, () => statement(given));
  if (fault === undefined) return;
  if (given.length === 1) {
    bad.push({ line: given[0]?.line ?? 0, field: null, reason: fault });
    return;
  }
  const middle = Math.ceil(given.length / 2);
  await write(place, given.slice(0, middle), bad, statement);
  await write(place, given.slice(middle), bad, statement);
}

/** @returns what a constraint says against it; then nothing of it was done. */
async function attempt(place: RowPlace, work: () => Promise<void>): Promise<string | undefined> {
  await place.client.query('SAVEPOINT resource_rows');
  try {
    await work();
    await place.client.query('RELEASE SAVEPOINT resource_rows');
    return undefined;
  } catch (error) {
    const fault = constraintFault(error);
    if (fault === undefined) throw error;
    await place.client.query('ROLLBACK TO SAVEPOINT resource_rows');
    return fault.reason;
  }
}

async function removed(table: ResourceRows, place: RowPlace, ids: readonly string[]): Promise<number> {
  try {
    return ids.length === 0 ? 0 : await table.remove(place, ids);
  } catch (error) {
    const fault = constraintFault(error);
    if (fault === undefined) throw error;
    throw refused([{ line: 0, field: null, reason: `rows that the file does not have cannot be removed: ${fault.reason}` }]);
  }
}

function isSame(given: JsonObject, stored: JsonObject): boolean {
  return Object.entries(given).every(([name, value]) => {
    const other = stored[name] ?? null;
    const [one, two] =
      Array.isArray(value) && Array.isArray(other) && typeof value[0] !== 'object'
        ? [value.toSorted(), other.toSorted()]
        : [value, other];
    return JSON.stringify(one ?? null) === JSON.stringify(two);
  });
}

function refused(bad: readonly BadRow[]): TimonelError {
  const rows = bad.toSorted((one, other) => one.line - other.line).slice(0, mostNamed);
  const [first] = rows;
  const where =
    first === undefined || first.line === 0 ? '' : `line ${first.line}${first.field === null ? '' : `, ${first.field}`}: `;
  const more = rows.length > 1 ? ` (and ${rows.length - 1} more; see rows)` : '';
  return new TimonelError('import_refused', `Nothing was imported. ${where}${first?.reason ?? ''}${more}.`, { details: { rows } });
}
