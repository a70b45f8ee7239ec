import { Flag } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { flagWords } from './words.ts';

export const screen: Screen = {
  name: 'flags',
  title: flagWords,
  group: 'build',
  order: 20,
  icon: Flag,
  permissions: ['releases:read'],
  home: '/flags',
  addresses: [
    { path: '/flags', load: () => import('./flags.tsx') },
    { path: '/flags/$key', load: () => import('./flag.tsx') },
  ],
};
