import { Command } from 'commander';
import { ApiClient } from './api-client.ts';
import { testContact } from './smoke-flows.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  testData?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

export function cleanCommand(): Command {
  return new Command('clean')
    .description('Erase what `timonel smoke` left in the workspace of the Timonel that runs here: only what carries its test mark')
    .option('--test-data', 'needed: says that this is wanted')
    .option('--dry-run', 'count the rows, and erase nothing')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      if (options.testData !== true) throw new UsageError('Say what to clean: timonel clean --test-data [--dry-run]');
      const rows = await (options.dryRun === true ? marked() : erased());
      const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
      if (options.json === true) console.log(JSON.stringify({ erased: options.dryRun !== true, rows }));
      else if (all === 0) console.log('There is no test data.');
      else {
        const told = Object.entries(rows)
          .map(([table, count]) => `${count} of ${table}`)
          .join(', ');
        console.log(`${options.dryRun === true ? 'Would erase' : 'Erased'} ${all} rows: ${told}.`);
      }
    });
}

const person = { email: testContact.email };

async function marked(): Promise<Record<string, number>> {
  const { data } = await orNothing(ApiClient.here().post<{ data: Record<string, unknown[]> }>('/api/v1/privacy/export', person), {
    data: {},
  });
  return Object.fromEntries(Object.entries(data).map(([table, rows]) => [table, rows.length]));
}

async function erased(): Promise<Record<string, number>> {
  return (
    await orNothing(ApiClient.here().post<{ erased: Record<string, number> }>('/api/v1/privacy/erase', person), { erased: {} })
  ).erased;
}

/** Nobody with the mark is known: there is nothing to clean. */
function orNothing<T>(asked: Promise<T>, nothing: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'person_not_found') return nothing;
    throw error;
  });
}
