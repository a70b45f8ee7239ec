import { readFileSync } from 'node:fs';
import { defineAgent } from '../../src/index.ts';
import { commands } from './commands.ts';
import { flows } from './flows.ts';
import { jobs } from './jobs.ts';
import { personalData } from './personal-data.ts';
import { policy } from './policy.ts';
import { resources } from './resources.ts';
import { routes } from './routes.ts';
import { sample } from './seed.ts';
import { tools } from './tools.ts';

/** Keeps the appointments of a shop, studio or clinic. */
export const booking = defineAgent({
  name: 'booking',
  version: '1.0.0',
  description: 'Services, prices, opening hours and free slots; books, moves and cancels appointments, in Spanish and English.',
  prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
  tools,
  policy,
  flows,
  jobs,
  metrics: { reminders: { kind: 'counter', help: 'reminders that fell due', labels: { result: ['sent', 'dropped'] } } },
  permissions: {
    'booking:read': {
      description: 'See services, staff, hours and appointments with their customers',
      roles: ['operator', 'owner', 'receptionist'],
    },
    'booking:manage': { description: 'Change services, staff, hours and prices', roles: ['operator', 'owner'] },
    'booking:calendar': { description: 'Book, move and cancel appointments', roles: ['operator', 'owner', 'receptionist'] },
  },
  resources,
  commands,
  routes,
  migrations: new URL('./migrations/', import.meta.url),
  sample,
  personalData,
  evals: new URL('./evals/', import.meta.url),
});
