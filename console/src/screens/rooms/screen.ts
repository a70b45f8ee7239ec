import { BedDouble } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { roomWords } from './words.ts';

export const screen: Screen = {
  name: 'rooms',
  title: roomWords,
  group: 'work',
  order: 35,
  icon: BedDouble,
  permissions: ['hotel:read'],
  home: '/rooms',
  addresses: [{ path: '/rooms', load: () => import('./rooms.tsx') }],
};
