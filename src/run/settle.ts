/** What becomes of one open call: its record, a question to a person, or what it waits for. */
import type { PendingApproval } from '../store/runs.ts';
import type { Step } from '../store/steps.ts';
import type { PendingWait } from '../store/waits.ts';
import type { CallPlace } from '../tools/call-place.ts';
import type { ToolExecutor } from '../tools/execute.ts';
import type { CallRecord } from '../vocabulary.ts';
import { type Behalf, toolRefusalOf } from './behalf.ts';
import type { AgentDefinition } from './contract.ts';
import type { JudgedCall } from './decide.ts';
import type { OpenToolCall } from './progress.ts';
import { outcomeUnknown } from './sentences.ts';
import { waitsForPerson } from './serial.ts';

export type Settled =
  | { kind: 'steps'; steps: Step[] }
  | { kind: 'approval'; approval: PendingApproval }
  | { kind: 'waits'; waits: readonly PendingWait[] };

export interface SettleContext {
  agent: AgentDefinition;
  executor: Pick<ToolExecutor, 'run'>;
  /** Whether the call may have been made already, by a process that died. */
  inDoubt: boolean;
  /** Whether a person decided about a call of the same plan meanwhile. */
  waited: boolean;
  decideAgain(call: OpenToolCall['call']): Promise<JudgedCall>;
  behalf(): Promise<Behalf>;
  place(callId: string, behalf: Behalf): CallPlace;
}

/** Makes the call, unless a person, a rule or a permission is against it by now. */
export async function settle(open: OpenToolCall, context: SettleContext): Promise<Settled> {
  const { call, callHash, approval } = open;
  const { agent, executor, inDoubt, waited } = context;
  const { callId, tool: name, args } = call;
  const done = (
    record: Pick<CallRecord, 'status' | 'output' | 'spilled' | 'rule' | 'reason'>,
    since = performance.now(),
    recovered = false,
  ): Settled => {
    const milliseconds = Math.round(performance.now() - since);
    const step: Step = { kind: 'tool-call', record: { callId, tool: name, args, ...record }, milliseconds };
    return { kind: 'steps', steps: [recovered ? { ...step, recovered: true as const } : step] };
  };
  const ask = ({ rule, reason, pattern }: Pick<PendingApproval, 'rule' | 'reason' | 'pattern'>): Settled => ({
    kind: 'approval',
    approval: { callId, tool: name, args, callHash, rule, reason, pattern },
  });
  if (approval?.decision === 'reject') {
    return done({
      status: 'rejected',
      reason: { es: approval.reason ?? 'No fue aprobado.', en: approval.reason ?? 'It was not approved.' },
    });
  }
  if (waitsForPerson(open) && open.verdict.kind === 'ask') return ask(open.verdict);
  if (approval !== undefined || (waited && !inDoubt)) {
    // Much may have changed while a person thought about it.
    const { record, step } = await context.decideAgain(call);
    if (record !== undefined) return done(record);
    if (approval === undefined && step.verdict.kind === 'ask') return ask(step.verdict);
  }
  const tool = agent.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) return done({ status: 'invalid', reason: { es: `No existe ${name}.`, en: `There is no ${name}.` } });
  const started = performance.now();
  const behalf = await context.behalf();
  const refusal = toolRefusalOf(tool, behalf);
  // Decided by what somebody was allowed then. What may have happened already is not called refused: a person looks.
  if (refusal !== undefined && !(inDoubt && tool.effect === 'write')) return done({ status: 'denied', ...refusal });
  const unknown = { rule: 'outcome-unknown', reason: outcomeUnknown(name) };
  if (refusal !== undefined) return ask(unknown);
  const result = await executor.run(tool, args, context.place(callId, behalf), inDoubt);
  if (result.kind === 'completed') {
    const { output, spilled } = result;
    return done({ status: 'completed', output, ...(spilled === undefined ? {} : { spilled }) }, started, inDoubt);
  }
  if (result.kind === 'suspended') return { kind: 'waits', waits: result.waits };
  if (result.kind === 'failed') return done({ status: 'failed', reason: result.reason }, started);
  return ask(unknown);
}
