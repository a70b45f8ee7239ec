import { createGoogle } from '@ai-sdk/google';
import type { Upstream } from '../wire/upstream.ts';
import type { Provider, ProviderSettings } from './contract.ts';
import { listModels } from './model-list.ts';

/** Google's Gemini API. https://ai.google.dev/api */
export function google(settings: ProviderSettings, upstream: Upstream): Provider {
  const baseUrl = settings.url ?? 'https://generativelanguage.googleapis.com/v1beta';
  const sdk = createGoogle({ apiKey: settings.key ?? '', baseURL: baseUrl, fetch: upstream.fetch });
  return {
    name: 'google',
    family: 'google',
    keyVariable: 'GEMINI_API_KEY',
    // The model is a segment of the path, and what follows the last colon is what is asked of it.
    takes: (model) => /^((models|tunedModels)\/)?[A-Za-z0-9][\w.-]*$/.test(model),
    chat: (model) => sdk.languageModel(model),
    embedding: (model) => sdk.embeddingModel(model),
    wires: {},
    continuesPrefill: () => false,
    list: (signal) => listModels(upstream, `${baseUrl}/models?pageSize=1000`, { 'x-goog-api-key': settings.key ?? '' }, signal),
  };
}
