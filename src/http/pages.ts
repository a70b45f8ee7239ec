/** Pages of lists: what they are asked for by, and where the next one begins. */
import { z } from 'zod';
import { TimonelError } from '../errors.ts';
import type { Place } from '../store/list-places.ts';

export const pageQuery = z.object({
  after: z.string().max(400).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

const placeText = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** @throws TimonelError `invalid_request` */
export function pagePlaceOf(after: string | undefined): Place | undefined {
  if (after === undefined) return undefined;
  const [, at, id] = placeText.exec(Buffer.from(after, 'base64url').toString('utf8')) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)))
    throw new TimonelError('invalid_request', '"after" must be the "next" of a page, as it was answered.');
  return [at, id];
}

/** @param rows of a page, of which a full one may have a next one. */
export function pageCursorOf(rows: readonly { place: Place }[], limit: number): string | null {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return last === undefined ? null : Buffer.from(last.place.join('|')).toString('base64url');
}

/** Bytes of an answer, as JSON. */
const mostAnswerBytes = 200_000;

/** The rows that fit into one answer, one at least; the next page begins after them. */
export function fitting<T>(rows: readonly T[]): T[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    return index > 0 && bytes > mostAnswerBytes;
  });
  return end === -1 ? [...rows] : rows.slice(0, end);
}
