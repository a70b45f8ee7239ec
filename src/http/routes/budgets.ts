import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { type BudgetState, budgetScopes } from '../../llm/money/budget-list.ts';
import { dollarsOf, nanosOf } from '../../llm/money/prices.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { recordDeed } from '../requests.ts';
import * as schemas from '../schemas.ts';

const dollars = z.number().min(0).max(1_000_000).describe('US dollars');
const tokens = z.int().min(0).max(1_000_000_000_000);
const amount = z.object({ money: z.number().describe('US dollars'), tokens: z.int() });

const newBudget = z
  .strictObject({
    scope: z.enum(budgetScopes).describe('Whose calls it limits'),
    subject: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe('Id of the API key or user, or name of the agent; left out: each one for itself'),
    period: z.enum(['day', 'month']).optional().describe("By the workspace's calendar; left out for a run"),
    money: dollars.optional(),
    tokens: tokens.optional(),
  })
  .superRefine(({ scope, subject, period, money, tokens }, context) => {
    const wrong = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (money === undefined && tokens === undefined) wrong('money', 'give money (US dollars), tokens, or both');
    if (scope === 'run' && period !== undefined) wrong('period', 'a run has no day or month: leave it out');
    if (scope !== 'run' && period === undefined) wrong('period', 'must be "day" or "month"');
    if ((scope === 'run' || scope === 'workspace') && subject !== undefined)
      wrong('subject', `leave it out for the scope "${scope}"`);
    if ((scope === 'api-key' || scope === 'user') && subject !== undefined && !z.uuid().safeParse(subject).success)
      wrong('subject', `must be the id of the ${scope === 'user' ? 'user' : 'API key'}, not its name`);
  });

const budget = z.object({
  id: z.string(),
  scope: z.enum(budgetScopes),
  subject: z.string().nullable().describe('null: each one for itself'),
  period: z.enum(['day', 'month', 'run']),
  limit: z.object({ money: z.number().nullable(), tokens: z.number().nullable() }),
  resetsAt: z.string().nullable(),
  uses: z
    .array(
      z.object({
        subject: z.string().nullable(),
        spent: amount,
        reserved: amount.describe('Held for calls under way, and by processes for the calls of their next seconds'),
        left: z.object({ money: z.number().nullable(), tokens: z.number().nullable() }),
      }),
    )
    .describe('Those who used most in the period under way, most first; 100 at most'),
});

export function budgetRoutes(app: TypedFastify, { budgets, agents, identity }: HttpDependencies): void {
  const { list } = budgets;

  app.get(
    '/api/v1/budgets',
    {
      config: { permission: 'budgets:read' },
      schema: {
        summary: 'Budgets of this workspace, with what is spent, reserved and left',
        response: { 200: z.object({ budgets: z.array(budget) }) },
      },
    },
    async (request) => ({ budgets: (await list.states(requestPrincipalOf(request).workspaceId)).map(viewOf) }),
  );

  app.put(
    '/api/v1/budgets',
    {
      config: { permission: 'budgets:manage' },
      schema: {
        summary: 'Set the budget of a scope, subject and period; what is used of it stays',
        body: newBudget,
        response: { 200: budget },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const { scope, subject, period, money, tokens } = request.body;
      if (scope === 'agent' && subject !== undefined && !agents.has(subject)) {
        throw new TimonelError('agent_not_found', `There is no agent "${subject}". There are: ${[...agents.keys()].join(', ')}.`);
      }
      // A budget for somebody who does not exist would limit nobody, and nobody would notice.
      if (scope === 'api-key' && subject !== undefined) await identity.apiKeys.get(workspaceId, subject);
      if (scope === 'user' && subject !== undefined) await identity.members.get(workspaceId, subject);
      const { id } = await list.put(workspaceId, {
        scope,
        subject: subject ?? '*',
        period: period ?? 'run',
        money: money === undefined ? undefined : nanosOf(money),
        tokens,
      });
      const details = { scope, subject: subject ?? null, period: period ?? 'run', money: money ?? null, tokens: tokens ?? null };
      await recordDeed(identity, request, { action: 'budget-set', target: { kind: 'budget', id }, details });
      const state = (await list.states(workspaceId)).find((each) => each.id === id);
      if (state === undefined) throw new TimonelError('not_found', 'The budget was removed a moment after it was set.');
      return viewOf(state);
    },
  );

  app.delete(
    '/api/v1/budgets/:id',
    {
      config: { permission: 'budgets:manage' },
      schema: {
        summary: 'Remove a budget, with what was counted for it',
        params: z.object({ id: schemas.identifier }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await list.remove(requestPrincipalOf(request).workspaceId, request.params.id);
      await recordDeed(identity, request, { action: 'budget-removed', target: { kind: 'budget', id: request.params.id } });
      return reply.code(204).send(null);
    },
  );
}

function viewOf({ id, scope, subject, period, money, tokens, resetsAt, uses }: BudgetState): z.infer<typeof budget> {
  const named = (name: string) => (name === '*' ? null : name);
  return {
    id,
    scope,
    subject: named(subject),
    period,
    limit: { money: money === undefined ? null : dollarsOf(money), tokens: tokens ?? null },
    resetsAt: resetsAt?.toISOString() ?? null,
    uses: uses.map(({ subject: user, spent, reserved }) => ({
      subject: named(user),
      spent: { money: dollarsOf(spent.money), tokens: spent.tokens },
      reserved: { money: dollarsOf(reserved.money), tokens: reserved.tokens },
      left: {
        money: money === undefined ? null : dollarsOf(money - spent.money - reserved.money),
        tokens: tokens === undefined ? null : tokens - spent.tokens - reserved.tokens,
      },
    })),
  };
}
