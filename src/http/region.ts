import type { IncomingMessage } from 'node:http';
import type { Settings } from '../config.ts';
import { isTrusted } from './forwarded.ts';
import { single } from './single-header.ts';

export type RegionSettings = Pick<Settings, 'regionHeader' | 'trustedProxies'>;

/** Where a request comes from, as a trusted proxy says; whoever connects by themselves is not believed. */
export function regionOf(request: IncomingMessage, { regionHeader, trustedProxies }: RegionSettings): string | undefined {
  if (regionHeader === undefined) return undefined;
  const region = single(request.headers[regionHeader]);
  const { remoteAddress } = request.socket;
  if (region === undefined || region.length > 200 || remoteAddress === undefined) return undefined;
  return isTrusted(trustedProxies, remoteAddress) ? region : undefined;
}
