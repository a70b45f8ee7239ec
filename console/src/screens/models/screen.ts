import { Waypoints } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { modelTitle } from './title.ts';

export const screen: Screen = {
  name: 'models',
  title: modelTitle,
  group: 'run',
  order: 30,
  icon: Waypoints,
  permissions: ['models:use'],
  // Whoever talks to an agent may use models; this is for those who look after them.
  shows: ({ permissions }) => permissions.includes('models:manage') || permissions.includes('operations:read'),
  home: '/models',
  addresses: [
    { path: '/models', load: () => import('./models.tsx') },
    { path: '/models/$alias', load: () => import('./route.tsx') },
  ],
};
