/** The list of steps, what is remembered of the project, and taking changes back. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type Database, defineTool, type Reconciliation } from '../../src/index.ts';
import { wasUndone } from './changes.ts';
import type { CoderMode, UndoReport } from './contract.ts';
import type { CoderProject } from './project.ts';
import { modeAndReads, saveSession } from './sessions.ts';
import { undo } from './undo.ts';

/** What rules look at before something changes that is neither a file nor a command. */
export interface ModeFacts {
  mode: CoderMode;
}

type UndoAnswer = { kind: 'moved' } & UndoReport;

/** Facts that a workspace keeps at most. */
const mostFacts = 200;

const plan = defineTool({
  name: 'plan',
  description: 'Keeps the list of steps of a larger task, whole, with the state of each. Shown to the user.',
  input: z.object({
    steps: z.array(z.object({ text: z.string().trim().min(1).max(300), state: z.enum(['open', 'doing', 'done']) })).max(50),
  }),
  effect: 'write',
  target: 'database',
  async execute({ steps }, context) {
    await context.query((database) => saveSession(database, context, context.conversationId, { plan: steps }));
    return { kind: 'kept' as const, steps };
  },
});

const remember = defineTool({
  name: 'remember',
  description: 'Keeps a fact about this project for later sessions, e.g. how its tests are run. Never a wish or an instruction.',
  input: z.object({ fact: z.string().trim().min(1).max(500) }),
  effect: 'write',
  target: 'database',
  async execute({ fact }, context) {
    const kept = await context.query(async (database) => {
      const { rows } = await database.execute<{ facts: number }>(
        sql`SELECT count(*)::integer AS facts FROM coder_memories WHERE workspace_id = ${context.workspaceId}`,
      );
      if ((rows[0]?.facts ?? 0) >= mostFacts) return false;
      await database.execute(sql`
        INSERT INTO coder_memories (workspace_id, id, fact) VALUES (${context.workspaceId}, ${context.newId()}, ${fact})
        ON CONFLICT (workspace_id, fact) DO NOTHING`);
      return true;
    });
    return kept ? { kind: 'kept' as const, fact } : { kind: 'full' as const, because: `${mostFacts} facts are kept. Forget one.` };
  },
});

const forget = defineTool({
  name: 'forget',
  description: 'Removes a fact that is remembered, by its exact words.',
  input: z.object({ fact: z.string().trim().min(1).max(500) }),
  effect: 'write',
  target: 'database',
  async execute({ fact }, context) {
    const { rows } = await context.query((database) =>
      database.execute(sql`DELETE FROM coder_memories WHERE workspace_id = ${context.workspaceId} AND fact = ${fact} RETURNING id`),
    );
    return { kind: rows.length > 0 ? ('forgotten' as const) : ('not-found' as const) };
  },
});

/** What is remembered, oldest first. */
export async function memoriesOf(database: Database, workspaceId: string): Promise<string[]> {
  const { rows } = await database.execute<{ fact: string }>(
    sql`SELECT fact FROM coder_memories WHERE workspace_id = ${workspaceId} ORDER BY id LIMIT ${mostFacts}`,
  );
  return rows.map(({ fact }) => fact);
}

export function smallTools(project: CoderProject) {
  const undoTool = defineTool({
    name: 'undo',
    description:
      'Takes back the changes of the last turn that changed files, or makes them anew. What the user wrote since stays. Only where the user asks for it.',
    input: z.object({ direction: z.enum(['undo', 'redo']).default('undo') }),
    effect: 'write',
    target: 'outside',
    timeoutMs: 60_000,
    async facts(_input, context): Promise<ModeFacts> {
      return { mode: (await modeAndReads(context, context.conversationId)).mode };
    },
    async execute({ direction }, context): Promise<UndoAnswer> {
      const { workspaceId, conversationId, idempotencyKey: key } = context;
      const files = await project.filesOf(context, conversationId);
      const report = await context.query((database) => undo(files, database, { workspaceId, conversationId, key }, { direction }));
      context.metrics.add('edits', { result: direction === 'undo' ? 'undone' : 'redone' }, report.changes.length);
      return { kind: 'moved', ...report };
    },
    // Made again it does the same, as long as it is not stored that it happened.
    async reconcile(key, _input, context): Promise<Reconciliation<UndoAnswer>> {
      const happened = await context.query((database) => wasUndone(database, context.workspaceId, key));
      return happened ? { kind: 'happened', output: { kind: 'moved', changes: [], files: [] } } : { kind: 'did-not-happen' };
    },
  });
  return [plan, remember, forget, undoTool];
}
