/** The guard of an agent's replies: code between the planner and the channel, whose answer is a step of the run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Step } from '../store/steps.ts';
import type { Reply } from '../vocabulary.ts';
import type { AgentDefinition, GuardAnswer, GuardedTurn } from './contract.ts';
import type { Progress } from './progress.ts';
import { apology } from './sentences.ts';

/** How long a guard may take, in milliseconds. */
const guardMs = 5_000;

export type GuardStep = Extract<Step, { kind: 'guard' }>;

/** What becomes of a reply: its step, and what is sent; nothing is where the model is asked once more. */
export interface Guarded {
  step: GuardStep;
  reply: Reply | undefined;
}

/**
 * Asks the guard. A guard that throws or takes too long, and a second finding, give the template: what was not checked is not sent.
 * @param again whether the planner would answer something else to a finding; a flow would not.
 */
export async function guarded(
  agent: AgentDefinition,
  progress: Progress,
  reply: Reply,
  again: boolean,
  now: Date,
): Promise<Guarded> {
  const started = performance.now();
  const { answer, fault } = await ask(agent, turnOf(progress, now), reply);
  const found = fault ?? (answer?.kind === 'retry' ? answer.finding : undefined);
  const step = (verdict: GuardStep['verdict']): GuardStep => ({
    kind: 'guard',
    verdict,
    ...(found === undefined ? {} : { finding: found }),
    ...(verdict === 'pass' ? {} : { refused: reply }),
    milliseconds: Math.round(performance.now() - started),
  });
  if (answer?.kind === 'pass') return { step: step('pass'), reply };
  if (answer?.kind === 'template') return { step: step('template'), reply: answer.reply };
  const before = progress.steps.some((each) => each.kind === 'guard' && each.verdict === 'retry');
  if (answer?.kind === 'retry' && again && !before) return { step: step('retry'), reply: undefined };
  return { step: step('template'), reply: agent.guardTemplate ?? { text: apology(agent, progress.run, progress.calls) } };
}

async function ask(
  agent: AgentDefinition,
  turn: GuardedTurn,
  reply: Reply,
): Promise<{ answer?: GuardAnswer | undefined; fault?: string | undefined }> {
  const timer = new AbortController();
  try {
    const late = sleep(guardMs, undefined, { signal: timer.signal }).then(
      () => ({ fault: `The guard took longer than ${guardMs} ms.` }),
      () => ({}),
    );
    const asked = (async () => ({ answer: await agent.guard?.(reply, turn) }))();
    return await Promise.race([asked, late]);
  } catch (error) {
    return { fault: `The guard failed: ${messageOf(error)}` };
  } finally {
    timer.abort();
  }
}

function turnOf({ run, calls }: Progress, now: Date): GuardedTurn {
  const { workspaceId, conversationId, runId, text, history, timeZone, channel, contact } = run;
  return { workspaceId, conversationId, runId, text, history, calls, now, timeZone, channel, contact };
}
