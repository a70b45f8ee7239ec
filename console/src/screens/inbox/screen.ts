import { Inbox } from 'lucide-react';
import { useAnswer } from '../../api/queries.ts';
import type { Screen } from '../screen.ts';
import { inboxWords } from './words.ts';

export const screen: Screen = {
  name: 'inbox',
  title: inboxWords,
  group: 'work',
  order: 10,
  icon: Inbox,
  permissions: ['conversations:read'],
  home: '/inbox',
  addresses: [{ path: '/inbox/{-$id}', load: () => import('./inbox.tsx') }],
  useWaiting() {
    const waiting = useAnswer('GET /api/v1/conversations', { query: { waiting: 'true', assignee: 'none', limit: 100 } });
    return waiting.data?.conversations.length;
  },
};
