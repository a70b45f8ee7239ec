/** Keys of platforms: fetched once and kept, and fetched again where a signature names one that is not among them. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { OutsideRequests } from '../../../src/index.ts';

/** Kept that long, in milliseconds: a key that a platform took back is not trusted for longer. */
const keptMs = 3_600_000;
/** Not fetched again sooner, in milliseconds: made-up key ids must not make us ask a platform again and again. */
const pauseMs = 10_000;
const mostPlatforms = 1_000;

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(200) });

interface Kept {
  at: number;
  find: JWTVerifyGetKey;
}

const kept = new Map<string, Kept>();

/** @param now in milliseconds @throws Error where the platform does not answer with keys, or has no key of that name */
export function keysOf(url: string, outside: OutsideRequests, now: number): JWTVerifyGetKey {
  return async (header, token) => {
    const known = kept.get(url);
    const fresh = known !== undefined && now - known.at < keptMs && now >= known.at;
    if (known !== undefined && fresh) {
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || now - known.at < pauseMs) throw error;
      }
    }
    const find = createLocalJWKSet(await fetched(url, outside));
    kept.delete(url);
    kept.set(url, { at: now, find });
    const [oldest] = kept.keys();
    if (kept.size > mostPlatforms && oldest !== undefined) kept.delete(oldest);
    return find(header, token);
  };
}

async function fetched(url: string, outside: OutsideRequests): Promise<JSONWebKeySet> {
  const { status, body } = await outside.request({ url, headers: { accept: 'application/json' }, timeoutMs: 10_000 });
  const parsed = status === 200 ? keySet.safeParse(json(body)) : undefined;
  if (parsed?.success !== true) throw new Error(`The keys of the platform cannot be read (${status}).`);
  return parsed.data as unknown as JSONWebKeySet;
}

/** What a system of somebody else answered; `undefined` where it is no JSON. */
export function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
