import { createAnthropic } from '@ai-sdk/anthropic';
import type { Upstream } from '../wire/upstream.ts';
import type { Provider, ProviderSettings } from './contract.ts';
import { listModels } from './model-list.ts';
import { wire } from './wire-address.ts';

/** Anthropic's Messages API. https://docs.anthropic.com/en/api/messages */
export function anthropic(settings: ProviderSettings, upstream: Upstream): Provider {
  const baseUrl = settings.url ?? 'https://api.anthropic.com/v1';
  const sdk = createAnthropic({ apiKey: settings.key ?? '', baseURL: baseUrl, fetch: upstream.fetch });
  const headers = { 'x-api-key': settings.key ?? '', 'anthropic-version': '2023-06-01' };
  return {
    name: 'anthropic',
    family: 'anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    chat: (model) => sdk.languageModel(model),
    wires: { 'anthropic-messages': wire(`${baseUrl}/messages`, headers) },
    // Claude continues an answer that was begun for it up to 4.5; later models refuse, and are then asked again from the start.
    continuesPrefill: (model) => !/-4-([6-9]|\d\d)|-[5-9](-|$)/.test(model),
    list: (signal) => listModels(upstream, `${baseUrl}/models?limit=1000`, headers, signal),
  };
}
