import { Coins } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { costWords } from './words.ts';

export const screen: Screen = {
  name: 'costs',
  title: costWords,
  group: 'admin',
  order: 10,
  icon: Coins,
  permissions: ['budgets:read'],
  home: '/costs',
  addresses: [{ path: '/costs', load: () => import('./costs.tsx') }],
};
