import { TimonelError } from '../errors.ts';
import { localReference } from '../language/time/wall-clock.ts';
import type { PolicyFacts, RememberedApproval } from '../policy/contract.ts';
import { callHash, evaluatePolicy } from '../policy/evaluate.ts';
import type { IdentifiedCall, Step } from '../store/steps.ts';
import type { CallPlace } from '../tools/call-place.ts';
import type { AnyTool } from '../tools/contract.ts';
import type { ToolExecutor } from '../tools/execute.ts';
import type { CallRecord, JsonObject, LocalizedText, Verdict } from '../vocabulary.ts';
import { type Behalf, toolRefusalOf } from './behalf.ts';
import type { AgentDefinition } from './contract.ts';
import { expectedArguments } from './planners/call-arguments.ts';
import type { Progress } from './progress.ts';

/** What is decided about one call: its verdict, and the record where the call ends there. */
export interface JudgedCall {
  step: Extract<Step, { kind: 'decision' }>;
  record: CallRecord | undefined;
}

/** What a decision looks at, beside the call itself. */
export interface DecisionContext {
  progress: Progress;
  agent: AgentDefinition;
  executor: Pick<ToolExecutor, 'facts'>;
  behalf: Behalf;
  place(callId: string, behalf: Behalf): CallPlace;
  /** The approvals that hold beyond their call, looked up. */
  remembered(): Promise<readonly RememberedApproval[]>;
  now: Date;
}

/**
 * Decides about the calls of one plan, in order: each sees the ones before it as made, so that a batch cannot pass a limit that single
 * calls would meet.
 */
export async function decideAll(calls: IdentifiedCall[], context: DecisionContext): Promise<JudgedCall[]> {
  const decisions: JudgedCall[] = [];
  const before: CallRecord[] = [];
  for (const call of calls) {
    const decision = await decideCall(call, before, context);
    decisions.push(decision);
    before.push(decision.record ?? { callId: call.callId, tool: call.tool, args: call.args, status: 'completed' });
  }
  return decisions;
}

/** Decides about one call: is there such a tool, do the arguments fit, and what do the rules say? */
export async function decideCall(
  call: IdentifiedCall,
  before: readonly CallRecord[],
  context: DecisionContext,
): Promise<JudgedCall> {
  const { agent } = context;
  const { callId, tool: name, args } = call;
  const end = (verdict: Verdict, record?: Omit<CallRecord, 'callId' | 'tool' | 'args'>): JudgedCall => ({
    step: { kind: 'decision', callId, tool: name, verdict, callHash: callHash(name, args) },
    record: record === undefined ? undefined : { callId, tool: name, args, ...record },
  });
  const tool = agent.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) {
    const reason = same(`There is no tool "${name}". There are: ${agent.tools.map((each) => each.name).join(', ')}.`);
    return end({ kind: 'deny', rule: 'known-tool', reason }, { status: 'invalid', rule: 'known-tool', reason });
  }
  if (call.notOffered !== undefined) {
    const reason = same(call.notOffered);
    return end({ kind: 'deny', rule: 'offered-tool', reason }, { status: 'invalid', rule: 'offered-tool', reason });
  }
  if (call.malformed !== undefined) {
    const reason = same(`The arguments of ${name} must be one JSON object. ${call.malformed} ${expectedArguments(tool)}`);
    return end({ kind: 'deny', rule: 'valid-arguments', reason }, { status: 'invalid', rule: 'valid-arguments', reason });
  }
  const refusal = toolRefusalOf(tool, context.behalf);
  if (refusal !== undefined) return end({ kind: 'deny', ...refusal }, { status: 'denied', ...refusal });
  const parsed = tool.input.safeParse(args);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`);
    const reason = same(`The arguments of ${name} do not fit: ${faults.join('; ')}.`);
    return end({ kind: 'deny', rule: 'valid-arguments', reason }, { status: 'invalid', rule: 'valid-arguments', reason });
  }
  const verdict = await judge(tool, parsed.data as JsonObject, callId, before, context);
  return verdict.kind === 'deny' ? end(verdict, { status: 'denied', rule: verdict.rule, reason: verdict.reason }) : end(verdict);
}

async function judge(
  tool: AnyTool,
  args: JsonObject,
  callId: string,
  before: readonly CallRecord[],
  { progress, agent, executor, behalf, place: placeOf, remembered, now }: DecisionContext,
): Promise<Verdict> {
  const rules = agent.policy.filter((rule) => rule.tools.includes(tool.name));
  if (rules.length === 0) return { kind: 'allow' };
  const place = placeOf(callId, behalf);
  let loaded: unknown;
  try {
    loaded = await executor.facts(tool, args, place);
  } catch (error) {
    // Without the facts nothing can be judged, and what cannot be judged is not allowed.
    if (error instanceof TimonelError && error.code === 'store_unavailable') throw error;
    return { kind: 'deny', rule: 'facts-available', reason: factsMissing };
  }
  const memory = progress.memory();
  const counts = { ...memory.counts };
  for (const call of before) if (call.status === 'completed') counts[call.tool] = (counts[call.tool] ?? 0) + 1;
  const facts: PolicyFacts = {
    now,
    localTime: localReference(now, place.run.timeZone),
    timeZone: place.run.timeZone,
    workspaceId: place.run.workspaceId,
    conversationId: place.run.conversationId,
    channel: place.run.channel,
    contact: place.run.contact,
    principal: place.principal,
    text: progress.run.text,
    history: progress.run.history,
    calls: [...progress.calls, ...before],
    counts,
    latest: memory.latest,
    earlier: progress.latest,
    loaded,
  };
  const proposed = { tool: tool.name, args, effect: tool.effect };
  const verdict = evaluatePolicy(rules, proposed, facts);
  return verdict.kind === 'ask' && verdict.pattern !== undefined
    ? evaluatePolicy(rules, proposed, facts, await remembered())
    : verdict;
}

const factsMissing: LocalizedText = {
  es: 'No pude comprobar si esto está permitido, así que no lo hice.',
  en: 'I could not check whether this is allowed, so I did not do it.',
};

/** A message for the planner, not for a customer. */
function same(text: string): LocalizedText {
  return { es: text, en: text };
}
