import { Radio } from 'lucide-react';
import { useAnswer } from '../../api/queries.ts';
import type { Screen } from '../screen.ts';
import { channelWords } from './words.ts';

export const screen: Screen = {
  name: 'channels',
  title: channelWords,
  group: 'admin',
  order: 30,
  icon: Radio,
  permissions: ['channels:read'],
  home: '/channels',
  addresses: [
    { path: '/channels', load: () => import('./channels.tsx') },
    { path: '/channels/$id', load: () => import('./connection.tsx') },
  ],
  useWaiting() {
    const read = useAnswer('GET /api/v1/channels', {}, { every: 60_000 });
    return read.data?.connections.filter(({ suspended, disabledAt }) => suspended !== null && disabledAt === null).length;
  },
};
