/** What hotels' systems last answered, for when they are away: in memory, per process, and never confirmed from. */
import { LRUCache } from 'lru-cache';
import type { House } from '../../house.ts';
import type { PmsOffers, StayRequest } from '../contract.ts';

/** Older than this it says nothing. */
const oldestMs = 6 * 3_600_000;

const known = new LRUCache<string, { offers: PmsOffers; at: number }>({ max: 5_000 });

function keyOf(workspaceId: string, { id, system }: House, { changing: _, ...request }: StayRequest): string {
  return JSON.stringify([workspaceId, id, system?.id, system?.version, request]);
}

export function remember(workspaceId: string, house: House, request: StayRequest, offers: PmsOffers, now: Date): void {
  known.set(keyOf(workspaceId, house, request), { offers, at: now.getTime() });
}

export function lastKnown(workspaceId: string, house: House, request: StayRequest, now: Date): PmsOffers | undefined {
  const found = known.get(keyOf(workspaceId, house, request));
  return found === undefined || now.getTime() - found.at > oldestMs ? undefined : { ...found.offers, asOf: found.at };
}
