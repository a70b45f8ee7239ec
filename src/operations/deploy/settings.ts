import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf, TimonelError } from '../../errors.ts';
import { type DeploySettings, deploySchema } from './contract.ts';
import { type UpdateSettings, updateSchema } from './in-place.ts';

/** @throws TimonelError `config_invalid` with every fault of the file */
export function readDeploySettings(path: string): DeploySettings {
  return readHostFile(path, deploySchema, 'deploy.json');
}

/** @throws TimonelError `config_invalid` with every fault of the file */
export function readUpdateSettings(path: string): UpdateSettings {
  return readHostFile(path, updateSchema, 'update.json');
}

function readHostFile<T>(path: string, schema: z.ZodType<T>, example: string): T {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TimonelError(
      'config_invalid',
      `${path} cannot be read: ${messageOf(error)}. deploy/host/${example} is an example; --config names another file.`,
    );
  }
  const parsed = schema.safeParse(read);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`);
  throw new TimonelError('config_invalid', `${path} is not right. ${faults.join('; ')}`);
}
