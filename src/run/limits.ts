import type { ClaimedRun } from '../store/runs.ts';
import type { AgentDefinition, RunLimits } from './contract.ts';
import type { Progress } from './progress.ts';

export const defaultLimits: RunLimits = { steps: 40, toolCalls: 16, wallTimeMs: 60_000, money: 0.5 };

/** What another run gave a run is its limit too. */
export function limitsOf(agent: AgentDefinition, { budget }: ClaimedRun): RunLimits {
  const limits = { ...defaultLimits, ...agent.limits };
  return budget === undefined ? limits : { ...limits, money: Math.min(limits.money, budget) };
}

/** The limit that a run has reached, in words. @param late its wall time is over. */
export function exceededLimit(limits: RunLimits, { steps, usage, run }: Progress, late: boolean): string | undefined {
  if (late) return `${limits.wallTimeMs} ms`;
  // A plan and a reply are two more.
  if (steps.length + 2 > limits.steps) return `${limits.steps} steps`;
  if ((usage.cost ?? 0) + (run.given ?? 0) >= limits.money) return `${limits.money} US dollars`;
  return undefined;
}
