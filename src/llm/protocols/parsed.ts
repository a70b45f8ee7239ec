import type { z } from 'zod';
import { TimonelError } from '../../errors.ts';

/** A request in its schema's shape. @throws TimonelError `invalid_request`, naming every fault */
export function parsed<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new TimonelError('invalid_request', `The request is not valid: ${faults.join('; ')}.`, { details: { faults } });
}
