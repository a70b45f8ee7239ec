import { createGroq } from '@ai-sdk/groq';
import type { Upstream } from '../wire/upstream.ts';
import type { Provider, ProviderSettings } from './contract.ts';
import { listModels } from './model-list.ts';
import { bearer, wire } from './wire-address.ts';

/** Groq. https://console.groq.com/docs/api-reference */
export function groq(settings: ProviderSettings, upstream: Upstream): Provider {
  const baseUrl = settings.url ?? 'https://api.groq.com/openai/v1';
  const sdk = createGroq({ apiKey: settings.key ?? '', baseURL: baseUrl, fetch: upstream.fetch });
  const headers = bearer(settings.key);
  return {
    name: 'groq',
    family: 'openai',
    keyVariable: 'GROQ_API_KEY',
    chat: (model) => sdk.languageModel(model),
    wires: {
      'openai-chat': wire(`${baseUrl}/chat/completions`, headers),
      'openai-transcriptions': wire(`${baseUrl}/audio/transcriptions`, headers),
      'openai-speech': wire(`${baseUrl}/audio/speech`, headers),
    },
    // https://console.groq.com/docs/prefilling
    continuesPrefill: () => true,
    list: (signal) => listModels(upstream, `${baseUrl}/models`, headers, signal),
  };
}
