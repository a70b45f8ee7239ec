/** Begins a generation: its project, its base, its money. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { type AnyTool, defineTool, type LocalizedText } from '../../../src/index.ts';
import type { GenerateOptions } from '../contract.ts';
import { defaultBudget, defaultWorkers, mostBudget, mostRounds } from '../limits.ts';
import { listProjects } from '../projects.ts';
import type { Workshop } from '../workshop.ts';

export const requestShape = {
  request: z.string().trim().min(1).max(16_000),
  project: z.string().max(60).optional(),
  budget: z.number().positive().max(mostBudget).default(defaultBudget),
  confirm: z.literal('plan').optional(),
  autoApprove: z.boolean().default(false),
  git: z.boolean().default(true),
  maxWorkers: z.number().int().min(1).max(8).default(defaultWorkers),
  rounds: z.number().int().min(1).max(mostRounds).default(mostRounds),
  hooks: z.boolean().default(false),
  designOnly: z.boolean().default(false),
};

export type Opened =
  | { kind: 'opened'; generation: string; project: string; git: boolean }
  | { kind: 'refused'; message: LocalizedText };

export function openTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'open',
    description: 'Begins a generation for a request in a project.',
    input: z.object({ ...requestShape, language: z.enum(['es', 'en']) }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    retries: 1,
    timeoutMs: 30_000,
    describe: () => ({ es: 'pedido registrado', en: 'request stored' }),
    // It is stored under the key of the call: made again it is the same one.
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ request, project: wanted, language, ...given }, context): Promise<Opened> {
      const projects = await listProjects(context);
      const named = projects.map(({ name }) => name);
      const chosen =
        wanted === undefined ? (projects.length === 1 ? projects[0] : undefined) : projects.find(({ name }) => name === wanted);
      if (chosen === undefined) return { kind: 'refused', message: projectMissing(wanted, named) };
      const found = await workshop.roots.folder(context.workspaceId, chosen.folder);
      if ('fault' in found) return { kind: 'refused', message: { es: found.fault, en: found.fault } };
      const project = await workshop.open(found.folder);
      const base = await project.state();
      const useGit = given.git && project.kind === 'git';
      const options: GenerateOptions = { ...given, git: useGit, confirm: given.confirm };
      const at = sql`${context.now().toISOString()}::timestamptz`;
      const asker = context.principal === undefined ? null : `${context.principal.kind}:${context.principal.id}`;
      const { rows } = await context.query((database) =>
        database.execute<{ id: string }>(sql`
          INSERT INTO codegen_generations (workspace_id, id, key, conversation_id, run_id, asked_by, project, folder, request, language, options, stage, base,
            budget, created_at, updated_at)
          VALUES (${context.workspaceId}, ${context.newId()}, ${context.idempotencyKey}, ${context.conversationId}, ${context.runId}, ${asker}, ${chosen.name},
            ${found.folder}, ${request}, ${language}, ${JSON.stringify(options)}::jsonb, 'analysis', ${JSON.stringify(base)}::jsonb, ${options.budget}, ${at}, ${at})
          ON CONFLICT (workspace_id, key) DO UPDATE SET key = excluded.key RETURNING id`),
      );
      const [row] = rows;
      if (row === undefined) throw new Error('The generation was not stored.');
      context.progress({ stage: 'analysis', generation: row.id, project: chosen.name });
      return { kind: 'opened', generation: row.id, project: chosen.name, git: useGit };
    },
  });
}

function projectMissing(wanted: string | undefined, named: readonly string[]): LocalizedText {
  if (named.length === 0)
    return {
      es: 'Todavía no hay proyectos. /init nombre hace uno; uno que ya existe se agrega con su carpeta: recurso "projects".',
      en: 'There are no projects yet. /init name makes one; one that exists is added with its folder: resource "projects".',
    };
  const list = named.slice(0, 20).join(', ');
  return wanted === undefined
    ? {
        es: `¿En qué proyecto? Hay: ${list}. Se elige con /project nombre.`,
        en: `In which project? There are: ${list}. /project name chooses one.`,
      }
    : { es: `No hay un proyecto "${wanted}". Hay: ${list}.`, en: `There is no project "${wanted}". There are: ${list}.` };
}
