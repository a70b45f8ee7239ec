import { z } from 'zod';
import { TimonelError } from '../errors.ts';

/** Header of a change that was made from a version of the thing. */
export const ifMatch = z.object({ 'if-match': z.string().max(40).optional() });

/** The version that a change was made from; `undefined` where it may be any. @throws TimonelError `invalid_request` */
export function expectedVersion(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header)?.[1];
  if (version === undefined) throw new TimonelError('invalid_request', 'If-Match must be a version as an ETag gave it, e.g. "3".');
  return Number(version);
}
