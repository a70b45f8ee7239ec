import { ClipboardCheck } from 'lucide-react';
import { useAnswer } from '../../api/queries.ts';
import type { Screen } from '../screen.ts';
import { approvalWords } from './words.ts';

export const screen: Screen = {
  name: 'approvals',
  title: approvalWords,
  group: 'work',
  order: 20,
  icon: ClipboardCheck,
  permissions: ['runs:decide'],
  home: '/approvals',
  addresses: [{ path: '/approvals', load: () => import('./approvals.tsx') }],
  useWaiting() {
    return useAnswer('GET /api/v1/approvals', { query: { limit: 100 } }).data?.approvals.length;
  },
};
