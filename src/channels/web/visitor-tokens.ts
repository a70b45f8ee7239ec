/** Who a visitor is: a random id, signed for one connection. The page keeps it; no cookie is set. */
import { createHmac } from 'node:crypto';
import type { OpenConnection } from '../contract.ts';
import { sameText, validSecrets } from '../signatures.ts';

export interface Visitor {
  id: string;
  expiresAt: Date;
}

const lifeMs = 30 * 86_400_000;
const shape = /^([0-9a-f-]{36})\.(\d{1,12})\.([\w-]{43})$/;

/** @returns a token that is taken for thirty days */
export function visitorToken(connection: OpenConnection, id: string, now: Date): { token: string; expiresAt: Date } {
  const expiresAt = new Date(now.getTime() + lifeMs);
  const [key = ''] = validSecrets(connection, 'visitorKey');
  return { token: signed(connection, id, Math.floor(expiresAt.getTime() / 1_000), key), expiresAt };
}

/** @returns `undefined` where it is of another connection, has expired, or was signed with a key that is no longer taken */
export function readVisitorToken(connection: OpenConnection, token: string | undefined, now: Date): Visitor | undefined {
  const [, id, seconds] = shape.exec(token ?? '') ?? [];
  if (id === undefined || token === undefined) return undefined;
  const expires = Number(seconds);
  const fits = validSecrets(connection, 'visitorKey').map((key) => sameText(signed(connection, id, expires, key), token));
  const expiresAt = new Date(expires * 1_000);
  return fits.includes(true) && expiresAt > now ? { id, expiresAt } : undefined;
}

function signed({ id: connection }: OpenConnection, visitor: string, expires: number, key: string): string {
  const mac = createHmac('sha256', key).update(`web-visitor\n${connection}\n${visitor}\n${expires}`).digest('base64url');
  return `${visitor}.${expires}.${mac}`;
}
