/** The systems that the suite of the port is run against, beside the built-in one. */
import { apaleoClient, speakAsApaleo } from './apaleo-server.ts';
import { cloudbedsKey, speakAsCloudbeds } from './cloudbeds-server.ts';
import type { Speaker } from './foreign-hotel.ts';
import { qloAppsKey, speakAsQloApps } from './qloapps-server.ts';

export const speakers: readonly Speaker[] = [
  { kind: 'qloapps', secret: qloAppsKey, property: '1', oversells: true, listen: speakAsQloApps },
  { kind: 'cloudbeds', secret: cloudbedsKey, property: '1', oversells: false, listen: speakAsCloudbeds },
  { kind: 'apaleo', secret: apaleoClient, property: 'MUC', oversells: false, listen: speakAsApaleo },
];
