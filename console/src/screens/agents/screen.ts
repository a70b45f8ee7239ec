import { Bot } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { agentWords } from './words.ts';

export const screen: Screen = {
  name: 'agents',
  title: agentWords,
  group: 'build',
  order: 5,
  icon: Bot,
  permissions: ['releases:read'],
  shows: ({ permissions }) => permissions.includes('releases:read') && permissions.includes('agents:read'),
  home: '/agents',
  addresses: [
    { path: '/agents', load: () => import('./agents.tsx') },
    { path: '/agents/$name', load: () => import('./agent.tsx') },
  ],
};
