import { ScrollText } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { auditTitle } from './title.ts';

export const screen: Screen = {
  name: 'audit',
  title: auditTitle,
  group: 'admin',
  order: 30,
  icon: ScrollText,
  permissions: ['audit:read'],
  home: '/audit',
  addresses: [{ path: '/audit', load: () => import('./audit.tsx') }],
};
