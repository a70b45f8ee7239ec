import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Asked } from '../operations/deploy/contract.ts';
import type { UpdateReport, UpdateSettings, UpdateStep } from '../operations/deploy/in-place.ts';
import { smoked, stepMarks, storeKindAt, validatedBeforeDeploy } from './deploy.ts';
import { untilReady } from './health.ts';

interface Options {
  config: string;
  json?: boolean;
}

export function updateCommand(): Command {
  return new Command('update')
    .description(
      'Update Timonel on the embedded store, where it is: the process is stopped, a backup is taken and verified, the new version is started and proven. What fails goes back to the old version and the backup. Exit code 1 where the new version does not run',
    )
    .argument('<folder>', 'where the new version is installed')
    .option('--config <file>', 'settings of the host; deploy/host/update.json is an example', '/etc/timonel/update.json')
    .option('--json', 'print JSON')
    .action((folder: string, options: Options) => update(resolve(folder), options));
}

async function update(folder: string, { config, json }: Options): Promise<void> {
  const { readUpdateSettings } = await import('../operations/deploy/settings.ts');
  const { InPlaceUpdate } = await import('../operations/deploy/in-place.ts');
  const settings = readUpdateSettings(config);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const told = ({ name, status, said, milliseconds }: UpdateStep) => {
    if (json !== true) console.log(`${stepMarks[status]} ${name.padEnd(8)} ${said} (${milliseconds} ms)`);
  };
  const questions = {
    checks: () => mayUpdate(settings),
    ready: (seconds: number) => untilReady(settings.url, seconds * 1_000),
    smoke: () => smoked(settings),
  };
  try {
    const report = await new InPlaceUpdate(settings, questions, process.env, told).to(folder, interrupted.signal);
    console.log(json === true ? JSON.stringify(report) : `\n${outcomeOf(report)}`);
    if (report.status !== 'updated') process.exitCode = 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** The backup is taken by the update itself, and a stop leaves no second process that would need connections. */
async function mayUpdate({ url, home }: UpdateSettings): Promise<Asked> {
  const kind = await storeKindAt(url);
  if (kind === undefined) return { ok: false, said: `Nobody answers at ${url}/health. Start the old version first: timonel up` };
  if (kind !== 'embedded')
    return {
      ok: false,
      said: 'PostgreSQL serves two versions beside each other, without an interruption: timonel deploy --to green',
    };
  return validatedBeforeDeploy(home, ['backup']);
}

function outcomeOf({ status, from, to, backup }: UpdateReport): string {
  if (status === 'updated') return `${to} runs. The one before is in ${from}, its store in ${backup}.`;
  if (status === 'unchanged') return `Nothing was changed: ${from} runs.`;
  if (status === 'back') return `The update was taken back: ${from} runs, on ${backup}.`;
  return `Neither version runs. Start ${from} on what \`timonel restore ${backup ?? '<backup>'}\` makes of an empty TIMONEL_HOME.`;
}
