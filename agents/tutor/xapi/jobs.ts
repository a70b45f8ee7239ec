/** The queue of statements, worked on once a minute. */
import type { Job } from '../../../src/index.ts';
import { sendStatements } from './send.ts';

export const xapiJobs: readonly Job[] = [
  { name: 'xapi-statements', cron: '* * * * *', run: (_payload, context) => sendStatements(context) },
];
