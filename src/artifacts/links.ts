/** Signed, expiring addresses: who has one can download the artifact, without an account. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import { TimonelError } from '../errors.ts';

/** Keys of the installation, the one in force first; an earlier one stays valid while a secret is replaced. */
export interface LinkKeys {
  current(purpose: string): { key: Uint8Array };
  all(purpose: string): readonly { key: Uint8Array }[];
}

const purpose = 'artifact-links';
const signatureBytes = 16;
/** Id (16), seconds since 1970 at which it expires (6), signature. */
const tokenBytes = 16 + 6 + signatureBytes;

/** Longest life of a link, in milliseconds. */
export const longestLink = 400 * 86_400_000;

export const tokenShape = /^[\w-]{51}$/;

export function linkToken(keys: LinkKeys, artifactId: string, expiresAt: Date): string {
  const claim = Buffer.alloc(16 + 6);
  claim.set(parse(artifactId));
  claim.writeUIntBE(Math.ceil(expiresAt.getTime() / 1_000), 16, 6);
  return Buffer.concat([claim, signatureOf(claim, keys.current(purpose).key)]).toString('base64url');
}

/** @returns the id that the link is for. @throws TimonelError `link_invalid` */
export function readLinkToken(keys: LinkKeys, token: string, now: Date): string {
  const bytes = Buffer.from(token, 'base64url');
  const claim = bytes.subarray(0, tokenBytes - signatureBytes);
  const signature = bytes.subarray(claim.length);
  // The text has to be the one form of these bytes: base64 has several for the bits at its end.
  const whole = bytes.length === tokenBytes && bytes.toString('base64url') === token;
  if (!whole || !keys.all(purpose).some(({ key }) => timingSafeEqual(signatureOf(claim, key), signature)))
    throw new TimonelError('link_invalid', 'This link was never given out, or not all of it was copied. Ask for a new one.');
  if (claim.readUIntBE(16, 6) * 1_000 <= now.getTime())
    throw new TimonelError('link_invalid', 'This link has expired. Ask for a new one.');
  return stringify(claim.subarray(0, 16));
}

function signatureOf(claim: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(claim).digest().subarray(0, signatureBytes);
}
