import { readFileSync } from 'node:fs';
import { type AgentDefinition, defineAgent } from '../../src/index.ts';
import { hotelCommands } from './commands.ts';
import { flows } from './flows.ts';
import { guard, guardTemplate } from './guard.ts';
import { hotelJobs } from './jobs.ts';
import { personalData } from './personal-data.ts';
import { policy } from './policy.ts';
import { resources } from './resources.ts';
import { hotelRoutes } from './routes.ts';
import { sample } from './seed.ts';
import type { PmsSystems } from './systems.ts';
import { hotelTools } from './tools.ts';

/**
 * Sells the rooms of a hotel, and looks after those who stay in them.
 * @param options `systems`: adapters to reservation systems beside those that are here, by the `kind` of a hotel's system.
 */
export function hotelAgent({ systems = {} }: { systems?: PmsSystems } = {}): AgentDefinition {
  return defineAgent({
    name: 'hotel',
    version: '1.0.0',
    description:
      'Rooms, prices and availability of a hotel; quotes, books, changes and cancels stays, late check-outs, in Spanish and English.',
    prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
    tools: Object.values(hotelTools(systems)),
    policy,
    flows,
    guard,
    guardTemplate,
    language: 'es',
    // Voice notes are answered, pictures and files are passed to people.
    parts: ['image', 'audio', 'file', 'location'],
    jobs: hotelJobs(systems),
    metrics: {
      calendar_refreshes: {
        kind: 'counter',
        help: 'calendars of other channels that were read',
        labels: { result: ['changed', 'unchanged', 'failed', 'held-back'] },
      },
      calendar_conflicts: { kind: 'counter', help: 'double bookings with calendars of other channels that were found' },
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
    commands: hotelCommands(systems),
    routes: hotelRoutes(systems),
    migrations: new URL('./migrations/', import.meta.url),
    sample,
    personalData,
    evals: new URL('./evals/', import.meta.url),
  });
}

export const hotel = hotelAgent();
