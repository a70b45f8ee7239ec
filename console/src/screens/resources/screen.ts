import { Table2 } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { resourceWords } from './words.ts';

export const screen: Screen = {
  name: 'resources',
  title: resourceWords,
  group: 'work',
  order: 80,
  icon: Table2,
  permissions: ['agents:read'],
  home: '/data',
  addresses: [
    { path: '/data', load: () => import('./resources.tsx') },
    { path: '/data/$agent/$resource/{-$row}', load: () => import('./resource.tsx') },
  ],
};
