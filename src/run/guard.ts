/** The guard of an agent's replies: code between the planner and the channel, whose answer is a step of the run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { publishFault } from '../faults.ts';
import type { Step } from '../store/steps.ts';
import type { Surroundings } from '../tools/surroundings.ts';
import type { Reply } from '../vocabulary.ts';
import type { AgentDefinition, GuardAnswer, GuardedTurn } from './contract.ts';
import type { Progress } from './progress.ts';
import { apology } from './sentences.ts';

/** How long a guard may take where the agent does not say, and how long an agent may take to keep its record; in milliseconds. */
const defaultGuardMs = 5_000;
const settledMs = 10_000;

export type GuardStep = Extract<Step, { kind: 'guard' }>;

/** What becomes of a reply: its step, where the agent has a guard, and what is sent; nothing is where the model is asked once more. */
export interface Guarded {
  steps: GuardStep[];
  reply: Reply | undefined;
}

/** What a reply is looked at with. */
export interface Guarding extends Surroundings {
  /** Whether the planner would answer something else to a finding; a flow would not. */
  again: boolean;
  now: Date;
}

/**
 * Asks the guard, then tells the agent what is sent. A guard that throws or takes too long, and a second finding, give the template: what was not
 * checked is not sent.
 */
export async function guarded(agent: AgentDefinition, progress: Progress, reply: Reply, guarding: Guarding): Promise<Guarded> {
  const mayRetry = guarding.again && !progress.steps.some((each) => each.kind === 'guard' && each.verdict === 'retry');
  const turn = turnOf(progress, guarding.now, mayRetry);
  const checked = agent.guard === undefined ? { steps: [], reply } : await check(agent, progress, reply, turn, guarding);
  const [step] = checked.steps;
  if (checked.reply !== undefined && agent.settled !== undefined)
    await settle(agent, { ...turn, reply: checked.reply }, step?.verdict === 'template' ? 'template' : step && 'pass', guarding);
  return checked;
}

async function check(
  agent: AgentDefinition,
  progress: Progress,
  reply: Reply,
  turn: GuardedTurn,
  guarding: Guarding,
): Promise<Guarded> {
  const started = performance.now();
  const { answer, fault } = await ask(agent, turn, reply, guarding);
  const found = fault ?? (answer?.kind === 'retry' ? answer.finding : undefined);
  const step = (verdict: GuardStep['verdict']): GuardStep => ({
    kind: 'guard',
    verdict,
    ...(found === undefined ? {} : { finding: found }),
    ...(verdict === 'pass' ? {} : { refused: reply }),
    milliseconds: Math.round(performance.now() - started),
  });
  if (answer?.kind === 'pass') return { steps: [step('pass')], reply };
  if (answer?.kind === 'template') return { steps: [step('template')], reply: answer.reply };
  if (answer?.kind === 'retry' && turn.mayRetry) return { steps: [step('retry')], reply: undefined };
  return { steps: [step('template')], reply: templateOf(agent, turn) ?? { text: apology(agent, progress.run, progress.calls) } };
}

function templateOf({ name, guardTemplate }: AgentDefinition, turn: GuardedTurn): Reply | undefined {
  if (typeof guardTemplate !== 'function') return guardTemplate;
  try {
    return guardTemplate(turn);
  } catch (error) {
    publishFault(`the template of the guard of ${name}`, error);
    return undefined;
  }
}

async function ask(
  agent: AgentDefinition,
  turn: GuardedTurn,
  reply: Reply,
  { looking }: Guarding,
): Promise<{ answer?: GuardAnswer | undefined; fault?: string | undefined }> {
  const { guardTimeoutMs = defaultGuardMs } = agent;
  const timer = new AbortController();
  const late = new AbortController();
  try {
    const slow = sleep(guardTimeoutMs, undefined, { signal: timer.signal }).then(
      () => ({ fault: `The guard took longer than ${guardTimeoutMs} ms.` }),
      () => ({}),
    );
    const asked = (async () => ({ answer: await agent.guard?.(reply, turn, looking(late.signal)) }))();
    return await Promise.race([asked, slow]);
  } catch (error) {
    return { fault: `The guard failed: ${messageOf(error)}` };
  } finally {
    timer.abort();
    // What it began and does not wait for any more ends too.
    late.abort(new Error('The guard is over.'));
  }
}

async function settle(
  agent: AgentDefinition,
  turn: GuardedTurn & { reply: Reply },
  verdict: 'pass' | 'template' | undefined,
  { keeping }: Guarding,
): Promise<void> {
  const context = keeping();
  if (context === undefined) return;
  const timer = new AbortController();
  try {
    const slow = sleep(settledMs, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`It took longer than ${settledMs} ms.`);
    });
    await Promise.race([agent.settled?.({ ...turn, ...(verdict === undefined ? {} : { verdict }) }, context), slow]);
  } catch (error) {
    publishFault(`the record of ${agent.name}`, error);
  } finally {
    timer.abort();
  }
}

function turnOf({ run, calls }: Progress, now: Date, mayRetry: boolean): GuardedTurn {
  const { workspaceId, conversationId, runId, text, history, timeZone, channel, contact } = run;
  return { workspaceId, conversationId, runId, text, history, calls, now, timeZone, channel, contact, mayRetry };
}
