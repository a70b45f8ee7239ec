import { Rocket } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { releaseWords } from './words.ts';

export const screen: Screen = {
  name: 'releases',
  title: releaseWords,
  group: 'build',
  order: 10,
  icon: Rocket,
  permissions: ['releases:read'],
  home: '/releases',
  addresses: [
    { path: '/releases', load: () => import('./releases.tsx') },
    { path: '/releases/$id', load: () => import('./release.tsx') },
  ],
};
