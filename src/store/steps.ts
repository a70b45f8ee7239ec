/**
 * The steps of a run, as they are stored. A resumed run is the same loop fed with these.
 */
import type { LanguageModelV4Content, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { CallRecord, JsonObject, Outcome, PlannedCall, Reply, Verdict } from '../vocabulary.ts';

/** A proposed call with the id that the run gave it: `<index of the planning step>.<position>`. */
export interface IdentifiedCall extends PlannedCall {
  callId: string;
  /** The model's own id for the call, needed to answer it. */
  modelCallId?: string;
  /** Why what the model wrote as arguments is no JSON object; `args` is empty then, and the call is not made. */
  malformed?: string;
}

export type Step =
  /** What the model said. Its calls are in `calls`; `content` is kept to be able to go on with the same conversation. */
  | {
      kind: 'model-call';
      model: string;
      content: LanguageModelV4Content[];
      calls: IdentifiedCall[];
      usage: LanguageModelV4Usage;
      finishReason: string;
      milliseconds: number;
      /** US dollars, where the model's price is known. */
      cost?: number;
    }
  /** What the flow planner decided. `state` is its memory from here on. */
  | { kind: 'plan'; calls: IdentifiedCall[]; state: JsonObject; degraded?: string }
  /** What policy said about a call. Stored before the call is made: an allowed call without a result may have happened. */
  | { kind: 'decision'; callId: string; tool: string; verdict: Verdict; callHash: string }
  | { kind: 'tool-call'; record: CallRecord; milliseconds: number; recovered?: true }
  /** What a person decided about a call that waited. */
  | { kind: 'approval'; callId: string; decision: 'approve' | 'reject'; by: string; reason?: string; callHash: string }
  /** What the agent's guard said of a reply. `refused` was not sent; `finding` is what the model, or the operator, is told. */
  | { kind: 'guard'; verdict: 'pass' | 'retry' | 'template'; finding?: string; refused?: Reply; milliseconds: number }
  | { kind: 'reply'; reply: Reply; outcome: Outcome; awaiting?: string | undefined };

/** Tokens and money of a run. */
export interface Usage {
  modelCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** US dollars; absent where no price is known. */
  cost?: number;
}
