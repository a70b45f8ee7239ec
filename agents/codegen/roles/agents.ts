/** The roles of a generation: agents of their own, each with its instructions, its tools, its route and a limit of money. They answer in text. */
import { readFileSync } from 'node:fs';
import { type AgentDefinition, defineAgent, understoodAs } from '../../../src/index.ts';
import { agentOfRole, type RoleName, roleMoney, roleNames } from '../limits.ts';
import type { ProjectOpener } from '../projects.ts';
import { readTools } from './read-tools.ts';

const descriptions: Readonly<Record<RoleName, string>> = {
  analyst: 'Analyses a request for code: kind, language, what is missing.',
  planner: 'Plans the tasks of a request for code.',
  implementer: 'Writes the code of one task.',
  tester: 'Writes the tests of one task.',
  writer: 'Writes the documentation of one task.',
  reviewer: 'Reviews the code that was made for a request.',
};

/** What a role says where no model answers: nothing is made up in its place. */
export const noModelAnswer = 'No model answered.';

export function roleAgents(open: ProjectOpener, routes: Partial<Record<RoleName, string>> = {}): AgentDefinition[] {
  return roleNames.map((role) => {
    const model = routes[role];
    return defineAgent({
      name: agentOfRole(role),
      version: '1.0.0',
      description: descriptions[role],
      prompt: readFileSync(new URL(`./prompts/${role}.md`, import.meta.url), 'utf8'),
      ...(model === undefined ? {} : { model }),
      tools: role === 'analyst' ? [] : readTools(open),
      policy: [],
      flows: {
        understand: () => understoodAs({ language: 'en', intent: 'none', confidence: 0 }),
        next: ({ state }) => ({ kind: 'reply', reply: { text: noModelAnswer }, outcome: 'denied', state }),
      },
      handOff: false,
      limits: { money: roleMoney[role], wallTimeMs: 600_000, toolCalls: 20, steps: 60 },
    });
  });
}
