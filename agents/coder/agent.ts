import { type AgentDefinition, defineAgent } from '../../src/index.ts';
import type { CoderOptions } from './contract.ts';
import { flows } from './flows.ts';
import { jobs } from './jobs.ts';
import { personalData } from './personal-data.ts';
import { policyOf } from './policy.ts';
import { CoderProject } from './project.ts';
import { promptOf } from './prompt.ts';
import { resources } from './resources.ts';
import { routesOf } from './routes.ts';
import { toolsOf } from './tools.ts';

/** Works on the code of one folder: searches, reads, edits, runs, remembers and undoes, with a model and without one. */
export function coder(options: CoderOptions): AgentDefinition {
  const project = new CoderProject(options);
  const tools = toolsOf(project);
  return defineAgent({
    name: 'coder',
    version: '1.0.0',
    description: 'Coding assistant for one project, in Spanish and English: searches, reads, edits, runs, remembers and undoes.',
    prompt: promptOf(project),
    tools,
    policy: policyOf(tools.map(({ name }) => name)),
    // A command means one thing, whether there is a model or not.
    flows: { ...flows, takes: (text) => /^\/[a-z][\w-]*(?:\s|$)/i.test(text) },
    // Who uses it is at the terminal.
    handOff: false,
    limits: { steps: 400, toolCalls: 150, wallTimeMs: 1_800_000, money: 5, repetitions: true },
    permissions: {
      'coder:use': { description: 'Work with the coding assistant in its project', roles: ['operator', 'owner'] },
    },
    resources,
    routes: routesOf(project),
    jobs,
    metrics: {
      edits: {
        kind: 'counter',
        help: 'edits that were made, refused, taken back and made anew',
        labels: { result: ['applied', 'refused', 'undone', 'redone'] },
      },
      test_runs: { kind: 'counter', help: 'runs of tests by the agent', labels: { result: ['passed', 'failed'] } },
    },
    migrations: new URL('./migrations/', import.meta.url),
    personalData,
    evals: new URL('./evals/', import.meta.url),
  });
}
