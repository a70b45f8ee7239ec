import { readFileSync } from 'node:fs';
import { defineAgent } from '../../src/index.ts';
import { commands } from './commands.ts';
import { hintKinds } from './contract.ts';
import { flows } from './flows.ts';
import { guard, guardTemplate, guardTimeoutMs } from './guard.ts';
import { jobs } from './jobs.ts';
import { personalData } from './personal-data.ts';
import { policy } from './policy.ts';
import { settled } from './record.ts';
import { resources } from './resources.ts';
import { routes } from './routes.ts';
import { sample } from './seed.ts';
import { tools } from './tools.ts';

/** Helps students to solve exercises themselves, under the terms of their teachers. */
export const tutor = defineAgent({
  name: 'tutor',
  version: '1.0.0',
  description:
    'Programming exercises for students: runs and grades their code, and gives hints but no solutions, in Spanish and English.',
  prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
  tools,
  policy,
  flows,
  guard,
  guardTimeoutMs,
  guardTemplate,
  settled,
  language: 'es',
  // A student who is stuck is helped here; teachers see it in the class.
  handOff: false,
  limits: { wallTimeMs: 240_000 },
  permissions: {
    'tutor:teach': {
      description: 'See and change the courses that one teaches, with the work of their students',
      roles: ['operator', 'owner', 'instructor'],
    },
    'tutor:manage': {
      description: 'See and change every course, its teachers and the terms of the institution',
      roles: ['operator', 'owner'],
    },
  },
  // People of learning platforms, who have signed in there.
  vouchesFor: ['student', 'instructor'],
  resources,
  commands,
  routes,
  jobs,
  metrics: {
    hints: { kind: 'counter', help: 'hints that were given', labels: { kind: [...hintKinds] } },
    lti_launches: { kind: 'counter', help: 'launches from learning platforms', labels: { outcome: ['entered', 'refused'] } },
    lti_scores: {
      kind: 'counter',
      help: 'attempts to send a grade to a learning platform',
      labels: { outcome: ['sent', 'reconciled', 'retried', 'unknown', 'refused'] },
    },
    xapi_statements: {
      kind: 'counter',
      help: 'statements for learning record stores',
      labels: { outcome: ['stored', 'retried', 'refused'] },
    },
  },
  migrations: new URL('./migrations/', import.meta.url),
  sample,
  personalData,
  evals: new URL('./evals/', import.meta.url),
});
