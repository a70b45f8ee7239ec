/** Values of fields as cells of CSV, both ways. */
import type { JsonValue } from '../vocabulary.ts';
import type { Field } from './fields.ts';

const yes = new Set(['true', 'yes', 'y', '1', 'si', 's', 'x', 'verdadero']);
const no = new Set(['false', 'no', 'n', '0', 'falso']);

/** A text that a spreadsheet would take for a formula, or one that was already guarded from that. */
const formula = /^'*[=+\-@\t\r]/;

/**
 * A value as a cell. A text that a spreadsheet would run as a formula gets an apostrophe before it, which an import takes away again.
 */
export function cellOf(field: Pick<Field, 'list' | 'options'>, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  const { cell } = field.options;
  if (cell !== undefined) return guarded(cell.write(value));
  if (field.list) return guarded([value].flat().map(String).join(' | '));
  if (typeof value === 'string') return guarded(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function guarded(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** A cell that is no value of its field. */
export class BadCell extends Error {}

/**
 * The value of a cell; `undefined` for an empty one, which leaves the field's default.
 * @param commaDecimals numbers of the file have a comma before their decimals.
 * @throws BadCell
 */
export function valueOfCell(field: Field, cell: string, commaDecimals: boolean): JsonValue | undefined {
  const text = (cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell).trim();
  const { cell: own } = field.options;
  if (text === '') return field.list ? [] : undefined;
  if (own !== undefined) {
    try {
      return own.read(text);
    } catch (error) {
      throw new BadCell(error instanceof Error ? error.message : String(error));
    }
  }
  if (field.list) {
    return text
      .split('|')
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .map((each) => single(field, each, commaDecimals));
  }
  return single(field, text, commaDecimals);
}

function single(field: Field, text: string, commaDecimals: boolean): JsonValue {
  if (field.kind === 'integer' || field.kind === 'number') {
    const plain = commaDecimals ? text.replace(/^(-?\d+),(\d+)$/, '$1.$2') : text;
    if (!/^-?\d{1,15}(\.\d{1,10})?$/.test(plain)) {
      throw new BadCell(
        `"${text}" is no number; write it without separators of thousands, e.g. ${commaDecimals ? '14000,50' : '14000.50'}`,
      );
    }
    return Number(plain);
  }
  if (field.kind === 'boolean') {
    const folded = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
    if (yes.has(folded)) return true;
    if (no.has(folded)) return false;
    throw new BadCell(`"${text}" is neither true nor false`);
  }
  // Spreadsheets take the zero away that such a time begins with, and add seconds.
  if (field.kind === 'time') return /^\d:\d\d$/.test(text) ? `0${text}` : text.replace(/^(\d\d:\d\d):00$/, '$1');
  return text;
}
