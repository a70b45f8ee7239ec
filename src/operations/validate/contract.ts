/** What is looked at before a version goes live, and whenever somebody asks whether an installation is in order. */

import type { Settings } from '../../config.ts';
import type { AgentDefinition } from '../../run/contract.ts';
import type { OpenSandbox } from '../../sandbox/sandbox.ts';
import type { RedisClient } from '../../store/cache/redis.ts';
import type { SchemaStatus } from '../../store/migrate.ts';
import type { Store } from '../../store/open.ts';

/** `skipped`: there is nothing of the kind here, or it was not asked for. A `warning` does not keep a version from going live. */
export type CheckStatus = 'pass' | 'fail' | 'warning' | 'skipped';

/** What a check found. */
export interface Finding {
  status: CheckStatus;
  /** One sentence, without secrets. */
  said: string;
  /** What to do, where something is to be done. */
  advice?: string;
}

export interface CheckResult extends Finding {
  name: string;
  milliseconds: number;
}

export interface Validation {
  /** `fail` where a check failed. */
  status: 'pass' | 'fail';
  checks: CheckResult[];
}

export interface ValidationOptions {
  /** Another version is about to start beside this one or in its place. */
  beforeDeploy: boolean;
  /** One paid call to the default model. */
  liveModel: boolean;
  /** Processes that will run at once on the database. */
  processes: number;
}

/** What a running process knows, and a look from outside does not. */
export interface RunningParts {
  queues(): Promise<{ queue: string; waiting: number }[]>;
  /** Jobs that were given up; up to 1,000. */
  failedJobs(): Promise<{ queue: string }[]>;
  sandbox: Pick<OpenSandbox, 'languages'>;
  /** The model that agents without a route of their own ask; `undefined` where there is none. */
  defaultModel(): string | undefined;
  /** Asks it for one word. @returns what answered. */
  askModel(): Promise<{ model: string; text: string; tokens: number; cost: number | undefined }>;
  /** Exposition of the metrics. */
  metrics(): Promise<string>;
}

export interface ValidationParts {
  settings: Settings;
  store: Pick<Store, 'pool' | 'kind' | 'vectors' | 'description'>;
  schema(): Promise<SchemaStatus>;
  redis: RedisClient | undefined;
  backups: { list(): Promise<{ name: string; takenAt: Date; verifiedAt?: Date }[]> };
  agents: readonly Pick<AgentDefinition, 'name' | 'version' | 'model' | 'flows'>[];
  running: RunningParts | undefined;
  now(): Date;
}

export interface Check {
  /** kebab-case. */
  name: string;
  run(parts: ValidationParts, options: ValidationOptions): Promise<Finding>;
}
