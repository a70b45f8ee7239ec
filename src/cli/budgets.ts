import { Command } from 'commander';
import { ApiClient } from './api-client.ts';

interface Amount {
  money: number;
  tokens: number;
}

interface Budget {
  scope: string;
  subject: string | null;
  period: string;
  limit: { money: number | null; tokens: number | null };
  resetsAt: string | null;
  uses: { subject: string | null; spent: Amount; reserved: Amount }[];
}

export function budgetsCommand(): Command {
  return new Command('budgets')
    .description('Budgets of this workspace: what is spent, reserved and left')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { budgets } = await ApiClient.here().get<{ budgets: Budget[] }>('/api/v1/budgets');
      if (options.json === true) console.log(JSON.stringify(budgets));
      else if (budgets.length === 0)
        console.log('No budgets: calls are not limited. An operator sets one with PUT /api/v1/budgets.');
      else console.log(budgets.map(told).join('\n'));
    });
}

function told({ scope, subject, period, limit, resetsAt, uses }: Budget): string {
  const whose = scope === 'workspace' ? 'workspace' : `${subject === null ? 'each ' : ''}${scope} ${subject ?? ''}`.trim();
  const until = resetsAt === null ? '' : `, until ${resetsAt}`;
  const lines = uses.map(({ subject: user, spent, reserved }) => {
    const parts = [
      limit.money === null
        ? undefined
        : `$${spent.money.toFixed(4)} spent, $${reserved.money.toFixed(4)} reserved of $${limit.money}`,
      limit.tokens === null ? undefined : `${spent.tokens} tokens spent, ${reserved.tokens} reserved of ${limit.tokens}`,
    ];
    return `  ${user === null || user === subject ? '' : `${user}: `}${parts.filter((part) => part !== undefined).join('; ')}`;
  });
  return [`${whose}${period === 'run' ? '' : `, per ${period}${until}`}`, ...lines].join('\n');
}
