/** The queue of statements, worked on once a minute. */
import type { Job } from '../../../src/index.ts';
import { resealStores } from './resources.ts';
import { sendStatements } from './send.ts';

export const xapiJobs: readonly Job[] = [
  { name: 'xapi-statements', cron: '* * * * *', run: (_payload, context) => sendStatements(context) },
  { name: 'xapi-tending', cron: '43 2 * * *', run: (_payload, context) => resealStores(context) },
];
