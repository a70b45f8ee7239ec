/** Quality cases of workspaces, and the jobs that play them. */
import { extname, join } from 'node:path';
import { EvaluationCases } from '../evaluations/cases.ts';
import { EvaluationWork } from '../evaluations/evaluation-work.ts';
import { Evaluations } from '../evaluations/evaluations.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { ReleasePart } from '../release/open.ts';
import type { Jobs } from '../run/jobs.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

export interface EvaluationPart {
  cases: EvaluationCases;
  evaluations: Evaluations;
  work: EvaluationWork;
}

export function openEvaluations(
  { settings, scope, now, newId }: Base,
  { pool, workspaces }: Foundation,
  { releases, gateway, jobs }: { releases: ReleasePart; gateway: Gateway; jobs: Jobs },
): EvaluationPart {
  const enqueue = (workspaceId: string, evaluationId: string) => jobs.enqueue('evaluation', { workspaceId, evaluationId });
  const work = new EvaluationWork({
    pool,
    releases,
    gateway,
    // A program of its own, not a part of this one. Its suffix follows this file's: sources run as they are, dist/ is what is installed.
    program: join(import.meta.dirname, '../cli', `evaluation-process${extname(import.meta.filename)}`),
    configFile: settings.configFile,
    timeZoneOf: async (workspaceId) => (await workspaces.get(workspaceId)).timeZone,
    enqueue,
    now,
  });
  return {
    cases: new EvaluationCases({ pool, now, newId }),
    evaluations: new Evaluations({ pool, releases, enqueue, now, newId }),
    work: scope.adopt(work, (each) => each.close()),
  };
}
