import type { IncomingMessage } from 'node:http';
import type { Principal } from '../identity/principal.ts';
import type { Audience } from '../release/release.ts';
import { type RegionSettings, regionOf } from './region.ts';

/** Who begins a conversation, as a release wants to know it. */
export function audienceOf(
  request: IncomingMessage,
  principal: Principal,
  settings: RegionSettings,
  known: Pick<Audience, 'channel' | 'contact' | 'address'>,
): Audience {
  const { workspaceId, kind, id } = principal;
  return { workspaceId, user: kind === 'user' ? id : undefined, region: regionOf(request, settings), ...known };
}
