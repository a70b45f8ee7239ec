import { ScrollText } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { auditWords } from './words.ts';

export const screen: Screen = {
  name: 'audit',
  title: auditWords,
  group: 'admin',
  order: 30,
  icon: ScrollText,
  permissions: ['audit:read'],
  home: '/audit',
  addresses: [{ path: '/audit', load: () => import('./audit.tsx') }],
};
