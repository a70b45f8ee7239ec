/** Plays a drill as `timonel drill` does, on a rehearsal with or without a protection. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drillOf } from '../../../src/operations/drill/catalogue.ts';
import type { DrillReport } from '../../../src/operations/drill/contract.ts';
import { rehearsedEnvironment } from '../../../src/operations/drill/environment.ts';
import { playDrill } from '../../../src/operations/drill/play.ts';

export interface Without {
  /** As `sabotages.ts` has it for that drill. */
  source?: true;
  environment?: Readonly<Record<string, string>>;
}

export interface Played {
  databaseUrl?: string;
  /** Takes a protection out: lines of the sources, and settings or a project that do without it. */
  without?: Without | undefined;
  seed?: number;
  /** As `playDrill` takes it. */
  patienceMs?: number;
}

const sabotage = pathToFileURL(join(import.meta.dirname, 'sabotage.ts')).href;

const noFlows = { TIMONEL_CONFIG: join(import.meta.dirname, 'no-flows.config.ts') };

/** By drill. On the stores that are named, or on each. */
export const withouts: Readonly<Record<string, Without & { only?: 'embedded' | 'postgres' }>> = {
  'database-stopped': { source: true },
  'database-slow': { source: true },
  'database-full': { source: true },
  'connections-exhausted': { source: true },
  'redis-stopped': { source: true },
  'redis-slow': { source: true },
  'models-down': { environment: noFlows },
  'models-slow': { environment: { TIMONEL_MODEL_TIMEOUT_MS: '600000' } },
  'process-killed': { source: true, environment: { TIMONEL_LEASE_MS: '600000' } },
  // Embedded, nobody is there to take over.
  'process-frozen': { environment: { TIMONEL_LEASE_MS: '600000' }, only: 'postgres' },
  // The embedded store has the clock of its process.
  'clock-jump': { source: true, only: 'postgres' },
  'disk-full': { source: true },
  'backup-corrupt': { source: true },
  'mail-down': { source: true },
  'webhook-storm': { source: true },
  'channel-down': { source: true },
};

export async function played(name: string, { databaseUrl, without, seed = 7, ...rest }: Played = {}): Promise<DrillReport> {
  const drill = drillOf(name);
  if (drill === undefined) throw new Error(`There is no drill "${name}".`);
  const { NODE_OPTIONS: _, ...environment } = rehearsedEnvironment(process.env);
  const changed = {
    ...(without?.source === true ? { NODE_OPTIONS: `--import ${sabotage}?${name}` } : {}),
    ...without?.environment,
  };
  return playDrill(drill, {
    environment: { ...environment, ...changed },
    databaseUrl,
    signal: new AbortController().signal,
    seed,
    ...rest,
  });
}
