import { TimonelError } from '../../errors.ts';
import type { Vocabulary } from '../../language/contract.ts';
import type { SaidBefore } from '../../policy/contract.ts';
import type { Planner, PlannerTurn, Proposal } from '../planner.ts';

/** What was said since the agent spoke last, where a person had the conversation meanwhile. */
function fromPeople({ history }: PlannerTurn['run']): SaidBefore[] | undefined {
  const since = history.slice(history.findLastIndex(({ role }) => role === 'assistant') + 1);
  return since.some(({ role }) => role === 'person') ? since.map(({ role, text }) => ({ role, text })) : undefined;
}

/**
 * Asks the agent's flows: no model, same tools, same policy.
 *
 * @param vocabularyOf the workspace's own words, cached by the caller.
 */
export function createFlowPlanner(vocabularyOf: (turn: PlannerTurn) => Promise<Vocabulary>): Planner {
  return {
    async propose(turn: PlannerTurn): Promise<Proposal> {
      const { flows } = turn.agent;
      if (flows === undefined) {
        throw new TimonelError(
          'model_unavailable',
          `Agent "${turn.agent.name}" has no flows, and no model answers. Configure a model.`,
        );
      }
      const move = flows.next({
        text: turn.run.text,
        parts: turn.run.parts,
        now: turn.now,
        timeZone: turn.run.timeZone,
        channel: turn.run.channel,
        contact: turn.run.contact,
        vocabulary: await vocabularyOf(turn),
        state: turn.flowState,
        latest: turn.latest,
        calls: turn.calls,
        fromPeople: fromPeople(turn.run),
      });
      if (move.kind === 'call')
        return { kind: 'call', calls: move.calls, step: (calls) => ({ kind: 'plan', calls, state: move.state }) };
      return {
        kind: 'reply',
        reply: move.reply,
        outcome: move.outcome,
        awaiting: move.awaiting,
        step: { kind: 'plan', calls: [], state: move.state, ...(move.understood === false ? { understood: false as const } : {}) },
      };
    },
  };
}
