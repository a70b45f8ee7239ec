import { readFileSync } from 'node:fs';
import { type AgentDefinition, defineAgent } from '../../src/index.ts';
import { checkTree } from './checks/check-tree.ts';
import { scoreOf } from './checks/score.ts';
import { commandsOf } from './commands.ts';
import type { CodegenOptions } from './contract.ts';
import { flows } from './flows.ts';
import { jobs } from './jobs.ts';
import { mostBudget } from './limits.ts';
import { personalData } from './personal-data.ts';
import { policy } from './policy.ts';
import { type CodegenProjectOptions, openCodegenProject } from './project/open-project.ts';
import { type ProjectOpener, ProjectRoots } from './projects.ts';
import { resourcesOf } from './resources.ts';
import { roleAgents } from './roles/agents.ts';
import { routesOf } from './routes.ts';
import { seedOf } from './seed.ts';
import { userOfGit } from './stages/person.ts';
import { toolsOf } from './tools.ts';
import type { Workshop } from './workshop.ts';

/**
 * From a request to a reviewed commit: analysis, plan, tasks in parallel, checks, review, a person's approval, files and a commit.
 * @returns the agent `codegen`, and those of its roles: a project needs all of them
 */
export function codegen(options: CodegenOptions): AgentDefinition[] {
  const { environment, singleUser = false } = options;
  const open = keptFor(5_000, environment === undefined ? {} : { environment });
  const gitUser: Workshop['gitUser'] = async (folder) => (singleUser ? userOfGit(folder, environment) : undefined);
  const workshop: Workshop = { open, gitUser, roots: new ProjectRoots(options), checkTree, scoreOf };
  const agent = defineAgent({
    name: 'codegen',
    version: '1.0.0',
    description:
      'Makes code for a request: plan, tasks in parallel, tests that run, review, approval and a git commit, in Spanish and English.',
    prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
    tools: toolsOf(workshop),
    policy,
    flows,
    language: 'en',
    // Approvals are in the list of approvals; nobody takes such a conversation over.
    handOff: false,
    limits: { steps: 400, toolCalls: 120, wallTimeMs: 3_600_000, money: mostBudget },
    permissions: {
      'codegen:use': { description: 'Ask for code, plan it, and see what became of it', roles: ['operator', 'owner'] },
      'codegen:manage': { description: 'Add projects and examples, and change the rules of approval', roles: ['owner'] },
    },
    resources: resourcesOf(workshop),
    commands: commandsOf(workshop),
    routes: routesOf(workshop),
    jobs,
    metrics: {
      generations: {
        kind: 'counter',
        help: 'generations that ended, by result',
        labels: { result: ['committed', 'written', 'rejected', 'failed', 'cancelled', 'stale'] },
      },
      tasks: { kind: 'counter', help: 'tasks that ended', labels: { state: ['completed', 'failed'] } },
    },
    migrations: new URL('./migrations/', import.meta.url),
    seed: seedOf(options),
    personalData,
    evals: new URL('./evals/', import.meta.url),
  });
  return [agent, ...roleAgents(open, options.routes)];
}

/** The stages of a generation follow one another: what was found out of a folder holds for a moment, so that git is not asked by each of them. */
function keptFor(milliseconds: number, options: CodegenProjectOptions): ProjectOpener {
  const known = new Map<string, { until: number; project: ReturnType<ProjectOpener> }>();
  return (folder) => {
    const now = performance.now();
    for (const [key, { until }] of known) if (until < now) known.delete(key);
    const found = known.get(folder);
    if (found !== undefined) return found.project;
    const project = openCodegenProject(folder, options);
    known.set(folder, { until: now + milliseconds, project });
    // A folder that is not there now may be there with the next call.
    project.catch(() => known.delete(folder));
    return project;
  };
}
