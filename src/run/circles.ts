/** A turn that ends because its model goes round in circles: what is stored of it, and what is said. */
import type { ClaimedRun, FinishedTurn } from '../store/runs.ts';
import type { IdentifiedCall, Step } from '../store/steps.ts';
import type { Outcome, Reply } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';
import type { Proposal } from './planner.ts';
import type { Progress } from './progress.ts';
import { repetitionIn, repetitionInWords, repetitionRule } from './repeats.ts';
import { stoppedBecause } from './sentences.ts';

interface Circle {
  /** The plan with the repeated call alone, and its refusal; no call of the plan is made. */
  steps: Step[];
  ending: { reply: Reply; outcome: Outcome; error: FinishedTurn['error'] };
}

/** @returns `undefined` where the plan repeats nothing, the agent sets no such limit, or no model made the plan */
export function circleOf(
  agent: AgentDefinition,
  run: ClaimedRun,
  progress: Progress,
  proposal: Extract<Proposal, { kind: 'call' }>,
  calls: IdentifiedCall[],
): Circle | undefined {
  if (agent.limits?.repetitions !== true) return undefined;
  const repetition = repetitionIn(progress, calls);
  if (repetition === undefined) return undefined;
  const { call, round } = repetition;
  const plan = proposal.step([call]);
  if (plan.kind !== 'model-call') return undefined;
  const { callId, tool, args } = call;
  const reason = repetitionInWords(round);
  const refusal = { status: 'denied', rule: repetitionRule, reason } as const;
  return {
    steps: [plan, { kind: 'tool-call', record: { callId, tool, args, ...refusal }, milliseconds: 0 }],
    ending: {
      reply: { text: stoppedBecause(agent, run, progress.calls, reason) },
      outcome: 'failed',
      error: { code: 'limit_reached', message: reason.en },
    },
  };
}
