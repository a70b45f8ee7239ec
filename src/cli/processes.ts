import { Command } from 'commander';
import { ApiClient } from './api-client.ts';
import { printTable } from './database-command.ts';

interface Listed {
  host: string;
  pid: number;
  state: string;
  version: string | null;
  startedAt: string | null;
  seenAt: string | null;
  address: string | null;
  load: { runs: number; streams: number; memoryBytes: number } | null;
}

/** Over the API: whichever process answers tells of all. */
export function processesCommand(): Command {
  return new Command('processes')
    .description('All processes of this installation: version, state, load, and when each was last seen')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { processes } = await ApiClient.here().get<{ processes: Listed[] }>('/api/v1/processes');
      if (json === true) console.log(JSON.stringify(processes));
      else
        printTable(
          processes.map(({ host, pid, state, version, startedAt, seenAt, address, load }) => ({
            process: address ?? `${host} ${pid}`,
            state,
            version: version ?? '',
            started: startedAt?.slice(0, 19) ?? '',
            seen: seenAt?.slice(0, 19) ?? '',
            runs: load === null ? '' : String(load.runs),
            streams: load === null ? '' : String(load.streams),
            MB: load === null ? '' : String(Math.round(load.memoryBytes / 1e6)),
          })),
        );
    });
}
