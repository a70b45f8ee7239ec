import { Users } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { peopleWords } from './words.ts';

export const screen: Screen = {
  name: 'people',
  title: peopleWords,
  group: 'admin',
  order: 20,
  icon: Users,
  permissions: ['users:read', 'keys:read'],
  home: '/people',
  addresses: [
    { path: '/people', load: () => import('./people.tsx') },
    { path: '/people/$id', load: () => import('./person.tsx') },
  ],
};
