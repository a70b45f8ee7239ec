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
  /** Why the call is not made: its tool was not offered in the turn. */
  notOffered?: string;
}

/** An earlier part of a conversation in a few words. Untrusted: it holds what users and tools said. */
export interface Summary {
  /** The last turn that it covers. */
  upToTurn: number;
  text: string;
  /** Estimated tokens of the text. */
  tokens: number;
}

export interface SummaryStep extends Summary {
  kind: 'summary';
  /** Whether a model wrote it, or a rule, where no model could. */
  by: 'model' | 'rule';
  /** Made since the model refused a prompt for its length. Once in a run. */
  refused?: true;
  /** Of the model call that wrote it. */
  usage?: LanguageModelV4Usage;
  cost?: number;
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
      /** On the first model call of a run: the note that went with the message of the user, the time among it. */
      note?: string;
    }
  /** Takes the place of the turns up to `upToTurn` in prompts from here on; stored before the model call that uses it. */
  | SummaryStep
  /** What the flow planner decided. `state` is its memory from here on. */
  | { kind: 'plan'; calls: IdentifiedCall[]; state: JsonObject; degraded?: string; understood?: false }
  /** What policy said about a call. Stored before the call is made: an allowed call without a result may have happened. */
  | { kind: 'decision'; callId: string; tool: string; verdict: Verdict; callHash: string }
  | { kind: 'tool-call'; record: CallRecord; milliseconds: number; recovered?: true }
  /** What a person decided about a call that waited. */
  | {
      kind: 'approval';
      callId: string;
      decision: 'approve' | 'reject';
      by: string;
      reason?: string;
      remember?: 'run' | 'conversation';
      callHash: string;
    }
  /** What the agent's guard said of a reply. `refused` was not sent; `finding` is what the model, or the operator, is told. */
  | { kind: 'guard'; verdict: 'pass' | 'retry' | 'template'; finding?: string; refused?: Reply; milliseconds: number }
  | { kind: 'reply'; reply: Reply; outcome: Outcome; awaiting?: string | undefined };

/** Tokens and money of a run. */
export interface Usage {
  modelCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** Those of the input that were read from the provider's prompt cache; absent where none were. */
  cachedInputTokens?: number;
  /** US dollars; absent where no price is known. */
  cost?: number;
}
