import { Settings } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { settingTitle } from './title.ts';

export const screen: Screen = {
  name: 'settings',
  title: settingTitle,
  group: 'admin',
  order: 50,
  icon: Settings,
  permissions: ['workspace:manage', 'webhooks:manage'],
  home: '/settings',
  addresses: [{ path: '/settings', load: () => import('./settings.tsx') }],
};
