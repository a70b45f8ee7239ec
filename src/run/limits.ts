import type { ClaimedRun } from '../store/runs.ts';
import type { AgentDefinition, RunLimits } from './contract.ts';

export const defaultLimits: RunLimits = { steps: 40, toolCalls: 16, wallTimeMs: 60_000, money: 0.5 };

/** What another run gave a run is its limit too. */
export function limitsOf(agent: AgentDefinition, { budget }: ClaimedRun): RunLimits {
  const limits = { ...defaultLimits, ...agent.limits };
  return budget === undefined ? limits : { ...limits, money: Math.min(limits.money, budget) };
}
