import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { readCases } from '../../evaluations/case.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import {
  agentName,
  caseChanges,
  caseName,
  caseShape,
  caseView,
  evaluationsManage,
  evaluationsRead,
  importedCases,
  newCase,
} from '../evaluation-schemas.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { fitting } from '../pages.ts';
import { askerText, reachOf, recordDeed, requireAgent } from '../requests.ts';
import { identifier } from '../schemas.ts';

const base = '/api/v1/evaluations/cases';
const one = z.object({ id: identifier });
/** A set of cases is larger than a message. */
const largestImport = 8_388_608;

/** Quality cases of the agents of a workspace. */
export function evaluationCaseRoutes(
  app: TypedFastify,
  { evaluations: { cases }, agents, views, identity }: HttpDependencies,
): void {
  const agentOf = (name: string) => {
    const agent = agents.get(name);
    if (agent !== undefined) return agent;
    throw new TimonelError('agent_not_found', `There is no agent "${name}". There are: ${[...agents.keys()].join(', ')}.`);
  };
  const target = (id: string) => ({ kind: 'evaluation-case', id });

  app.get(
    base,
    {
      config: evaluationsRead,
      schema: {
        summary: 'Quality cases of an agent, by name',
        querystring: z.strictObject({
          agent: agentName,
          after: caseName.optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ cases: z.array(caseShape), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { agent, after, limit } = request.query;
      requireAgent(principal, agent);
      const rows = (await cases.list(principal.workspaceId, { agent, after, limit })).map(caseView);
      const shown = fitting(rows);
      const more = rows.length === limit || shown.length < rows.length;
      return { cases: shown, next: more ? (shown.at(-1)?.name ?? null) : null };
    },
  );

  app.post(
    base,
    {
      config: evaluationsManage,
      schema: { summary: 'Add a quality case', body: newCase, response: { 201: caseShape } },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      requireAgent(principal, agentOf(request.body.agent).name);
      const added = await cases.add(principal.workspaceId, request.body, askerText(principal));
      await recordDeed(identity, request, { action: 'evaluation-case-added', target: target(added.id) });
      return reply.code(201).header('location', `${base}/${added.id}`).send(caseView(added));
    },
  );

  app.post(
    `${base}/import`,
    {
      config: evaluationsManage,
      bodyLimit: largestImport,
      schema: {
        summary: 'Add cases, and change those of the same name: all of them or none',
        description: 'Without "cases" it takes those that the agent brings in its folder `evals`.',
        body: importedCases,
        response: {
          200: z.object({ added: z.number().int(), changed: z.number().int(), unchanged: z.number().int() }),
        },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const agent = agentOf(request.body.agent);
      requireAgent(principal, agent.name);
      if (request.body.cases === undefined && agent.evals === undefined)
        throw new TimonelError('invalid_request', `The agent "${agent.name}" brings no cases. Send "cases".`);
      const given = request.body.cases ?? readCases(agent);
      const done = await cases.import(principal.workspaceId, agent.name, given, askerText(principal));
      const deed = { action: 'evaluation-cases-imported', target: { kind: 'agent', id: agent.name }, details: { ...done } };
      await recordDeed(identity, request, deed);
      return done;
    },
  );

  app.post(
    `${base}/from-run`,
    {
      config: evaluationsManage,
      schema: {
        summary: 'Make a case of the conversation of a run, up to that run',
        description:
          'What each turn came to stands as what is expected: change it to what should have come. The case is erased with the conversation.',
        body: z.strictObject({ runId: identifier, name: caseName.optional() }),
        response: { 201: caseShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { runId, name } = request.body;
      await views.run(principal.workspaceId, runId, reachOf(principal, 'conversations:read-all'));
      const added = await cases.addFromRun(principal.workspaceId, runId, name, askerText(principal));
      await recordDeed(identity, request, { action: 'evaluation-case-added', target: target(added.id), details: { runId } });
      return reply.code(201).header('location', `${base}/${added.id}`).send(caseView(added));
    },
  );

  app.get(
    `${base}/:id`,
    { config: evaluationsRead, schema: { summary: 'A quality case', params: one, response: { 200: caseShape } } },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const found = await cases.get(principal.workspaceId, request.params.id);
      requireAgent(principal, found.agent);
      reply.header('etag', `"${found.version}"`);
      return caseView(found);
    },
  );

  app.patch(
    `${base}/:id`,
    {
      config: evaluationsManage,
      schema: {
        summary: 'Change a quality case; results that it had stay as they are',
        params: one,
        headers: ifMatch,
        body: caseChanges,
        response: { 200: caseShape },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      requireAgent(principal, (await cases.get(principal.workspaceId, id)).agent);
      const version = expectedVersion(request.headers['if-match']);
      const changed = await cases.change(principal.workspaceId, id, version, request.body);
      const details = { fields: Object.keys(request.body) };
      await recordDeed(identity, request, { action: 'evaluation-case-changed', target: target(id), details });
      reply.header('etag', `"${changed.version}"`);
      return caseView(changed);
    },
  );

  app.delete(
    `${base}/:id`,
    {
      config: evaluationsManage,
      schema: { summary: 'Remove a quality case; results that it had stay', params: one, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { id } = request.params;
      requireAgent(principal, (await cases.get(principal.workspaceId, id)).agent);
      await cases.remove(principal.workspaceId, id);
      await recordDeed(identity, request, { action: 'evaluation-case-removed', target: target(id) });
      return reply.code(204).send(null);
    },
  );
}
