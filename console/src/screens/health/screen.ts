import { HeartPulse } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { useFigures } from './figures.ts';
import { healthWords } from './words.ts';

export const screen: Screen = {
  name: 'health',
  title: healthWords,
  group: 'run',
  order: 20,
  icon: HeartPulse,
  permissions: ['operations:read'],
  home: '/health',
  addresses: [{ path: '/health', load: () => import('./health.tsx') }],
  // All workspaces share it: it is shown to those of the installation's own.
  shows: ({ workspaceId }) => workspaceId === 'default',
  useWaiting() {
    const alerts = useFigures('/metrics/alerts/active').data?.alerts;
    return alerts?.filter(({ state, acknowledgement }) => state === 'firing' && acknowledgement === null).length;
  },
};
