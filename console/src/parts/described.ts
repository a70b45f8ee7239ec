/** Fields as a resource of an agent describes them, and their values as a form holds them. */
import type { Answer } from '../api/client.ts';
import type { Json } from '../api/operations.ts';
import { timeZone } from '../words/format.ts';
import { currentLanguage } from '../words/language.ts';

export type Resource = Answer<'GET /api/v1/agents/{agent}/resources'>['resources'][number];
export type DescribedField = Resource['fields'][number];
export type Values = Readonly<Record<string, Json | undefined>>;

/** What a row of a list, a form and a conflict show of a value. */
export function shownText(
  field: Pick<DescribedField, 'kind' | 'list' | 'names'>,
  value: Json | undefined,
  yes: string,
  no: string,
): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((each) => shownText({ ...field, list: false }, each, yes, no)).join(', ');
  const name = field.names?.[String(value)];
  if (name !== undefined) return name[currentLanguage()];
  if (typeof value === 'boolean') return value ? yes : no;
  if (typeof value === 'object') return JSON.stringify(value);
  if (field.kind === 'instant') return localInstant(String(value)).replace('T', ' ');
  return String(value);
}

/** A value as the control of its field holds it. */
export function textOf(field: DescribedField, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (field.kind === 'json') return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.map(String).join('\n');
  return String(value);
}

/** What was written into a control; `fault` where it is no value of that kind. */
export function writtenValue(field: DescribedField, text: string): { value: Json | undefined; fault?: 'json' | 'number' } {
  const written = text.trim();
  if (field.kind === 'json') {
    if (written === '') return { value: field.nullable ? null : undefined };
    try {
      return { value: JSON.parse(written) as Json };
    } catch {
      return { value: undefined, fault: 'json' };
    }
  }
  if (field.list) {
    const items = text
      .split('\n')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    if (field.kind !== 'integer' && field.kind !== 'number') return { value: items };
    const numbers = items.map(Number);
    return numbers.some(Number.isNaN) ? { value: undefined, fault: 'number' } : { value: numbers };
  }
  if (written === '') return { value: field.nullable ? null : field.kind === 'text' && !field.required ? '' : undefined };
  if (field.kind === 'integer' || field.kind === 'number') {
    const number = Number(written.replace(',', '.'));
    return Number.isFinite(number) ? { value: number } : { value: undefined, fault: 'number' };
  }
  if (field.kind === 'boolean') return { value: written === 'true' };
  return { value: written };
}

/** The clock of the workspace, as `2026-11-30T14:05`. */
export function localInstant(at: string): string {
  const zone = timeZone();
  const options = {
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
    ...(zone === undefined ? {} : { timeZone: zone }),
  } as const;
  return new Intl.DateTimeFormat('sv-SE', options).format(new Date(at)).replace(' ', 'T');
}

/** Whether two values are one. */
export function sameValue(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
