/** What the terminal asks beside conversations: the project, sessions with their modes and changes, undo, and what a call would do. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type AnyRoute, defineRoute, type RouteContext, TimonelError } from '../../src/index.ts';
import { listChanges } from './changes.ts';
import { coderModes } from './contract.ts';
import { diagnosticsLevels } from './diagnostics/contract.ts';
import { previewOf } from './edit-tools.ts';
import { changedTexts, editorRoutesOf } from './editor-routes.ts';
import { extensionRoutesOf } from './extension-routes.ts';
import { mcpRoutes } from './mcp-routes.ts';
import { namedFile, readNamed } from './named-files.ts';
import type { CoderProject } from './project.ts';
import { loadSession, saveSession } from './sessions.ts';
import { undo } from './undo.ts';

const permission = 'coder:use';
const ofSession = z.object({ conversation: z.uuid() });
const mode = z.enum(coderModes);
const diagnostics = z.enum(diagnosticsLevels);
const session = z.object({
  mode,
  diagnostics,
  title: z.string(),
  plan: z.array(z.object({ text: z.string(), state: z.enum(['open', 'doing', 'done']) })),
});
const undoneFile = z.object({
  path: z.string(),
  result: z.enum(['restored', 'merged', 'conflict', 'nothing', 'not-kept', 'refused']),
  message: z.string().optional(),
  diff: z.string().optional(),
});

export function routesOf(project: CoderProject): readonly AnyRoute[] {
  const projectRoute = defineRoute({
    method: 'GET',
    path: '/project',
    summary: 'The folder that is worked in, and whether commands have a sandbox there',
    permission,
    answer: z.object({ folder: z.string(), sandbox: z.boolean(), because: z.string().optional() }),
    async handle() {
      const state = await project.sandbox();
      const { folder } = project;
      return state.available ? { folder, sandbox: true } : { folder, sandbox: false, because: state.reason };
    },
  });

  const list = defineRoute({
    method: 'GET',
    path: '/sessions',
    summary: 'Sessions, the latest first',
    permission,
    answer: z.object({
      sessions: z.array(
        z.object({ conversation: z.string(), title: z.string(), mode, changes: z.number(), updatedAt: z.string() }),
      ),
    }),
    async handle(_request, { workspaceId, query }) {
      const { rows } = await query((database) =>
        database.execute<{
          conversation_id: string;
          title: string;
          mode: (typeof coderModes)[number];
          changes: number;
          updated_at: string | Date;
        }>(sql`
          SELECT s.conversation_id, s.title, s.mode, s.updated_at, (SELECT count(*)::integer FROM coder_changes c
            WHERE c.workspace_id = s.workspace_id AND c.conversation_id = s.conversation_id) AS changes
          FROM coder_sessions s WHERE s.workspace_id = ${workspaceId} ORDER BY s.updated_at DESC LIMIT 100`),
      );
      return {
        sessions: rows.map((row) => ({
          conversation: row.conversation_id,
          title: row.title,
          mode: row.mode,
          changes: row.changes,
          updatedAt: new Date(row.updated_at).toISOString(),
        })),
      };
    },
  });

  const show = defineRoute({
    method: 'GET',
    path: '/sessions/:conversation',
    summary: 'A session: its mode, its title, its list of steps',
    permission,
    params: ofSession,
    answer: session,
    handle: ({ params: { conversation } }, context) => sessionOf(context, conversation),
  });

  const change = defineRoute({
    method: 'PUT',
    path: '/sessions/:conversation',
    summary: 'Change the mode or the title of a session, or say what it was forked from',
    permission,
    params: ofSession,
    body: z.strictObject({
      mode: mode.optional(),
      diagnostics: diagnostics.optional(),
      title: z.string().trim().max(200).optional(),
      forked: z.strictObject({ conversation: z.uuid(), text: z.string().max(40_000) }).optional(),
    }),
    answer: session,
    async handle({ params: { conversation }, body }, context) {
      const { forked, ...rest } = body;
      await context.query((database) =>
        saveSession(database, context, conversation, { ...rest, ...(forked === undefined ? {} : { forked }) }),
      );
      return sessionOf(context, conversation);
    },
  });

  const changes = defineRoute({
    method: 'GET',
    path: '/sessions/:conversation/changes',
    summary: 'What a session changed, the latest first',
    permission,
    params: ofSession,
    answer: z.object({
      changes: z.array(
        z.object({
          id: z.string(),
          runId: z.string(),
          kind: z.enum(['edit', 'command']),
          title: z.string(),
          at: z.string(),
          files: z.array(z.object({ path: z.string(), undone: z.boolean(), kept: z.boolean() })),
        }),
      ),
    }),
    async handle({ params: { conversation } }, { workspaceId, query }) {
      const found = await query((database) => listChanges(database, workspaceId, conversation));
      return {
        changes: found.map(({ id, runId, kind, title, createdAt, files }) => ({
          id,
          runId,
          kind,
          title,
          at: createdAt.toISOString(),
          files: files.map(({ path, undone, kept }) => ({ path, undone, kept })),
        })),
      };
    },
  });

  const take = defineRoute({
    method: 'POST',
    path: '/sessions/:conversation/undo',
    summary: 'Take back the last turn that changed files, or one change; or make it anew',
    description: 'What was written since stays: a file that changed is merged, and left as it is where that cannot be done.',
    permission,
    params: ofSession,
    body: z.strictObject({ direction: z.enum(['undo', 'redo']), change: z.string().max(40).optional() }),
    answer: z.object({ changes: z.array(z.string()), files: z.array(undoneFile) }),
    asksOutside: true,
    async handle({ params: { conversation }, body }, context) {
      const { workspaceId } = context;
      const place = { workspaceId, conversationId: conversation, key: `undo:${context.newId()}` };
      const files = await project.filesOf(context, conversation);
      const report = await context.query((database) => undo(files, database, place, body));
      context.metrics.add('edits', { result: body.direction === 'undo' ? 'undone' : 'redone' }, report.changes.length);
      return { changes: [...report.changes], files: [...report.files] };
    },
  });

  const file = defineRoute({
    method: 'GET',
    path: '/files',
    summary:
      'What a file of the project says, for a message that names it: a text, a picture, the names in a folder; null where it cannot be read',
    permission,
    query: z.object({ path: z.string().min(1).max(1_000), conversation: z.uuid().optional() }),
    answer: namedFile,
    handle: async ({ query: { path, conversation } }, context) =>
      readNamed(await (conversation === undefined ? project.files() : project.filesOf(context, conversation)), path),
  });

  const preview = defineRoute({
    method: 'POST',
    path: '/sessions/:conversation/preview',
    summary: 'The diff that a call of edit or write would make now',
    permission,
    params: ofSession,
    body: z.strictObject({ tool: z.enum(['edit', 'write']), args: z.record(z.string(), z.unknown()) }),
    answer: z.object({ diff: z.string(), files: changedTexts }),
    asksOutside: true,
    async handle({ params: { conversation }, body: { tool, args } }, context) {
      try {
        return await previewOf(project, context, conversation, tool, args);
      } catch (error) {
        throw new TimonelError('invalid_request', error instanceof Error ? error.message : String(error));
      }
    },
  });
  return [
    projectRoute,
    list,
    show,
    change,
    changes,
    take,
    file,
    preview,
    ...editorRoutesOf(project),
    ...extensionRoutesOf(project),
    ...mcpRoutes(project.mcp),
  ];
}

async function sessionOf({ workspaceId, query }: RouteContext, conversation: string) {
  const loaded = await query((database) => loadSession(database, workspaceId, conversation));
  return { mode: loaded.mode, diagnostics: loaded.diagnostics, title: loaded.title, plan: [...loaded.plan] };
}
