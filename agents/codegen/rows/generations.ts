/** Rows of generations with their tasks and rounds. */
import { type SQL, sql } from '../../../src/database.ts';
import type { WorkspaceAccess } from '../../../src/index.ts';
import type { Generation, GenerationRound, GenerationTask, KeptChanges } from '../contract.ts';

type Access = Pick<WorkspaceAccess, 'workspaceId' | 'query' | 'now'>;
type Reading = Pick<Access, 'workspaceId' | 'query'>;

const nullable = <T>(value: T | null): T | undefined => value ?? undefined;

interface GenerationRow extends Record<string, unknown> {
  id: string;
  created_at: string | Date;
  spent: number;
  row: Record<string, unknown>;
  tasks: TaskRow[] | null;
}

interface TaskRow extends Record<string, unknown> {
  id: string;
  kind: GenerationTask['kind'];
  description: string;
  files: GenerationTask['files'];
  depends_on: string[];
  state: GenerationTask['state'];
  attempt: number;
  run_id: string | null;
  reason: string | null;
  cost: number;
  changes: KeptChanges;
}

const select = (where: SQL, rest: SQL = sql``) => sql`
  SELECT g.id, g.created_at, to_jsonb(g) AS row, (SELECT COALESCE(sum(c.cost), 0) FROM codegen_role_runs c
    WHERE c.workspace_id = g.workspace_id AND c.generation_id = g.id)::float8 AS spent, (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.position) FROM codegen_tasks t
    WHERE t.workspace_id = g.workspace_id AND t.generation_id = g.id AND t.round = g.round) AS tasks
  FROM codegen_generations g WHERE ${where} ${rest}`;

function taskOf(row: TaskRow): GenerationTask {
  const { id, kind, description, files, state, attempt, cost, changes } = row;
  const own = { dependsOn: row.depends_on, runId: nullable(row.run_id), reason: nullable(row.reason) };
  return { id, kind, description, files, state, attempt, cost, changes, ...own };
}

function generationOf({ id, created_at, spent, row, tasks }: GenerationRow): Generation {
  const text = (name: string) => (typeof row[name] === 'string' ? row[name] : undefined);
  return {
    id,
    workspaceId: text('workspace_id') ?? '',
    conversationId: text('conversation_id') ?? '',
    runId: text('run_id') ?? '',
    project: text('project') ?? '',
    folder: text('folder') ?? '',
    request: text('request') ?? '',
    language: text('language') === 'es' ? 'es' : 'en',
    options: row['options'] as Generation['options'],
    stage: text('stage') as Generation['stage'],
    result: text('result') as Generation['result'],
    reason: text('reason'),
    askedBy: text('asked_by'),
    base: row['base'] as Generation['base'],
    analysis: nullable(row['analysis'] as Generation['analysis'] | null),
    plan: nullable(row['plan'] as Generation['plan'] | null),
    tasks: (tasks ?? []).map(taskOf),
    round: Number(row['round']),
    budget: Number(row['budget']),
    spent,
    commit: text('commit_hash'),
    branch: text('branch'),
    approvedBy: text('approved_by_name'),
    before: nullable(row['before'] as KeptChanges | null),
    merged: text('merged'),
    reverted: text('reverted'),
    createdAt: new Date(created_at),
  };
}

export async function findGeneration({ workspaceId, query }: Reading, id: string): Promise<Generation | undefined> {
  const { rows } = await query((database) =>
    database.execute<GenerationRow>(select(sql`g.workspace_id = ${workspaceId} AND g.id = ${id}`)),
  );
  return rows[0] === undefined ? undefined : generationOf(rows[0]);
}

/** @throws Error where it is not there: its conversation was erased, say */
export async function loadGeneration(access: Reading, id: string): Promise<Generation> {
  const found = await findGeneration(access, id);
  if (found === undefined) throw new Error(`There is no generation ${id} in this workspace.`);
  return found;
}

/** The latest of a conversation. */
export async function latestGeneration({ workspaceId, query }: Reading, conversation: string): Promise<Generation | undefined> {
  const { rows } = await query((database) =>
    database.execute<GenerationRow>(
      select(
        sql`g.workspace_id = ${workspaceId} AND g.conversation_id = ${conversation}`,
        sql`ORDER BY g.created_at DESC, g.id DESC LIMIT 1`,
      ),
    ),
  );
  return rows[0] === undefined ? undefined : generationOf(rows[0]);
}

