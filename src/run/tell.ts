/** Tells the subscribers of the diagnostics channels what a run did. */
import { channels, type PolicyDecided, type StepStored } from '../diagnostics.ts';
import type { ClaimedRun } from '../store/runs.ts';
import type { Step } from '../store/steps.ts';
import type { JudgedCall } from './decide.ts';

export function tellSteps({ workspaceId, runId, arm }: ClaimedRun, agent: string, steps: readonly Step[]): void {
  if (!channels.stepStored.hasSubscribers) return;
  for (const step of steps) channels.stepStored.publish({ workspaceId, runId, agent, arm, step } satisfies StepStored);
}

/** @param milliseconds of all of them together: the calls of a plan are decided about in one go. */
export function tellDecisions(agent: string, arm: string, decisions: readonly JudgedCall[], milliseconds: number): void {
  if (!channels.policyDecided.hasSubscribers) return;
  const share = milliseconds / decisions.length;
  for (const { step } of decisions) {
    const { tool, verdict } = step;
    channels.policyDecided.publish({ agent, arm, tool, verdict, milliseconds: share } satisfies PolicyDecided);
  }
}
