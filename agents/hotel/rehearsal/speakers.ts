/** The systems that the suite of the port is run against, beside the built-in one. */
import type { Speaker } from './foreign-hotel.ts';
import { qloAppsKey, speakAsQloApps } from './qloapps-server.ts';

export const speakers: readonly Speaker[] = [
  { kind: 'qloapps', secret: qloAppsKey, property: '1', oversells: true, listen: speakAsQloApps },
];
