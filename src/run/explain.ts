import type { BaseSlots, Language, Understanding, Vocabulary } from '../language/contract.ts';
import { localReference } from '../language/time/wall-clock.ts';
import type { PolicyFacts } from '../policy/contract.ts';
import { evaluatePolicy } from '../policy/evaluate.ts';
import type { JsonObject, PlannedCall, Verdict } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';

/** What the flow planner understood of a text and would do with it. Absent slots are left out. */
export interface Explanation {
  id?: string | number;
  text: string;
  language: Language;
  intent: string;
  confidence: number;
  slots: BaseSlots;
  /** What the agent would wait for after its first move. */
  awaiting: string | null;
  /** The calls of the first move; empty where it would answer at once. */
  plan: PlannedCall[];
  /** What the policy says about each call of the plan, as far as it can without the workspace's rows. */
  verdicts: { tool: string; verdict: Verdict }[];
  alsoIntents: string[];
  ambiguous: Understanding['ambiguous'];
  invalid: Understanding['invalid'];
}

/** Explains a text as the first message of a conversation, without doing anything and without a store. */
export function explain(
  agent: AgentDefinition,
  message: { id?: string | number | undefined; text: string; awaiting: string | undefined },
  now: Date,
  timeZone: string,
  vocabulary: Vocabulary,
): Explanation {
  const { flows } = agent;
  if (flows === undefined) throw new TypeError(`The agent "${agent.name}" has no flows.`);
  const { text, awaiting } = message;
  const understanding = flows.understand(text, { now: localReference(now, timeZone), vocabulary, awaiting });
  const move = flows.next({
    text,
    now,
    timeZone,
    channel: 'explain',
    contact: undefined,
    vocabulary,
    state: {},
    latest: {},
    calls: [],
  });
  const plan = move.kind === 'call' ? move.calls : [];
  const facts: PolicyFacts = {
    now,
    localTime: localReference(now, timeZone),
    timeZone,
    workspaceId: 'explain',
    conversationId: 'explain',
    channel: 'explain',
    contact: undefined,
    text,
    history: [],
    calls: [],
    counts: {},
    latest: {},
    earlier: {},
    loaded: undefined,
  };
  const verdicts = plan.map(({ tool, args }) => {
    const effect = agent.tools.find(({ name }) => name === tool)?.effect ?? 'write';
    return { tool, verdict: evaluatePolicy(agent.policy, { tool, args: args as JsonObject, effect }, facts) };
  });
  return {
    ...(message.id === undefined ? {} : { id: message.id }),
    text,
    language: understanding.language,
    intent: understanding.intent,
    confidence: understanding.confidence,
    slots: understanding.slots,
    awaiting: (move.kind === 'reply' ? move.awaiting : undefined) ?? null,
    plan,
    verdicts,
    alsoIntents: understanding.alsoIntents,
    ambiguous: understanding.ambiguous,
    invalid: understanding.invalid,
  };
}
