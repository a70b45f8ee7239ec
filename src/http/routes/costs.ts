import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { dollarsOf } from '../../llm/money/prices.ts';
import { type CostPeriod, type CostRow, costGroups } from '../../llm/money/spending.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';

const period = {
  since: z.iso.datetime({ offset: true }).optional().describe('30 days before `until` where absent'),
  until: z.iso.datetime({ offset: true }).optional().describe('Now where absent. Calls are counted by whole hours (UTC)'),
};

const cost = z.object({
  name: z.string().nullable().describe('Of the group; null for calls without one, e.g. at the gateway without an agent'),
  calls: z.int(),
  tokens: z.int(),
  money: z.number().describe('US dollars'),
  unpriced: z.int().describe('Calls to models without a price, which are not in `money`'),
});

const costs = z.object({ since: z.date(), until: z.date(), costs: z.array(cost), total: cost });

const dayMs = 86_400_000;

/** What calls to models cost: of a workspace, and of all. */
export function costRoutes(app: TypedFastify, { spending, identity, now }: HttpDependencies): void {
  const periodOf = (query: { since?: string | undefined; until?: string | undefined }): CostPeriod => {
    const until = query.until === undefined ? now() : new Date(query.until);
    const since = query.since === undefined ? new Date(until.getTime() - 30 * dayMs) : new Date(query.since);
    if (since >= until) throw new TimonelError('invalid_request', '"since" must be before "until".');
    return { since, until };
  };

  app.get(
    '/api/v1/costs',
    {
      config: { permission: 'budgets:read' },
      schema: {
        summary: 'What calls to models cost in this workspace, the most first; 1,000 rows at most',
        description: 'Stored within two seconds after a call ends. The total is of the rows shown.',
        querystring: z.strictObject({ by: z.enum(costGroups).default('agent'), ...period }),
        response: { 200: costs },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const asked = periodOf(request.query);
      const { timeZone } = await identity.workspaces.get(workspaceId);
      return viewOf(asked, await spending.costs(workspaceId, request.query.by, asked, timeZone));
    },
  );

  app.get(
    '/api/v1/costs/workspaces',
    {
      config: { permission: 'operations:read', installation: true },
      schema: {
        summary: 'What calls to models cost in each workspace of this installation, the most first; 1,000 rows at most',
        querystring: z.strictObject(period),
        response: { 200: costs },
      },
    },
    async (request) => {
      const asked = periodOf(request.query);
      return viewOf(asked, await spending.costsOfWorkspaces(asked));
    },
  );
}

function viewOf({ since, until }: CostPeriod, rows: readonly CostRow[]): z.infer<typeof costs> {
  const total: CostRow = { name: null, calls: 0, tokens: 0, money: 0n, unpriced: 0 };
  for (const row of rows) {
    total.calls += row.calls;
    total.tokens += row.tokens;
    total.money += row.money;
    total.unpriced += row.unpriced;
  }
  const shown = (row: CostRow) => ({ ...row, money: dollarsOf(row.money) });
  return { since, until, costs: rows.map(shown), total: shown(total) };
}
