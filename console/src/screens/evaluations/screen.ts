import { FlaskConical } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { evaluationWords } from './words.ts';

export const screen: Screen = {
  name: 'evaluations',
  title: evaluationWords,
  group: 'build',
  order: 20,
  icon: FlaskConical,
  permissions: ['evaluations:read'],
  home: '/evaluations',
  addresses: [
    { path: '/evaluations', load: () => import('./evaluations.tsx') },
    { path: '/evaluations/compare', load: () => import('./comparison.tsx') },
    { path: '/evaluations/$id', load: () => import('./evaluation.tsx') },
  ],
};
