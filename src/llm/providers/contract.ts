import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider';

/** Protocols that a provider may speak on the wire, by the name of the API that made each one known. */
export type WireProtocol =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-embeddings'
  | 'openai-transcriptions'
  | 'openai-speech'
  | 'anthropic-messages';

/** How a provider is spoken to: what a request in another protocol becomes there is decided by it. */
export type ProviderFamily = 'anthropic' | 'openai' | 'google' | 'project';

/** Where and how a protocol is spoken, for requests that are passed through without translation. */
export interface Wire {
  origin: string;
  path: string;
  /** Carries the provider's key: never logged, never shown. */
  headers: Readonly<Record<string, string>>;
}

/** One provider: translated calls through the Vercel AI SDK, and its own protocols passed through as they are. */
export interface Provider {
  /** First part of `provider/model`. */
  name: string;
  family: ProviderFamily;
  /** The environment variable that carries its key; absent where none is needed. */
  keyVariable?: string;
  /** Whether a model can be called that, where the name becomes part of a URL. All names can where it is left out. */
  takes?(model: string): boolean;
  chat(model: string): LanguageModelV4;
  embedding?(model: string): EmbeddingModelV4;
  wires: Partial<Record<WireProtocol, Wire>>;
  /** A conversation that ends with the beginning of an answer is continued by these models; others are asked again from the start. */
  continuesPrefill(model: string): boolean;
  /** The ids of its models, asked live. @throws ModelFailure */
  list(signal: AbortSignal): Promise<string[]>;
}

/** What the environment says about a provider. */
export interface ProviderSettings {
  key: string | undefined;
  /** Base URL other than the provider's own, e.g. of a proxy or a test server. */
  url: string | undefined;
}
