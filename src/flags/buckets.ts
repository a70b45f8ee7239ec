/** Buckets of a stable hash: a unit keeps its bucket for good, so that a share that grows takes nobody back. */
import { createHash } from 'node:crypto';

export const allBuckets = 10_000;

/** A number from 0 to 9,999: the first 32 bits of SHA-256 over release, salt and unit, scaled. */
export function bucketOf(release: string, salt: string, unit: string): number {
  const hash = createHash('sha256').update(`${release}:${salt}:${unit}`).digest().readUInt32BE(0);
  return Number((BigInt(hash) * BigInt(allBuckets)) >> 32n);
}

/** Buckets of a share in percent. */
export function bucketsOf(percentage: number): number {
  return Math.round((percentage / 100) * allBuckets);
}
