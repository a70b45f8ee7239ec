import type {
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';

/** A question to a model. */
export interface ModelRequest {
  prompt: LanguageModelV4Prompt;
  tools: LanguageModelV4FunctionTool[];
  signal: AbortSignal;
  /** Receives text as it is written; without it the answer comes whole, at a third of the CPU. */
  onText?: ((delta: string) => void) | undefined;
}

/** All that the model said. */
export interface ModelAnswer {
  content: LanguageModelV4Content[];
  usage: LanguageModelV4Usage;
  finishReason: string;
}
