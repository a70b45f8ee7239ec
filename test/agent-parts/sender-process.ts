/** A Timonel in a process of its own, whose job says that it sent, and does not come to an end. */
import { writeSync } from 'node:fs';
import { readSettings } from '../../src/config.ts';
import { openTimonel } from '../../src/main.ts';
import { hangingSender } from './hanging-sender.ts';

const { jobs } = await openTimonel(readSettings(), {
  agents: [
    hangingSender(async () => {
      writeSync(1, 'sent\n');
      await new Promise(() => {});
    }),
  ],
  models: {},
});
const job = { agent: 'sender', name: 'send', workspaceId: 'default', payload: { conversation: process.argv[2] } };
await jobs.schedule({ ...job, at: new Date(), key: 'once' }, undefined);
