import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import {
  agentEvaluationShape,
  agentName,
  caseName,
  comparisonShape,
  evaluationsManage,
  evaluationsRead,
  evaluationView,
  resultShape,
} from '../evaluation-schemas.ts';
import { requestPrincipalOf } from '../guard.ts';
import { fitting, pageCursorOf, pagePlaceOf, pageQuery } from '../pages.ts';
import { askerText, recordDeed, requireAgent } from '../requests.ts';
import { identifier } from '../schemas.ts';

const base = '/api/v1/evaluations';
const one = z.object({ id: identifier });

/** Evaluations: the cases of an agent, played against one of its versions by a job. */
export function evaluationRoutes(app: TypedFastify, { evaluations: { evaluations }, identity }: HttpDependencies): void {
  const target = (id: string) => ({ kind: 'evaluation', id });

  app.get(
    base,
    {
      config: evaluationsRead,
      schema: {
        summary: 'Evaluations, the newest first',
        querystring: pageQuery.extend({
          agent: agentName.optional(),
          version: z.string().min(1).max(200).optional().describe('Version of the agent'),
        }),
        response: { 200: z.object({ evaluations: z.array(agentEvaluationShape), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { agent, version, after, limit } = request.query;
      if (agent !== undefined) requireAgent(principal, agent);
      const rows = await evaluations.list(principal.workspaceId, {
        agent,
        version,
        agents: principal.agents,
        after: pagePlaceOf(after),
        limit,
      });
      return { evaluations: rows.map(({ place: _place, ...row }) => evaluationView(row)), next: pageCursorOf(rows, limit) };
    },
  );

  app.post(
    base,
    {
      config: { ...evaluationsManage, spends: true },
      schema: {
        summary: 'Play the cases of an agent against one of its versions',
        description:
          'A job plays them in a process of its own, on the sample data of the agent and a store that goes afterwards: it reaches no customers, no data of the workspace and no other system. With "models" the model of the agent is asked, on the account of the workspace.',
        body: z.strictObject({
          agent: agentName,
          version: z.string().min(1).max(200).optional().describe('The one in force where absent'),
          cases: z.array(caseName).min(1).max(2_000).optional().describe('Names of cases; all of the agent where absent'),
          models: z.boolean().optional().describe('Where absent: true for an agent without flows, else false'),
        }),
        response: { 202: agentEvaluationShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      requireAgent(principal, request.body.agent);
      const begun = await evaluations.begin(principal.workspaceId, request.body, askerText(principal));
      const details = { agent: begun.agent, version: begun.agentVersion, models: begun.models };
      await recordDeed(identity, request, { action: 'evaluation-started', target: target(begun.id), details });
      return reply.code(202).header('location', `${base}/${begun.id}`).send(evaluationView(begun));
    },
  );

  app.get(
    `${base}/compare`,
    {
      config: evaluationsRead,
      schema: {
        summary: 'Two evaluations or versions of one agent, case by case: what the other fixed, and what it broke',
        querystring: z.strictObject({
          agent: agentName
            .optional()
            .describe('With it "base" and "other" are versions: the latest evaluation of each that is finished'),
          base: z.string().min(1).max(200),
          other: z.string().min(1).max(200),
        }),
        response: { 200: comparisonShape },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const { agent, base: one, other } = request.query;
      if (agent !== undefined) requireAgent(principal, agent);
      else if (![one, other].every((id) => identifier.safeParse(id).success))
        throw new TimonelError('invalid_request', '"base" and "other" are ids of evaluations; versions take "agent" too.');
      const compared =
        agent === undefined
          ? evaluations.compare(workspaceId, one, other)
          : evaluations.compareVersions(workspaceId, agent, one, other);
      const { base: ofBase, other: ofOther, ...rest } = await compared;
      requireAgent(principal, ofBase.agent);
      return { base: evaluationView(ofBase), other: evaluationView(ofOther), ...rest };
    },
  );

  app.get(
    `${base}/:id`,
    { config: evaluationsRead, schema: { summary: 'An evaluation', params: one, response: { 200: agentEvaluationShape } } },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const found = await evaluations.get(principal.workspaceId, request.params.id);
      requireAgent(principal, found.agent);
      return evaluationView(found);
    },
  );

  app.get(
    `${base}/:id/results`,
    {
      config: evaluationsRead,
      schema: {
        summary: 'What came of the cases of an evaluation, in their order',
        params: one,
        querystring: z.strictObject({
          passed: z.enum(['true', 'false']).optional().describe('Those that passed, or those that did not'),
          after: z.coerce.number().int().min(0).max(2_000_000).default(0).describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ results: z.array(resultShape), next: z.number().int().nullable() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { passed, after, limit } = request.query;
      const { id } = request.params;
      requireAgent(principal, (await evaluations.get(principal.workspaceId, id)).agent);
      const filter = { passed: passed === undefined ? undefined : passed === 'true', after, limit };
      const rows = await evaluations.results(principal.workspaceId, id, filter);
      const shown = fitting(
        rows.map((row) => ({
          ...row,
          definition: { ...row.definition },
          passed: row.passed ?? null,
          milliseconds: row.milliseconds ?? null,
        })),
      );
      const more = rows.length === limit || shown.length < rows.length;
      return { results: shown, next: more ? (shown.at(-1)?.position ?? null) : null };
    },
  );

  app.delete(
    `${base}/:id`,
    {
      config: evaluationsManage,
      schema: { summary: 'Remove an evaluation with its results; one under way stops', params: one, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      requireAgent(principal, (await evaluations.get(principal.workspaceId, id)).agent);
      await evaluations.remove(principal.workspaceId, id);
      await recordDeed(identity, request, { action: 'evaluation-removed', target: target(id) });
      return reply.code(204).send(null);
    },
  );
}
