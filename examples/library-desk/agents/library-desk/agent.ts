import { readFileSync } from 'node:fs';
import { defineAgent } from 'timonel';
import { commands } from './commands.ts';
import { personalData, sample } from './data.ts';
import { flows } from './flows.ts';
import { jobs } from './jobs.ts';
import { longerWork } from './longer-work.ts';
import { papers } from './papers.ts';
import { policy } from './policy.ts';
import { books, permissions } from './resources.ts';
import { tools } from './tools.ts';

export const libraryDesk = defineAgent({
  name: 'library-desk',
  version: '1.0.0',
  description: 'Lends books and takes them back.',
  prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
  tools: [...tools, ...longerWork, ...papers],
  policy,
  flows,
  jobs,
  parts: ['file'],
  migrations: new URL('./migrations/', import.meta.url),
  resources: [books],
  permissions,
  commands,
  metrics: { reminders: { kind: 'counter', help: 'readers who were reminded of a loan' } },
  personalData,
  sample,
  limits: { toolCalls: 10, wallTimeMs: 60_000 },
  evals: new URL('./evals/', import.meta.url),
});
