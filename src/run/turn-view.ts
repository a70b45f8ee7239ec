/** A turn as its reader sees it. */
import { TimonelError } from '../errors.ts';
import type { RunView } from '../store/run-views.ts';
import type { ClaimedRun, FinishedTurn } from '../store/runs.ts';

/** Nothing more comes of it, unless a person decides. */
export function isOver({ status, outcome }: RunView): boolean {
  return status === 'finished' || (status === 'waiting' && outcome === 'awaiting_approval');
}

export function alreadyFinished({ id, outcome }: RunView): TimonelError {
  return new TimonelError('run_finished', `The run ${id} has ended (${outcome}); there is nothing to cancel.`, {
    details: { outcome },
  });
}

/** The end of a turn as its reader sees it, without asking the database again. */
export function turnViewOf(run: ClaimedRun, turn: FinishedTurn): RunView {
  return {
    id: run.runId,
    conversationId: run.conversationId,
    turn: run.turn,
    agent: run.agent,
    agentVersion: run.agentVersion,
    arm: run.arm,
    status: turn.outcome === 'awaiting_approval' || turn.outcome === 'awaiting_answer' ? 'waiting' : 'finished',
    outcome: turn.outcome,
    awaiting: turn.awaiting,
    degraded: turn.degraded !== undefined,
    degradedReason: turn.degraded,
    recoveries: run.recoveries,
    steps: turn.firstIndex + turn.steps.length,
    usage: turn.usage,
    error: turn.error,
    reply: turn.reply,
  };
}
