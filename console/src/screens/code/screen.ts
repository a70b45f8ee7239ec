import { Braces } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { codeWords } from './words.ts';

export const screen: Screen = {
  name: 'code',
  title: codeWords,
  group: 'build',
  order: 30,
  icon: Braces,
  permissions: ['codegen:use'],
  home: '/code',
  addresses: [{ path: '/code/{-$id}', load: () => import('./code.tsx') }],
};
