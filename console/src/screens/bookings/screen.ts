import { CalendarDays } from 'lucide-react';
import type { Screen } from '../screen.ts';
import { bookingWords } from './words.ts';

export const screen: Screen = {
  name: 'bookings',
  title: bookingWords,
  group: 'work',
  order: 30,
  icon: CalendarDays,
  permissions: ['booking:read'],
  home: '/bookings',
  addresses: [{ path: '/bookings', load: () => import('./bookings.tsx') }],
};
