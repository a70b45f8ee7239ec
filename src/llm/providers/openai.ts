import { createOpenAI } from '@ai-sdk/openai';
import type { Upstream } from '../wire/upstream.ts';
import type { Provider, ProviderSettings } from './contract.ts';
import { listModels } from './model-list.ts';
import { bearer, wire } from './wire-address.ts';

/** OpenAI. https://platform.openai.com/docs/api-reference */
export function openai(settings: ProviderSettings, upstream: Upstream): Provider {
  const baseUrl = settings.url ?? 'https://api.openai.com/v1';
  const sdk = createOpenAI({ apiKey: settings.key ?? '', baseURL: baseUrl, fetch: upstream.fetch });
  const headers = bearer(settings.key);
  return {
    name: 'openai',
    family: 'openai',
    keyVariable: 'OPENAI_API_KEY',
    chat: (model) => sdk.chat(model),
    embedding: (model) => sdk.embeddingModel(model),
    wires: {
      'openai-chat': wire(`${baseUrl}/chat/completions`, headers),
      'openai-responses': wire(`${baseUrl}/responses`, headers),
      'openai-embeddings': wire(`${baseUrl}/embeddings`, headers),
      'openai-transcriptions': wire(`${baseUrl}/audio/transcriptions`, headers),
      'openai-speech': wire(`${baseUrl}/audio/speech`, headers),
    },
    continuesPrefill: () => false,
    list: (signal) => listModels(upstream, `${baseUrl}/models`, headers, signal),
  };
}
