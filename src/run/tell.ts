/** Tells the subscribers of the diagnostics channels what a run did. */
import { channels, type PolicyDecided, type StepStored } from '../diagnostics.ts';
import type { RunContext } from '../store/run-context.ts';
import type { Step } from '../store/steps.ts';
import type { JudgedCall } from './decide.ts';

export function tellSteps(run: RunContext, steps: readonly Step[]): void {
  if (!channels.stepStored.hasSubscribers) return;
  for (const step of steps) channels.stepStored.publish({ run, step } satisfies StepStored);
}

/** @param milliseconds of all of them together: the calls of a plan are decided about in one go. */
export function tellDecisions(run: RunContext, decisions: readonly JudgedCall[], milliseconds: number): void {
  if (!channels.policyDecided.hasSubscribers) return;
  const share = milliseconds / decisions.length;
  for (const { step } of decisions) {
    const { tool, verdict } = step;
    channels.policyDecided.publish({ run, tool, verdict, milliseconds: share } satisfies PolicyDecided);
  }
}
