/** Plays one quality case: a conversation is held, and what came of each turn is compared with what was expected. */
import type { AgentDefinition } from '../run/contract.ts';
import type { RunView } from '../store/run-views.ts';
import type { Step } from '../store/steps.ts';
import type { EvaluationCase, Expectation } from './case.ts';

export interface CaseResult {
  id: string;
  passed: boolean;
  turns: number;
  /** What was expected and not met, in words. */
  faults: string[];
  milliseconds: number;
}

/** One conversation with the system under evaluation. */
export interface EvaluatedConversation {
  say(text: string): Promise<{ run: RunView; steps: Step[] }>;
}

/** Holds one conversation against what is expected of it. */
export async function playCase(
  agent: AgentDefinition,
  one: EvaluationCase,
  conversation: EvaluatedConversation,
  understand: UnderstandAt,
): Promise<CaseResult> {
  const started = performance.now();
  const faults: string[] = [];
  for (const [index, turn] of one.turns.entries()) {
    const { run, steps } = await conversation.say(turn.user);
    const found = compare(turn.expect ?? {}, run, steps, () => understand(agent, turn.user));
    faults.push(...found.map((fault) => `turn ${index + 1} ("${turn.user}"): ${fault}`));
  }
  return {
    id: one.id,
    passed: faults.length === 0,
    turns: one.turns.length,
    faults,
    milliseconds: Math.round(performance.now() - started),
  };
}

/** What the flow planner understands of a text at the moment of the case. */
export type UnderstandAt = (agent: AgentDefinition, text: string) => { intent: string; slots: object };

function compare(
  expected: Expectation,
  run: RunView,
  steps: Step[],
  understand: () => { intent: string; slots: object },
): string[] {
  const faults: string[] = [];
  const reply = run.reply?.text ?? '';
  const done = steps.flatMap((step) => (step.kind === 'tool-call' && step.record.status === 'completed' ? [step.record.tool] : []));
  if (expected.outcome !== undefined && run.outcome !== expected.outcome)
    faults.push(`outcome ${run.outcome}, expected ${expected.outcome}`);
  if (expected.awaiting !== undefined && run.awaiting !== expected.awaiting)
    faults.push(`awaiting ${run.awaiting}, expected ${expected.awaiting}`);
  for (const tool of expected.tools ?? [])
    if (!done.includes(tool)) faults.push(`${tool} was not called (called: ${done.join(', ') || 'none'})`);
  for (const tool of expected.notTools ?? []) if (done.includes(tool)) faults.push(`${tool} was called`);
  if (expected.replyMatches !== undefined && !new RegExp(expected.replyMatches, 'iu').test(reply)) {
    faults.push(`reply "${reply}" does not match /${expected.replyMatches}/`);
  }
  if (expected.replyNotMatches !== undefined && new RegExp(expected.replyNotMatches, 'iu').test(reply)) {
    faults.push(`reply "${reply}" matches /${expected.replyNotMatches}/`);
  }
  if (expected.intent !== undefined || expected.slots !== undefined) {
    const understood = understand();
    if (expected.intent !== undefined && understood.intent !== expected.intent)
      faults.push(`intent ${understood.intent}, expected ${expected.intent}`);
    for (const [slot, value] of Object.entries(expected.slots ?? {})) {
      const actual = (understood.slots as Record<string, unknown>)[slot];
      if (JSON.stringify(actual) !== JSON.stringify(value))
        faults.push(`slot ${slot} ${JSON.stringify(actual)}, expected ${JSON.stringify(value)}`);
    }
  }
  return faults;
}
