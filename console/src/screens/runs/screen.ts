import { Activity } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { runWords } from './words.ts';

export const screen: Screen = {
  name: 'runs',
  title: runWords,
  group: 'run',
  order: 10,
  icon: Activity,
  permissions: ['conversations:read'],
  home: '/runs',
  addresses: [
    { path: '/runs', load: () => import('./runs.tsx') },
    { path: '/runs/$id', load: () => import('./run.tsx') },
  ],
};
