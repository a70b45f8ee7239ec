/** Every drill, by name. */
import { backupCorrupt } from './backup-drills.ts';
import { clockJump } from './clock-drills.ts';
import type { Drill } from './contract.ts';
import { connectionsExhausted, databaseSlow, databaseStopped } from './database-drills.ts';
import { databaseFull, diskFull } from './disk-drills.ts';
import { modelsDown, modelsSlow } from './model-drills.ts';
import { processFrozen, processKilled } from './process-drills.ts';

export const drills: readonly Drill[] = [
  databaseStopped,
  databaseSlow,
  databaseFull,
  connectionsExhausted,
  modelsDown,
  modelsSlow,
  processKilled,
  processFrozen,
  clockJump,
  diskFull,
  backupCorrupt,
];

export function drillOf(name: string): Drill | undefined {
  return drills.find((drill) => drill.name === name);
}
