import { Fingerprint } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { privacyTitle } from './title.ts';

export const screen: Screen = {
  name: 'privacy',
  title: privacyTitle,
  group: 'admin',
  order: 40,
  icon: Fingerprint,
  permissions: ['privacy:manage'],
  home: '/privacy',
  addresses: [{ path: '/privacy', load: () => import('./privacy.tsx') }],
};
