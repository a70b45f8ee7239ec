/**
 * The generations of the installation's secret in one value, so that a rotation is one atomic write of one file: the secret that signs, and one more that is
 * accepted. `<secret>`, `<secret>,next:<secret>` before the new one signs, `<secret>,previous:<secret>@<instant>` after; `made:<instant>` says since when the
 * first one is in use. Items stand on lines of their own, or have commas between them.
 */
import { z } from 'zod';

/** As text: what is written. */
export interface WrittenGenerations {
  current: string;
  /** Accepted, and about to sign. */
  next?: string | undefined;
  /** Accepted, and signs nothing any more. */
  previous?: string | undefined;
  /** When the previous one signed last. */
  previousSince?: Date | undefined;
  /** Since when the current one is in use. */
  madeAt?: Date | undefined;
}

/** As bytes: what is drawn from. */
export interface SecretGenerations {
  current: Uint8Array;
  next: Uint8Array | undefined;
  previous: Uint8Array | undefined;
  previousSince: Date | undefined;
  madeAt: Date | undefined;
}

/** @returns `undefined` where the text is of another form. */
export function parseGenerations(text: string): WrittenGenerations | undefined {
  // As `timonel secrets generate` prints it for an .env file, where its whole output was given for the value.
  const items = text
    .trim()
    .replace(/^TIMONEL_SECRET=/, '')
    .split(/[\s,]+/)
    .filter((item) => item !== '');
  const [current = '', ...others] = items;
  if (current === '' || current.includes(':')) return undefined;
  const found: WrittenGenerations = { current };
  for (const item of others) {
    const [, kind, value = ''] = /^(next|previous|made):(.+)$/.exec(item) ?? [];
    if (kind === undefined) return undefined;
    const [secret, since] = kind === 'previous' ? value.split('@') : [value];
    const instant = kind === 'made' ? value : since;
    const at = instant === undefined ? undefined : new Date(instant);
    if (at !== undefined && Number.isNaN(at.getTime())) return undefined;
    if (kind === 'made') found.madeAt = at;
    else if (kind === 'next') found.next = secret;
    else Object.assign(found, { previous: secret, previousSince: at });
  }
  return found;
}

/** @param separator a line end for a file, a comma for a line of an .env file */
export function writeGenerations(
  { current, next, previous, previousSince, madeAt }: WrittenGenerations,
  separator: '\n' | ',',
): string {
  return [
    current,
    ...(next === undefined ? [] : [`next:${next}`]),
    ...(previous === undefined
      ? []
      : [`previous:${previous}${previousSince === undefined ? '' : `@${previousSince.toISOString()}`}`]),
    ...(madeAt === undefined ? [] : [`made:${madeAt.toISOString()}`]),
  ].join(separator);
}

/** The bytes that a secret stands for: hexadecimal, base64 or base64url; other text is none. */
function secretBytes(text: string): Uint8Array {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : new Uint8Array();
}

const advice = '`timonel secrets generate` makes one';

export const generations = z.string().transform((text, context): SecretGenerations => {
  const written = parseGenerations(text);
  const bytes = (secret: string | undefined) => (secret === undefined ? undefined : secretBytes(secret));
  // Text of another form is a secret of no form at all: it is told as one that is too short.
  const current = bytes(written?.current) ?? new Uint8Array();
  const [next, previous] = [bytes(written?.next), bytes(written?.previous)];
  const all = [current, next, previous].filter((each) => each !== undefined);
  const fault = all.some(({ length }) => length < 32)
    ? `is too short: it must be 32 random bytes or more. ${advice}`
    : all.some((each) => new Set(each).size < 16)
      ? `is not random: anybody could guess it. ${advice}`
      : new Set(all.map((each) => Buffer.from(each).toString('hex'))).size < all.length
        ? 'must have another secret after "next:" and "previous:" than at its beginning'
        : undefined;
  if (fault !== undefined) {
    context.addIssue(fault);
    return z.NEVER;
  }
  return { current, next, previous, previousSince: written?.previousSince, madeAt: written?.madeAt };
});

/** What this process signs with, and what it accepts beside it. */
export interface InstallationSecret {
  current: Uint8Array | undefined;
  /** The one before: what it signed is valid, and what it sealed is sealed anew. */
  previous: Uint8Array | undefined;
  /** The one that is to sign next. */
  next: Uint8Array | undefined;
  previousSince: Date | undefined;
  madeAt: Date | undefined;
}

/** @param before of `TIMONEL_SECRET_PREVIOUS`, which counts where the value itself names none */
export function installationSecret(
  given: SecretGenerations | undefined,
  before: SecretGenerations | undefined,
): InstallationSecret {
  return {
    current: given?.current,
    previous: given?.previous ?? before?.current,
    next: given?.next,
    previousSince: given?.previousSince,
    madeAt: given?.madeAt,
  };
}
