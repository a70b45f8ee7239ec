import { readFileSync } from 'node:fs';
import { defineAgent } from 'timonel';
import { personalData, sample } from './data.ts';
import { flows } from './flows.ts';
import { jobs } from './jobs.ts';
import { policy } from './policy.ts';
import { books, permissions } from './resources.ts';
import { tools } from './tools.ts';

export const libraryDesk = defineAgent({
  name: 'library-desk',
  version: '1.0.0',
  description: 'Lends books and takes them back.',
  prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
  tools,
  policy,
  flows,
  jobs,
  migrations: new URL('./migrations/', import.meta.url),
  resources: [books],
  permissions,
  personalData,
  sample,
  limits: { toolCalls: 10, wallTimeMs: 60_000 },
  evals: new URL('./evals/', import.meta.url),
});
