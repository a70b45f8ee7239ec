/** What a reader of a run sees, live or afterwards. */
import type { Step } from '../store/steps.ts';
import type { JsonValue, Reply } from '../vocabulary.ts';

/**
 * Inside the process: a stored step, text of a reply that is still being written, what a call is doing, or a message that the agent sent by itself
 * meanwhile (stored, but not in this run).
 */
export type RunEvent =
  | { kind: 'step'; index: number; step: Step }
  | { kind: 'text'; delta: string }
  | { kind: 'progress'; callId: string; tool: string; chunk: JsonValue }
  | { kind: 'sent'; runId: string; turn: number; message: Reply };

/**
 * On the wire. `id` is the step's index: a reader that lost the connection goes on after it. Text deltas, progress and sent messages have no id, nor have the first event,
 * which names the run, and the one that ends the stream of a process that shuts down before the run ended.
 */
export interface RunEventFrame {
  id?: number;
  event:
    | 'run-accepted'
    | 'summary-made'
    | 'plan-made'
    | 'call-decided'
    | 'call-progressed'
    | 'message-sent'
    | 'call-finished'
    | 'approval-decided'
    | 'reply-checked'
    | 'reply-given'
    | 'text-written'
    | 'run-ended'
    | 'interrupted';
  data: unknown;
}

/** The public form of a step. A model's raw answer stays inside: its text comes as the reply, its calls as decisions. */
export function wireEvent(event: RunEvent): RunEventFrame {
  if (event.kind === 'text') return { event: 'text-written', data: { delta: event.delta } };
  if (event.kind === 'progress') {
    const { callId, tool, chunk } = event;
    return { event: 'call-progressed', data: { callId, tool, chunk } };
  }
  if (event.kind === 'sent') {
    const { runId, turn, message } = event;
    return { event: 'message-sent', data: { runId, turn, ...message } };
  }
  const { index: id, step } = event;
  switch (step.kind) {
    case 'model-call': {
      const { model, finishReason, milliseconds, calls, cost } = step;
      const usage = { inputTokens: step.usage.inputTokens.total ?? 0, outputTokens: step.usage.outputTokens.total ?? 0 };
      return { id, event: 'plan-made', data: { planner: 'model', model, finishReason, milliseconds, usage, calls, cost } };
    }
    case 'summary':
      return { id, event: 'summary-made', data: { upToTurn: step.upToTurn, by: step.by, tokens: step.tokens } };
    case 'plan':
      return {
        id,
        event: 'plan-made',
        data: { planner: 'flow', calls: step.calls, ...(step.degraded === undefined ? {} : { degraded: step.degraded }) },
      };
    case 'decision':
      return { id, event: 'call-decided', data: { callId: step.callId, tool: step.tool, verdict: step.verdict } };
    case 'tool-call':
      return {
        id,
        event: 'call-finished',
        data: { ...step.record, milliseconds: step.milliseconds, recovered: step.recovered === true },
      };
    case 'approval':
      return {
        id,
        event: 'approval-decided',
        data: { callId: step.callId, decision: step.decision, by: step.by, reason: step.reason, remember: step.remember },
      };
    case 'guard':
      return { id, event: 'reply-checked', data: { verdict: step.verdict, milliseconds: step.milliseconds } };
    case 'reply':
      return { id, event: 'reply-given', data: { ...step.reply, outcome: step.outcome, awaiting: step.awaiting } };
  }
}
