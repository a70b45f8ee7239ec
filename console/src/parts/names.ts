/** Names of people and keys by their ids, for those who may see them; an id stays an id for others. */
import { useAnswer } from '../api/queries.ts';
import { useMay } from '../session/session.tsx';

export function useNames() {
  const users = useAnswer('GET /api/v1/users', { query: { limit: 200 } }, { enabled: useMay('users:read') }).data?.users ?? [];
  const keys = useAnswer('GET /api/v1/api-keys', {}, { enabled: useMay('keys:read') }).data?.apiKeys ?? [];
  const short = (id: string) => id.slice(0, 8);
  const user = (id: string) => users.find((each) => each.id === id)?.name ?? short(id);
  const key = (id: string) => keys.find((each) => each.id === id)?.name ?? short(id);
  return {
    users,
    keys,
    user,
    key,
    /** Who did something, as it is stored: `user:<id>`, `api-key:<id>`, or a word for what is neither. */
    asker: (text: string) => {
      const [kind, id] = text.split(/:(.*)/);
      if (id === undefined) return text;
      return kind === 'user' ? user(id) : kind === 'api-key' ? key(id) : text;
    },
  };
}
