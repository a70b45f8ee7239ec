/** Makes a project: a folder below the data directory, with a repository of its own. */
import { z } from 'zod';
import { type AnyTool, defineTool, type LocalizedText } from '../../../src/index.ts';
import { addProject, projectName } from '../projects.ts';
import type { Workshop } from '../workshop.ts';

export function initTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'init_project',
    description: 'Makes a project: a folder below the data directory, with a repository of its own.',
    input: z.object({ name: z.string().max(200) }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:manage',
    timeoutMs: 30_000,
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ name }, context): Promise<{ kind: 'made'; name: string } | { kind: 'refused'; message: LocalizedText }> {
      if (!projectName.test(name)) {
        const shown = JSON.stringify(name.slice(0, 60));
        return {
          kind: 'refused',
          message: {
            es: `${shown} no sirve de nombre. Lleva letras, números, "-" y "_", por ejemplo shop-api.`,
            en: `${shown} is no name of a project. It has letters, digits, "-" and "_", e.g. shop-api.`,
          },
        };
      }
      await addProject(context, { name, folder: await workshop.roots.make(context.workspaceId, name) });
      return { kind: 'made', name };
    },
  });
}
