/**
 * Runs that fail at every attempt. A run that ends its process, or that the store refuses each time, would be taken over for ever; each claim of
 * it raises its fence, so that the record itself counts the claims since its last step.
 */
import { messageOf } from '../errors.ts';
import type { ClaimedRun, FinishedTurn } from '../store/runs.ts';
import { handoffOf } from './handing-over.ts';
import { Progress } from './progress.ts';
import { abandonment } from './sentences.ts';

/** Taken over once already without a step: it is worked on alone, so that only it can be what ends the process. */
export function isSuspect(run: ClaimedRun): boolean {
  return run.attempts > 2;
}

/**
 * The end of a run that was tried often enough. Nothing of its agent is run for it.
 * @param cause what it failed of last in this process; absent where other processes ended over it.
 */
export function abandonedTurn(run: ClaimedRun, cause: unknown): FinishedTurn {
  const progress = new Progress(run);
  const firstIndex = run.steps.length;
  const open = progress.openCalls().map(({ call }) => call.tool);
  const doing = open.length === 0 ? 'planning' : `calling ${open.join(', ')}, which may have happened`;
  const why = cause === undefined ? 'the process that worked on it ended each time' : messageOf(cause);
  const message = `The run was tried ${run.attempts - 1} times without a step in between, while ${doing}: ${why}`;
  const reply = { text: abandonment(open.length > 0) };
  const steps = [{ kind: 'reply' as const, reply, outcome: 'failed' as const }];
  return {
    runId: run.runId,
    fence: run.fence,
    firstIndex,
    steps,
    outcome: 'failed',
    awaiting: undefined,
    degraded: progress.degraded,
    usage: progress.usage,
    error: { code: 'run_abandoned', message: message.endsWith('.') ? message : `${message}.` },
    firstEventMs: undefined,
    reply,
    state: progress.state(),
    contact: run.contact,
    workedMs: run.workedMs ?? 0,
    child: run.parentRun !== undefined,
    handoff: handoffOf(undefined, progress, { outcome: 'failed', reply }),
  };
}
