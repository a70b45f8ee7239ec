import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TimonelError } from '../errors.ts';

/** Where a local Timonel is and the key that opens it. */
export interface LocalCredentials {
  url: string;
  apiKey: string;
}

const shape = z.object({ url: z.url(), apiKey: z.string().min(1) });

function credentialsPath(home: string): string {
  return join(home, 'credentials.json');
}

/** Writes the credentials so that only this user can read them; a reader never sees half a file. */
export function writeCredentials(home: string, credentials: LocalCredentials): string {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const path = credentialsPath(home);
  writeFileSync(`${path}.new`, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** The credentials that `timonel up` wrote, where there are any. */
export function findCredentials(home: string): LocalCredentials | undefined {
  const path = credentialsPath(home);
  if (!existsSync(path)) return undefined;
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** @throws TimonelError `unauthenticated` when no Timonel was started here yet. */
export function readCredentials(home: string): LocalCredentials {
  const credentials = findCredentials(home);
  if (credentials === undefined) {
    throw new TimonelError('unauthenticated', `There are no credentials in ${home}. Start Timonel first: timonel up`);
  }
  return credentials;
}
