import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Upstream } from '../wire/upstream.ts';
import type { Provider } from './contract.ts';
import { listModels } from './model-list.ts';
import { bearer, wire } from './wire-address.ts';

/** Any server with OpenAI's chat completions: vLLM, LM Studio, llama.cpp, OpenRouter, and Ollama's own `/v1`. */
export function openaiCompatible(
  { name, key, url, keyVariable }: { name: string; key: string | undefined; url: string; keyVariable?: string },
  upstream: Upstream,
): Provider {
  const baseUrl = url.replace(/\/+$/, '');
  const sdk = createOpenAICompatible({
    name,
    baseURL: baseUrl,
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...(key === undefined ? {} : { apiKey: key }),
    fetch: upstream.fetch,
  });
  const headers = bearer(key);
  return {
    name,
    family: 'openai',
    ...(keyVariable === undefined ? {} : { keyVariable }),
    chat: (model) => sdk.chatModel(model),
    embedding: (model) => sdk.embeddingModel(model),
    wires: {
      'openai-chat': wire(`${baseUrl}/chat/completions`, headers),
      'openai-embeddings': wire(`${baseUrl}/embeddings`, headers),
      'openai-transcriptions': wire(`${baseUrl}/audio/transcriptions`, headers),
      'openai-speech': wire(`${baseUrl}/audio/speech`, headers),
    },
    continuesPrefill: () => false,
    list: (signal) => listModels(upstream, `${baseUrl}/models`, headers, signal),
  };
}
