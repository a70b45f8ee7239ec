import type { CallRecord, Outcome } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';

/** A hand-off ends a run as `escalated`, and a refusal that nothing followed as `denied`, whatever the planner says after it. */
export function outcomeOf(agent: AgentDefinition, calls: readonly CallRecord[], proposed: Outcome): Outcome {
  for (const call of calls) {
    const ending = agent.tools.find((tool) => tool.name === call.tool)?.endsRunAs;
    if (ending !== undefined && call.status === 'completed') return ending;
  }
  return proposed === 'replied' && calls.at(-1)?.status === 'denied' ? 'denied' : proposed;
}
