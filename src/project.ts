import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { AgentDefinition } from './run/contract.ts';

/** What a project's `timonel.config.ts` decides. Settings of one machine (ports, URLs, secrets) come from the environment instead. */
export interface ProjectConfig {
  agents: readonly AgentDefinition[];
  /** Models by the name that agents use. Any provider of the Vercel AI SDK fits. `default` serves agents that name none. */
  models?: Readonly<Record<string, LanguageModelV4>>;
  /** US dollars per million tokens, by model name; a run's money limit applies to models with a price. */
  prices?: Readonly<Record<string, { input: number; output: number }>>;
}