/** The latest first. @param after id of the last one of the page before */
export async function listGenerations(
  { workspaceId, query }: Reading,
  { project, limit, after }: { project?: string | undefined; limit: number; after?: string | undefined },
): Promise<Generation[]> {
  const { rows } = await query((database) =>
    database.execute<GenerationRow>(
      select(
        sql`g.workspace_id = ${workspaceId} AND (${project ?? null}::text IS NULL OR g.project = ${project ?? null})
          AND (${after ?? null}::uuid IS NULL OR (g.created_at, g.id) < (SELECT a.created_at, a.id FROM codegen_generations a
            WHERE a.workspace_id = ${workspaceId} AND a.id = ${after ?? null}::uuid))`,
        sql`ORDER BY g.created_at DESC, g.id DESC LIMIT ${limit}`,
      ),
    ),
  );
  return rows.map(generationOf);
}

export type GenerationChanges = Partial<
  Pick<
    Generation,
    'stage' | 'reason' | 'analysis' | 'plan' | 'round' | 'runId' | 'commit' | 'branch' | 'merged' | 'reverted' | 'base'
  >
> & { result?: Generation['result'] | null; approvedBy?: { id: string; name: string }; before?: KeptChanges };

/** Changes what is named; the rest stays. */
export async function updateGeneration(access: Access, id: string, changes: GenerationChanges): Promise<void> {
  const set: Record<string, unknown> = {};
  const put = (column: string, value: unknown) => {
    if (value !== undefined) set[column] = value;
  };
  put('stage', changes.stage);
  put('result', changes.result);
  put('reason', changes.reason);
  put('analysis', changes.analysis);
  put('plan', changes.plan);
  put('round', changes.round);
  put('run_id', changes.runId);
  put('base', changes.base);
  put('before', changes.before);
  put('commit_hash', changes.commit);
  put('branch', changes.branch);
  put('merged', changes.merged);
  put('reverted', changes.reverted);
  put('approved_by', changes.approvedBy?.id);
  put('approved_by_name', changes.approvedBy?.name);
  const columns = Object.keys(set);
  const assignments = columns.map((column) => sql`${sql.raw(column)} = n.${sql.raw(column)}`);
  await access.query((database) =>
    database.execute(sql`
      UPDATE codegen_generations g SET ${sql.join([...assignments, sql`updated_at = ${access.now().toISOString()}::timestamptz`], sql`, `)}
      FROM jsonb_populate_record(NULL::codegen_generations, ${JSON.stringify(set)}::jsonb) n
      WHERE g.workspace_id = ${access.workspaceId} AND g.id = ${id}`),
  );
}

export async function loadRounds({ workspaceId, query }: Reading, id: string): Promise<GenerationRound[]> {
  const { rows } = await query((database) =>
    database.execute<Record<string, unknown>>(sql`
      SELECT round, feedback, tree, changes, report, review, score FROM codegen_rounds
      WHERE workspace_id = ${workspaceId} AND generation_id = ${id} ORDER BY round`),
  );
  return rows.map((row) => ({
    round: Number(row['round']),
    feedback: nullable(row['feedback'] as string | null),
    tree: nullable(row['tree'] as string | null),
    changes: row['changes'] as KeptChanges,
    report: nullable(row['report'] as GenerationRound['report'] | null),
    review: nullable(row['review'] as GenerationRound['review'] | null),
    score: nullable(row['score'] as GenerationRound['score'] | null),
  }));
}

export async function saveRound(access: Access, id: string, round: GenerationRound): Promise<void> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await access.query((database) =>
    database.execute(sql`
      INSERT INTO codegen_rounds (workspace_id, generation_id, round, feedback, tree, changes, report, review, score)
      VALUES (${access.workspaceId}, ${id}, ${round.round}, ${round.feedback ?? null}, ${round.tree ?? null}, ${json(round.changes)}::jsonb,
        ${json(round.report)}::jsonb, ${json(round.review)}::jsonb, ${json(round.score)}::jsonb)
      ON CONFLICT (workspace_id, generation_id, round) DO UPDATE SET feedback = coalesce(codegen_rounds.feedback, excluded.feedback),
        tree = excluded.tree, changes = excluded.changes, report = excluded.report, review = excluded.review, score = excluded.score`),
  );
}
