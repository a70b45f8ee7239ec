import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import type { Spender } from './money/budgets.ts';
import type { ModelMedium } from './routes/route.ts';

/** A question to a model. */
export interface ModelRequest {
  /** Alias of a route, or `provider/model`; the route `default` when absent or not known. */
  model: string | undefined;
  /** On whose account it goes. */
  spender: Spender;
  prompt: LanguageModelV4Prompt;
  /** What is in the prompt beside text: only models of the route that take all of it are asked. */
  media?: ReadonlySet<ModelMedium> | undefined;
  tools: LanguageModelV4FunctionTool[];
  /** The shape of the answer; text when absent. */
  responseFormat?: LanguageModelV4CallOptions['responseFormat'];
  /** Version of the agent that asks: another one may have meant something else by the same words. */
  agentVersion: string;
  signal: AbortSignal;
  /** Receives text as it is written; without it the answer comes whole, at a third of the CPU. */
  onText?: ((delta: string) => void) | undefined;
}

/** All that the model said. */
export interface ModelAnswer {
  content: LanguageModelV4Content[];
  usage: LanguageModelV4Usage;
  finishReason: string;
  /** What was asked for and the model does not have, in the names of the AI SDK. */
  unsupported?: readonly string[];
}
