import { readFileSync } from 'node:fs';
import { defineAgent } from '../../src/index.ts';
import { commands } from './commands.ts';
import { jobs } from './jobs.ts';
import { personalData } from './personal-data.ts';
import { policy } from './policy.ts';
import { resources } from './resources.ts';
import { routes } from './routes.ts';
import { sample } from './seed.ts';
import { tools } from './tools.ts';

/** Sells the rooms of a hotel, and looks after those who stay in them. */
export const hotel = defineAgent({
  name: 'hotel',
  version: '1.0.0',
  description:
    'Rooms, prices and availability of a hotel; quotes, books, changes and cancels stays, late check-outs, in Spanish and English.',
  prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
  tools,
  policy,
  language: 'es',
  // Voice notes are answered, pictures are passed to people.
  parts: ['image', 'audio', 'file', 'location'],
  jobs,
  metrics: {
    notices: {
      kind: 'counter',
      help: 'reminders and requests for a review that fell due',
      labels: { kind: ['reminder', 'review'], result: ['sent', 'dropped'] },
    },
  },
  permissions: {
    'hotel:read': {
      description: 'See rooms, rates, stays with their guests, and requests',
      roles: ['operator', 'owner', 'receptionist'],
    },
    'hotel:stays': {
      description: 'Book, change, cancel and charge stays; close rooms',
      roles: ['operator', 'owner', 'receptionist'],
    },
    'hotel:manage': { description: 'Change hotels, rooms, rates, terms and texts', roles: ['operator', 'owner'] },
  },
  resources,
  commands,
  routes,
  migrations: new URL('./migrations/', import.meta.url),
  sample,
  personalData,
});
