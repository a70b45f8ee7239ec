/** Checks values of rows by the schema of their resource, and says what the database has against them. */
import { TimonelError } from '../errors.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { ResourceDefinition, ResourceValues, RowFault } from './contract.ts';
import type { Field } from './fields.ts';

/** Values with the defaults of what was left out; or what is wrong. */
export type Checked = { values: ResourceValues } | { faults: { field: string; reason: string }[] };

export function checkValues({ schema }: ResourceDefinition, fields: readonly Field[], given: JsonObject): Checked {
  const written = fields.filter(({ readOnly }) => !readOnly);
  const unknown = Object.keys(given).filter((name) => !written.some((field) => field.name === name));
  if (unknown.length > 0) {
    const names = written.map(({ name }) => name).join(', ');
    return { faults: unknown.map((field) => ({ field, reason: `is no field that can be written. There are: ${names}` })) };
  }
  const result = schema.safeParse(given);
  if (result.success) return { values: JSON.parse(JSON.stringify(result.data)) as ResourceValues };
  return { faults: result.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), reason: message })) };
}

/** What is stored of a row, as the schema would take it again: fields that are empty and may not be null are left out. */
export function writableOf(fields: readonly Field[], values: ResourceValues): ResourceValues {
  return Object.fromEntries(
    fields
      .filter(({ readOnly }) => !readOnly)
      .flatMap(({ name, nullable }) => {
        const value = values[name] ?? null;
        return value === null && !nullable ? [] : [[name, value]];
      }),
  );
}

/** The refusal of one row. */
export function invalidRow(faults: readonly (RowFault | { field: string; reason: string })[]): TimonelError {
  const text = faults.map(({ field, reason }) => (field === undefined || field === '' ? reason : `${field}: ${reason}`)).join('; ');
  return new TimonelError('row_invalid', `The row was not stored: ${text}.`, {
    details: { faults: faults.map(({ field, reason }) => ({ field: field ?? null, reason })) },
  });
}

/**
 * Refuses a change of a row, from an action, a hook or a command of an agent.
 * @param conflict other rows stand against it, rather than its own values.
 */
export function rejectRow(reason: string, conflict = false): TimonelError {
  return new TimonelError(conflict ? 'row_conflict' : 'row_invalid', reason);
}

interface DatabaseFault {
  code?: string;
  detail?: string;
  table?: string;
  column?: string;
  constraint?: string;
  message?: string;
}

/** What a constraint of the database says against a row, in words; `undefined` for what is no fault of the row. */
export function constraintFault(error: unknown): { code: 'row_conflict' | 'row_invalid'; reason: string } | undefined {
  const { code = '', detail, table: of, column, constraint, message } = innermost(error);
  if (code === '23505') {
    // Where row-level security is on, PostgreSQL does not say which values they are; its names for constraints say which columns.
    const columns = (constraint ?? '')
      .replace(`${of}_`, '')
      .replace('workspace_id', '')
      .replace(/(_key|_pkey|_idx)$/, '');
    const what = columns.replaceAll('_', ' ').trim();
    return {
      code: 'row_conflict',
      reason: what === '' ? 'there is such a row already' : `there is a row with the same ${what} already`,
    };
  }
  if (code === '23503') {
    const table = /table "(\w+)"/.exec(detail ?? '')?.[1] ?? 'other rows';
    return (detail ?? '').includes('still referenced')
      ? { code: 'row_conflict', reason: `rows of ${table} refer to it. Change those first, or make this one inactive` }
      : { code: 'row_invalid', reason: `it refers to a row of ${table} that is not there` };
  }
  if (code === '23P01') return { code: 'row_conflict', reason: `it overlaps with another row (${constraint ?? 'exclusion'})` };
  if (code === '23502') return { code: 'row_invalid', reason: `${column ?? 'a field'} has to have a value` };
  if (code === '23514') return { code: 'row_invalid', reason: `its values break the rule ${constraint ?? ''} of the table` };
  if (code.startsWith('22')) return { code: 'row_invalid', reason: message ?? 'a value does not fit its column' };
  return undefined;
}

function innermost(error: unknown): DatabaseFault {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current instanceof Error && !(current instanceof TimonelError) ? (current as DatabaseFault) : {};
}

/** Why a row is refused that is not of whoever writes it. */
export const rowOfOthers = 'it would belong to something that is not yours; name something that you may change';
