import { readFileSync } from 'node:fs';
import { messageOf, TimonelError } from '../../errors.ts';
import { type DeploySettings, deploySchema } from './contract.ts';

/** @throws TimonelError `config_invalid` with every fault of the file */
export function readDeploySettings(path: string): DeploySettings {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TimonelError(
      'config_invalid',
      `${path} cannot be read: ${messageOf(error)}. deploy/host/deploy.json is an example; --config names another file.`,
    );
  }
  const parsed = deploySchema.safeParse(read);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`);
  throw new TimonelError('config_invalid', `${path} is not right. ${faults.join('; ')}`);
}
