import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Price } from './llm/money/price-table.ts';
import type { RouteInput } from './llm/routes/route.ts';
import type { AgentDefinition } from './run/contract.ts';

/** What a project's `timonel.config.ts` decides. Settings of one machine (ports, URLs, secrets) come from the environment instead. */
export interface ProjectConfig {
  agents: readonly AgentDefinition[];
  /** Models by the name that agents use. Any provider of the Vercel AI SDK fits. `default` serves agents that name none. */
  models?: Readonly<Record<string, LanguageModelV4>>;
  /**
   * US dollars per million tokens, by `provider/model` or by model name. They come before the shipped list prices; a limit of money applies
   * to models with a price.
   */
  prices?: Readonly<Record<string, Price>>;
  /**
   * By agent, the URL of the system that answered before Timonel did. It gets a turn as JSON when the model fails and the agent has no flows,
   * or when the flag `fallback.<agent>` says `http`. See docs/releases.md.
   */
  fallbacks?: Readonly<Record<string, string>>;
  /** Routes by alias: which models answer under one name, in which order. Those that a workspace stored come before them. */
  routes?: Readonly<Record<string, RouteInput>>;
}
