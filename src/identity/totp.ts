import { generateSecret, generateURI, verifySync } from 'otplib';

/** Six digits every 30 seconds with SHA-1: what every authenticator app takes; several ignore any other wish. */
const period = 30;

/** A clock may be wrong by one step to either side (RFC 6238, 5.2). */
const tolerance = 30;

export interface TotpEnrolment {
  /** Base32, for those who type it. Seal it before it is stored. */
  secret: string;
  /** `otpauth://…`, for the picture that an app scans. */
  uri: string;
}

/** A new secret for a person's authenticator app; it counts once the person has shown a code of it. */
export function enrolTotp(account: string, issuer = 'Timonel'): TotpEnrolment {
  const secret = generateSecret();
  return { secret, uri: generateURI({ issuer, label: account, secret }) };
}

/**
 * Checks a code of an authenticator app.
 * @param code as people type it: spaces and dashes do not count.
 * @param after the step of the last code that was accepted, so that nobody uses one twice; undefined before the first.
 * @param now milliseconds since 1970.
 * @returns the code's step, to be stored by a conditional update (`… WHERE totp_counter IS NULL OR totp_counter < step`), since two
 *   requests may come with the same code at once; undefined when the code is wrong, or was used.
 */
export function verifyTotp(secret: string, code: string, after: number | undefined, now: number): number | undefined {
  const token = code.replace(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  // Here and not in the library, which refuses to answer where the clock was set back since.
  const result = verifySync({ secret, token, period, epoch: Math.floor(now / 1000), epochTolerance: tolerance });
  if (!result.valid || !('timeStep' in result)) return undefined;
  return after === undefined || result.timeStep > after ? result.timeStep : undefined;
}
