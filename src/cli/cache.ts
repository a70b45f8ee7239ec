import { Command } from 'commander';
import { ApiClient } from './api-client.ts';

interface Statistics {
  hits: number;
  misses: number;
  stale: number;
  joined: number;
  similar: number;
  rate: number | null;
  entries: number;
  bytes: number;
  saved: number;
  redis: 'up' | 'down' | 'none';
}

export function cacheCommand(): Command {
  const command = new Command('cache').description('Answers of models that are given again');
  const json = ['--json', 'print JSON'] as const;
  command
    .command('stats')
    .description('What the cache of the Timonel that runs here did since it started')
    .option(...json)
    .action(async (options: { json?: boolean }) => {
      const statistics = await ApiClient.here().get<Statistics>('/api/v1/cache/stats');
      console.log(options.json === true ? JSON.stringify(statistics) : told(statistics));
    });
  command
    .command('clear')
    .description('Forget all answers of this workspace')
    .option(...json)
    .action(async (options: { json?: boolean }) => {
      const cleared = await ApiClient.here().delete<{ entries: number; everywhere: boolean }>('/api/v1/cache');
      if (options.json === true) console.log(JSON.stringify(cleared));
      else if (cleared.everywhere) console.log(`Cleared; ${cleared.entries} answers were in memory.`);
      else console.log(`Cleared in this process (${cleared.entries} answers). Redis is down: clear again when it is back.`);
    });
  return command;
}

function told({ hits, misses, stale, joined, similar, rate, entries, bytes, saved, redis }: Statistics): string {
  const lookups = hits + misses + stale + joined + similar;
  return [
    `lookups  ${lookups}${rate === null ? '' : `, ${(rate * 100).toFixed(1)} % answered without a call`}`,
    `  hits   ${hits}`,
    `  joined ${joined}`,
    ...(similar === 0 ? [] : [`  similar ${similar}`]),
    `  stale  ${stale}`,
    `  misses ${misses}`,
    `saved    ${saved < 0 ? '-' : ''}$${Math.abs(saved).toFixed(4)}`,
    `memory   ${entries} answers, ${(bytes / 1024).toFixed(1)} KiB`,
    `redis    ${redis}`,
  ].join('\n');
}
