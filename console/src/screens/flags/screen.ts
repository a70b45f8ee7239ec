import { Flag } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { flagTitle } from './title.ts';

export const screen: Screen = {
  name: 'flags',
  title: flagTitle,
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
