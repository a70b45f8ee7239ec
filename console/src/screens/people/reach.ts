/** What one may give to others, and take from them: nobody gives, or takes, what they do not have. */
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { useMay, useMe } from '../../session/session.tsx';

/** What is read anew after a change of a member, or of a key. */
export const touchedByUsers = ['GET /api/v1/users', 'GET /api/v1/users/{id}', 'GET /api/v1/invitations'] as const;
export const touchedByKeys = ['GET /api/v1/api-keys'] as const;

export type Key = Answer<'GET /api/v1/api-keys'>['apiKeys'][number];
const ofClients = ['agents:read', 'conversations:read', 'conversations:write'];

export type Role = Answer<'GET /api/v1/roles'>['roles'][number];

/** Roles of the workspace, those that one may give, and whether one may change somebody who has one. */
export function useRoles() {
  const { permissions } = useMe();
  const read = useAnswer('GET /api/v1/roles', {}, { enabled: useMay('users:read') });
  const covers = (wanted: readonly string[]) => wanted.every((each) => permissions.includes(each));
  const all = read.data?.roles ?? [];
  const reaches = (name: string) => all.some((role) => role.name === name && covers(role.permissions));
  return {
    read,
    all,
    permissions: read.data?.permissions ?? [],
    covers,
    mine: all.filter((role) => covers(role.permissions)),
    reaches,
    /** What a key may do is given to whoever has its secret. */
    reachesKey: ({ role, scopes }: Pick<Key, 'role' | 'scopes'>) =>
      role === null ? covers(scopes ?? []) : role === 'client' ? covers(ofClients) : reaches(role) && covers(['keys:manage']),
  };
}
