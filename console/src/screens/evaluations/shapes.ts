import type { Answer } from '../../api/client.ts';

export type Evaluation = Answer<'GET /api/v1/evaluations'>['evaluations'][number];
export type Result = Answer<'GET /api/v1/evaluations/{id}/results'>['results'][number];
export type QualityCase = Answer<'GET /api/v1/evaluations/cases'>['cases'][number];
export type Turn = QualityCase['turns'][number];

export const touchedByCases = ['GET /api/v1/evaluations/cases', 'GET /api/v1/evaluations/cases/{id}'] as const;
export const touchedByEvaluations = ['GET /api/v1/evaluations', 'GET /api/v1/evaluations/{id}'] as const;

export const isUnderWay = ({ status }: Pick<Evaluation, 'status'>) => status === 'queued' || status === 'running';

/** A version without the hash of its content. */
export const shortVersion = (version: string) => version.split('+')[0] ?? version;
