import { GraduationCap } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { classWords } from './words.ts';

export const screen: Screen = {
  name: 'class',
  title: classWords,
  group: 'work',
  order: 36,
  icon: GraduationCap,
  permissions: ['tutor:teach'],
  home: '/class',
  addresses: [{ path: '/class', load: () => import('./class.tsx') }],
};
