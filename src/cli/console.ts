import { Command } from 'commander';
import { ApiClient } from './api-client.ts';

export function consoleCommand(): Command {
  return new Command('console')
    .description('Print a link that opens the console of the Timonel that runs here: once, within ten minutes, on this machine')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const link = await ApiClient.here().post<{ url: string; expiresAt: string }>('/api/v1/auth/local-links', {});
      console.log(options.json === true ? JSON.stringify(link) : link.url);
    });
}
