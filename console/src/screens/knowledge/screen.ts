import { BookOpen } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { knowledgeWords } from './words.ts';

export const screen: Screen = {
  name: 'knowledge',
  title: knowledgeWords,
  group: 'build',
  order: 30,
  icon: BookOpen,
  permissions: ['knowledge:read'],
  home: '/knowledge',
  addresses: [
    { path: '/knowledge', load: () => import('./knowledge.tsx') },
    { path: '/knowledge/$collection', load: () => import('./collection.tsx') },
  ],
};
