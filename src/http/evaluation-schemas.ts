/** Shapes of the API of evaluations. */
import { z } from 'zod';
import { caseDefinition, evaluationCase } from '../evaluations/case.ts';
import type { StoredCase } from '../evaluations/cases.ts';
import type { AgentEvaluation } from '../evaluations/contract.ts';
import type { permissionTable } from '../identity/permissions.ts';

type Permitted = { permission: keyof typeof permissionTable };
export const evaluationsRead = { permission: 'evaluations:read' } satisfies Permitted;
export const evaluationsManage = { permission: 'evaluations:manage' } satisfies Permitted;

export const agentName = z.string().min(1).max(100);
export const caseName = evaluationCase.shape.id;

export const caseShape = caseDefinition
  .extend({
    id: z.string(),
    agent: z.string(),
    name: z.string(),
    conversationId: z.string().nullable().describe('The conversation that it was made from, with which it is erased'),
    version: z.number().int(),
    createdBy: z.string(),
    createdAt: z.date(),
    updatedAt: z.date(),
  })
  .meta({ id: 'EvaluationCase' });

export const newCase = caseDefinition.extend({ agent: agentName, name: caseName });
export const caseChanges = caseDefinition.partial().extend({ name: caseName.optional() });
export const importedCases = z.strictObject({
  agent: agentName,
  cases: z
    .array(evaluationCase)
    .max(2_000)
    .optional()
    .describe('As lines of evals/*.jsonl have them; those that the agent brings where absent'),
});

export const evaluationStatuses = ['queued', 'running', 'finished', 'failed'] as const;

export const agentEvaluationShape = z
  .object({
    id: z.string(),
    agent: z.string(),
    agentVersion: z.string(),
    models: z.boolean().describe('Whether the model of the agent is asked; without it its flows answer'),
    status: z.enum(evaluationStatuses),
    failure: z.string().nullable().describe('Why it could not be played; results so far stay'),
    cost: z.number().describe('US dollars of its model calls'),
    cases: z.number().int(),
    passed: z.number().int(),
    failed: z.number().int(),
    createdBy: z.string(),
    createdAt: z.date(),
    finishedAt: z.date().nullable(),
  })
  .meta({ id: 'Evaluation' });

export const resultShape = z
  .object({
    position: z.number().int(),
    name: z.string(),
    definition: z.record(z.string(), z.unknown()).describe('The case as it was when the evaluation began'),
    passed: z.boolean().nullable().describe('null while it waits'),
    faults: z.array(z.string()).describe('What was expected and not met'),
    milliseconds: z.number().int().nullable(),
  })
  .meta({ id: 'EvaluationResult' });

const word = z.enum(['passed', 'failed', 'absent']);

export const comparisonShape = z
  .object({
    base: agentEvaluationShape,
    other: agentEvaluationShape,
    fixed: z.number().int(),
    broken: z.number().int(),
    same: z.number().int(),
    differs: z.number().int(),
    added: z.number().int(),
    gone: z.number().int(),
    changes: z
      .array(
        z.object({
          name: z.string(),
          base: word,
          other: word,
          faults: z.array(z.string()).describe('What the other did not meet'),
          change: z
            .enum(['fixed', 'broken', 'same', 'differs', 'added', 'gone'])
            .describe('differs: it is another case by now, so that the two do not compare'),
        }),
      )
      .describe('Cases that are not the same, by name; 500 at most'),
  })
  .meta({ id: 'EvaluationComparison' });

export function caseView({ conversationId, ...rest }: StoredCase): z.infer<typeof caseShape> {
  return { ...rest, conversationId: conversationId ?? null };
}

export function evaluationView({ failure, finishedAt, ...rest }: AgentEvaluation): z.infer<typeof agentEvaluationShape> {
  return { ...rest, failure: failure ?? null, finishedAt: finishedAt ?? null };
}
