import { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { ApiClient } from './api-client.ts';
import { printTable } from './database-command.ts';
import { UsageError } from './usage-error.ts';

interface Cost {
  name: string | null;
  calls: number;
  tokens: number;
  money: number;
  unpriced: number;
}

interface Costs {
  since: string;
  until: string;
  costs: Cost[];
  total: Cost;
}

interface Options {
  by: string;
  since?: string;
  until?: string;
  csv?: boolean;
  json?: boolean;
}

const groups = ['agent', 'model', 'user', 'key', 'day', 'workspace'];

export function costsCommand(): Command {
  return new Command('costs')
    .description('What calls to models cost in this workspace, or in each of this installation')
    .option('--by <group>', groups.join(', '), 'agent')
    .option('--since <time>', 'date or instant, e.g. 2026-11-01 (default: 30 days before --until)')
    .option('--until <time>', 'date or instant (default: now)')
    .option('--csv', 'print CSV')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      if (!groups.includes(options.by)) throw new UsageError(`--by takes ${groups.join(', ')}, and is "${options.by}".`);
      const query = new URLSearchParams(options.by === 'workspace' ? {} : { by: options.by });
      for (const name of ['since', 'until'] as const) {
        const given = options[name];
        if (given !== undefined) query.set(name, instantOf(name, given));
      }
      const path = options.by === 'workspace' ? '/api/v1/costs/workspaces' : '/api/v1/costs';
      const found = await ApiClient.here().get<Costs>(`${path}?${query}`);
      if (options.json === true) console.log(JSON.stringify(found));
      else if (options.csv === true)
        process.stdout.write(stringify(found.costs, { header: true, columns: ['name', 'calls', 'tokens', 'money', 'unpriced'] }));
      else print(options.by, found);
    });
}

function instantOf(name: string, given: string): string {
  const at = new Date(given);
  if (Number.isNaN(at.getTime()))
    throw new UsageError(`--${name} takes a date or an instant, and is "${given}". For example: 2026-11-01`);
  return at.toISOString();
}

function print(by: string, { since, until, costs, total }: Costs): void {
  if (costs.length === 0) {
    console.log(`No model was called from ${since} to ${until}.`);
    return;
  }
  const shown = ({ name, calls, tokens, money, unpriced }: Cost) => ({
    [by]: name ?? '(none)',
    calls: String(calls),
    tokens: String(tokens),
    'US dollars': money.toFixed(6),
    ...(total.unpriced === 0 ? {} : { 'without price': String(unpriced) }),
  });
  printTable([...costs.map(shown), shown({ ...total, name: 'total' })]);
}
