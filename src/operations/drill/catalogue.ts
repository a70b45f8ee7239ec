/** Every drill, by name. */
import { backupCorrupt } from './backup-drills.ts';
import { channelDown, webhookStorm } from './channel-drills.ts';
import { clockJump } from './clock-drills.ts';
import type { Drill } from './contract.ts';
import { connectionsExhausted, databaseSlow, databaseStopped } from './database-drills.ts';
import { databaseFull, diskFull } from './disk-drills.ts';
import { mailDown } from './mail-drills.ts';
import { modelsDown, modelsSlow } from './model-drills.ts';
import { processFrozen, processKilled } from './process-drills.ts';
import { redisFlushed, redisSlow, redisStopped } from './redis-drills.ts';

export const drills: readonly Drill[] = [
  databaseStopped,
  databaseSlow,
  databaseFull,
  connectionsExhausted,
  redisStopped,
  redisSlow,
  redisFlushed,
  modelsDown,
  modelsSlow,
  processKilled,
  processFrozen,
  clockJump,
  diskFull,
  backupCorrupt,
  mailDown,
  webhookStorm,
  channelDown,
];

export function drillOf(name: string): Drill | undefined {
  return drills.find((drill) => drill.name === name);
}
