import { Command } from 'commander';
import { ApiClient } from './api-client.ts';

interface Reachable {
  providers: { name: string; reachable: boolean; detail?: string; models: string[] }[];
}

interface Routes {
  routes: { alias: string; version: number; source: string; strategy: string; targets: { model: string }[] }[];
}

export function modelsCommand(): Command {
  return new Command('models')
    .description('Routes, and the models that the Timonel that runs here can reach, asked of each provider now')
    .option('--all', 'list every model, not only how many there are')
    .option('--json', 'print JSON')
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const client = ApiClient.here();
      const [{ routes }, { providers }] = await Promise.all([
        client.get<Routes>('/api/v1/routes'),
        client.get<Reachable>('/api/v1/models'),
      ]);
      if (options.json === true) {
        console.log(JSON.stringify({ routes, providers }));
        return;
      }
      const lines = ['Routes'];
      for (const { alias, version, source, strategy, targets } of routes) {
        const targetNames = targets.map(({ model }) => model).join(strategy === 'weighted' ? ' | ' : ' → ');
        lines.push(`  ${alias.padEnd(12)} ${targetNames}  (${source}${version === 0 ? '' : `, version ${version}`})`);
      }
      if (routes.length === 0) lines.push('  none: no provider has a key');
      lines.push('', 'Providers');
      for (const { name, reachable, detail, models } of providers) {
        lines.push(`  ${name.padEnd(12)} ${reachable ? `reachable, ${models.length} models` : (detail ?? 'not reachable')}`);
        if (options.all === true) lines.push(...models.map((model) => `    ${model}`));
      }
      console.log(lines.join('\n'));
    });
}
