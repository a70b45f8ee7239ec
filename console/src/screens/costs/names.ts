/** Names of people and keys by their ids, for those who may see them; an id stays an id for others. */
import { useAnswer } from '../../api/queries.ts';
import { useMay } from '../../session/session.tsx';

export function useNames() {
  const users = useAnswer('GET /api/v1/users', { query: { limit: 200 } }, { enabled: useMay('users:read') }).data?.users ?? [];
  const keys = useAnswer('GET /api/v1/api-keys', {}, { enabled: useMay('keys:read') }).data?.apiKeys ?? [];
  const short = (id: string) => id.slice(0, 8);
  return {
    users,
    keys,
    user: (id: string) => users.find((each) => each.id === id)?.name ?? short(id),
    key: (id: string) => keys.find((each) => each.id === id)?.name ?? short(id),
  };
}
