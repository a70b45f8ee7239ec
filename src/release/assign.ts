/**
 * Who gets which arm: first whether they may take part, then a bucket that is theirs for good. Ranges only grow, so a ramp flips nobody from
 * the canary back.
 */
import { createHash } from 'node:crypto';
import { allBuckets, bucketOf } from '../flags/buckets.ts';
import { type Attributes, holds } from '../flags/conditions.ts';
import { phoneKey } from '../phone-numbers.ts';
import type { Assignment, Audience, attributes, Release } from './release.ts';

/** @returns how a conversation begins while a release runs. */
export function assign(
  release: Pick<Release, 'id' | 'salt' | 'stable' | 'canary' | 'buckets' | 'enabled' | 'plan'>,
  audience: Audience,
): Assignment {
  const { id, salt, stable, canary, buckets, enabled, plan } = release;
  const unit = unitOf(plan.strategy, audience);
  // Nobody whom we would not know again: they would get one answer today and another tomorrow.
  if (!enabled || unit === undefined || !plan.eligibility.every((rule) => holds(rule, attributesOf(audience)))) {
    return { agentVersion: stable, arm: 'stable' };
  }
  const taken = bucketOf(id, salt, unit) < buckets;
  return {
    agentVersion: taken ? canary : stable,
    arm: taken ? 'canary' : 'stable',
    release: id,
    unit: createHash('sha256').update(`${id}:${salt}:unit:${unit}`).digest('hex').slice(0, 24),
    weight: buckets / allBuckets,
  };
}

/** The person who is talked to comes before whoever types for them. */
function unitOf(strategy: Release['plan']['strategy'], { workspaceId, user, contact, address }: Audience): string | undefined {
  const signedIn = user === undefined ? undefined : `user:${user}`;
  if (strategy === 'workspace') return `workspace:${workspaceId}`;
  if (strategy === 'user_id') return signedIn;
  if (contact?.phone !== undefined) return `phone:${phoneKey(contact.phone) ?? contact.phone}`;
  if (contact?.email !== undefined) return `email:${contact.email.toLowerCase()}`;
  return address === undefined ? signedIn : `address:${address}`;
}

function attributesOf({ workspaceId, user, region, channel }: Audience): Attributes {
  return { workspace: workspaceId, user, region, channel } satisfies Record<(typeof attributes)[number], unknown>;
}
