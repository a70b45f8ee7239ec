/** What the user and the project brought: hooks, skills, commands; with what is wrong in each. */
import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../src/index.ts';
import { customCommandsOf, expandCommand } from './custom-commands.ts';
import { hooksOf } from './hooks.ts';
import type { CoderProject } from './project.ts';
import { skillsOf } from './skills.ts';

const permission = 'coder:use';
const origin = z.enum(['user', 'project']);

export function extensionRoutesOf(project: CoderProject): readonly AnyRoute[] {
  const list = defineRoute({
    method: 'GET',
    path: '/extensions',
    summary: 'Hooks, skills and commands of the user and of the project, and what is wrong in them',
    permission,
    answer: z.object({
      faults: z.array(z.object({ origin, path: z.string(), message: z.string() })),
      hooks: z.array(z.object({ when: z.enum(['before', 'after']), origin, command: z.string(), tools: z.array(z.string()) })),
      skills: z.array(
        z.object({ name: z.string(), origin, description: z.string(), folder: z.string(), problems: z.array(z.string()) }),
      ),
      commands: z.array(
        z.object({
          name: z.string(),
          origin,
          description: z.string(),
          hint: z.string(),
          path: z.string(),
          problem: z.string().nullable(),
        }),
      ),
    }),
    async handle() {
      const { list: hooks, faults } = hooksOf(await project.settings());
      const [skills, commands] = await Promise.all([skillsOf(project), customCommandsOf(project)]);
      return {
        faults: [...faults],
        hooks: hooks.map(({ when, origin: whose, command, tools = [] }) => ({ when, origin: whose, command, tools: [...tools] })),
        skills: skills.map((skill) => ({ ...skill, problems: [...skill.problems] })),
        commands: commands.map(({ name, origin: whose, description, hint, path, problem = null }) => ({
          name,
          origin: whose,
          description,
          hint,
          path,
          problem,
        })),
      };
    },
  });

  const expand = defineRoute({
    method: 'GET',
    path: '/extensions/message',
    summary: 'What a message says that begins with a command of the user or the project; null where it is none',
    permission,
    query: z.object({ text: z.string().max(16_000) }),
    answer: z.object({ text: z.string().nullable() }),
    handle: async ({ query: { text } }) => ({ text: (await expandCommand(project, text)) ?? null }),
  });
  return [list, expand];
}
