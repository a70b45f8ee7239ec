/** What the rules look at before something is written to a project. */
import { sql } from '../../../src/database.ts';
import type { LocalizedText, ToolContext } from '../../../src/index.ts';
import type { Generation } from '../contract.ts';
import { loadContents } from '../rows/contents.ts';
import { findGeneration, loadRounds } from '../rows/generations.ts';
import { stateName, type Workshop } from '../workshop.ts';
import { mayBeOffered } from './check.ts';
import { idOf } from './person.ts';

export interface WorkspaceRules {
  autoApprove: boolean;
  selfApprove: boolean;
  minScore: number;
}

export interface WritingFacts {
  /** Why it cannot be done now; `stale` is looked at again. */
  problem: { id: 'stale' | 'superseded' | 'tree' | 'not-offered' | 'missing'; reason: LocalizedText } | undefined;
  rules: WorkspaceRules;
  score: number;
  executed: boolean;
  autoAsked: boolean;
  /** `user:…` or `api-key:…`. */
  requester: string | undefined;
  /** Who approved it, once somebody did. */
  approver: string | undefined;
  /** What the person is shown. */
  summary: LocalizedText;
}

const strict: WorkspaceRules = { autoApprove: false, selfApprove: false, minScore: 7 };

export async function workspaceRules({ workspaceId, query }: Pick<ToolContext, 'workspaceId' | 'query'>): Promise<WorkspaceRules> {
  const { rows } = await query((database) =>
    database.execute<{ auto: boolean; self: boolean; least: number }>(sql`
      SELECT auto_approve AS auto, self_approve AS self, min_score AS least FROM codegen_rules WHERE workspace_id = ${workspaceId} LIMIT 1`),
  );
  const [row] = rows;
  return row === undefined ? strict : { autoApprove: row.auto, selfApprove: row.self, minScore: row.least };
}

export interface CommitInput {
  generation: string;
  round: number;
  tree: string;
  base: string;
}

/** Facts of a commit: the round that is offered, the tree that it is bound to, and whether the base is where it was. */
export async function commitFacts(
  workshop: Workshop,
  { generation: id, round, tree, base }: CommitInput,
  context: ToolContext,
): Promise<WritingFacts> {
  const [generation, rules, who] = await Promise.all([
    findGeneration(context, id),
    workspaceRules(context),
    context.answerable?.(),
  ]);
  const plain = { rules, requester: generation?.askedBy, approver: who?.approved === true ? idOf(who) : undefined };
  const failed = (problem: NonNullable<WritingFacts['problem']>): WritingFacts => ({
    ...plain,
    problem,
    score: 0,
    executed: false,
    autoAsked: false,
    summary: problem.reason,
  });
  if (generation === undefined)
    return failed({ id: 'missing', reason: { es: 'Esa generación no está más.', en: 'That generation is not there any more.' } });
  const rounds = await loadRounds(context, id);
  const own = rounds.find((each) => each.round === round);
  if (own?.tree !== tree || own.score === undefined)
    return failed({
      id: 'tree',
      reason: {
        es: 'El contenido no es el que se mostró: hay que mirarlo de nuevo.',
        en: 'The content is not what was shown: it has to be looked at again.',
      },
    });
  const done = generation.result === 'committed' || generation.result === 'written';
  if (!done && (generation.stage === 'ended' || generation.runId !== context.runId))
    return failed({
      id: 'superseded',
      reason: {
        es: 'Esta propuesta ya no está en pie: hay una más nueva, o fue rechazada.',
        en: 'This proposal does not stand any more: there is a newer one, or it was rejected.',
      },
    });
  if (!mayBeOffered(own))
    return failed({
      id: 'not-offered',
      reason: { es: 'No pasa sus pruebas, así que no se ofrece.', en: 'It does not pass its tests, so it is not offered.' },
    });
  const project = await workshop.open(generation.folder);
  const now = await project.state(Object.keys(own.changes));
  if (!done && (stateName(now) !== base || stateName(generation.base) !== base) && !sameFiles(now, generation))
    return failed({
      id: 'stale',
      reason: {
        es: 'El proyecto cambió desde que se preparó: se revisa otra vez.',
        en: 'The project has changed since this was prepared: it is checked again.',
      },
    });
  const { score } = own;
  const changes = await loadContents(context, own.changes);
  const [diff, remarks] = await Promise.all([project.diff(generation.base, changes), project.remarks(changes)]);
  return {
    ...plain,
    problem: undefined,
    score: score.value,
    executed: score.executed,
    autoAsked: generation.options.autoApprove,
    summary: summaryOf(generation, {
      round,
      score: score.value,
      executed: score.executed,
      paths: Object.keys(own.changes),
      diff,
      remarks,
    }),
  };
}

/** Of a folder without git the state that was stored may name more files than those that are written. */
function sameFiles(now: Generation['base'], { base }: Generation): boolean {
  if (now.kind !== 'folder' || base.kind !== 'folder') return false;
  return Object.entries(now.hashes).every(([path, hash]) => !Object.hasOwn(base.hashes, path) || base.hashes[path] === hash);
}

const longestDiff = 6_000;

function summaryOf(
  { project, request, options, id }: Generation,
  {
    round,
    score,
    executed,
    paths,
    diff,
    remarks,
  }: { round: number; score: number; executed: boolean; paths: readonly string[]; diff: string; remarks: readonly string[] },
): LocalizedText {
  const files = [paths.slice(0, 20).join(', '), ...remarks.slice(0, 10)].join('. ');
  const shown = diff.length > longestDiff ? `${diff.slice(0, longestDiff)}\n[…]` : diff;
  const asked = request.length > 300 ? `${request.slice(0, 300)}…` : request;
  return {
    es: `${options.git ? `Commit en timonel/${id}` : 'Escribir archivos'} del proyecto ${project}: «${asked}». Ronda ${round}, puntaje ${score}${executed ? '' : ' (pruebas sin correr)'}. Archivos: ${files}.\n${shown}`,
    en: `${options.git ? `Commit onto timonel/${id}` : 'Write files'} of the project ${project}: "${asked}". Round ${round}, score ${score}${executed ? '' : ' (tests not executed)'}. Files: ${files}.\n${shown}`,
  };
}
