import type { Settings } from '../config.ts';
import type { ProjectConfig } from '../project.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { AgentMetrics } from '../tools/metrics.ts';

/** What every part of a Timonel is opened with. */
export interface Base {
  settings: Settings;
  project: ProjectConfig;
  /** By name; where the project has an agent in several versions, the first. */
  agents: ReadonlyMap<string, AgentDefinition>;
  /**
   * Closes what was opened, the last first: at the end of the process, and when a part that comes later cannot be opened. A part is
   * put here in the statement that opens it, or before it where opening can leave something behind.
   */
  scope: AsyncDisposableStack;
  /** What code of an agent counts with. */
  metricsOf(agent: string): AgentMetrics;
  now(): Date;
  newId(): string;
  /** The embedded store died and does not open again: the process is of no use without it. */
  onStoreLost(error: Error): void;
}

/** The workspace that exists from the start. */
export const defaultWorkspace = 'default';
