import type { LanguageModelV4 } from '@ai-sdk/provider';
import { LRUCache } from 'lru-cache';
import { ModelFailure } from '../attempt/failure.ts';
import { notAModel, splitModel } from '../routes/route.ts';
import type { Upstream } from '../wire/upstream.ts';
import { anthropic } from './anthropic.ts';
import type { Provider, ProviderSettings } from './contract.ts';
import { google } from './google.ts';
import { groq } from './groq.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Providers with an API and a key of their own. */
export const hostedProviders = { anthropic, openai, google, groq } as const;
export type HostedProvider = keyof typeof hostedProviders;

/** What the environment says about all providers. */
export interface ProvidersSettings {
  hosted: Readonly<Record<HostedProvider, ProviderSettings>>;
  /** Base URL of Ollama's OpenAI-compatible API. */
  ollamaUrl: string | undefined;
  /** A server with OpenAI's chat completions, named by `TIMONEL_MODEL_URL`. */
  compatible: { url: string; key: string | undefined } | undefined;
}

/** How the names of each provider's models begin. */
const families = {
  anthropic: /^claude-/,
  openai: /^(gpt-|chatgpt-|o\d|text-embedding-)/,
  google: /^(gemini-|gemma-)/,
} as const satisfies Partial<Record<HostedProvider, RegExp>>;

/** Name under which the project's own models are reached. */
export const projectProvider = 'project';
/** Name of the server that `TIMONEL_MODEL_URL` gives. */
export const configuredProvider = 'configured';

/** The providers of this process, by name; those without a key are known and not reachable. */
export class Providers {
  readonly #reachable = new Map<string, Provider>();
  readonly #missingKey = new Map<string, string>();

  constructor(settings: ProvidersSettings, projectModels: Readonly<Record<string, LanguageModelV4>>, upstream: Upstream) {
    for (const [name, create] of Object.entries(hostedProviders)) {
      const given = settings.hosted[name as HostedProvider];
      const provider = create(given, upstream);
      if (given.key === undefined && given.url === undefined) this.#missingKey.set(name, provider.keyVariable ?? '');
      else this.#add(provider);
    }
    if (settings.ollamaUrl !== undefined)
      this.#add(openaiCompatible({ name: 'ollama', key: undefined, url: settings.ollamaUrl }, upstream));
    if (settings.compatible !== undefined)
      this.#add(openaiCompatible({ name: configuredProvider, ...settings.compatible, keyVariable: 'TIMONEL_MODEL_KEY' }, upstream));
    // These are objects already.
    if (Object.keys(projectModels).length > 0) this.#reachable.set(projectProvider, fromProject(projectModels));
  }

  #add(provider: Provider): void {
    this.#reachable.set(provider.name, remembering(provider));
  }

  /**
   * The provider of a model that is named without one, as programs do that were written for it: `gpt-4o` is OpenAI's.
   * @returns `undefined` where nobody's names look like that, or theirs cannot be reached.
   */
  homeOf(model: string): string | undefined {
    const name = Object.entries(families).find(([, family]) => family.test(model))?.[0];
    return name !== undefined && this.#reachable.has(name) ? name : undefined;
  }

  find(name: string): Provider | undefined {
    return this.#reachable.get(name);
  }

  /**
   * Cuts `provider/model`, and holds the name to what the provider takes.
   * @param where begins the message of the refusal.
   * @returns without a provider where this process cannot reach it.
   * @throws TimonelError `invalid_request`
   */
  split(name: string, where = ''): { provider: Provider | undefined; model: string } {
    const { provider: providerName, model } = splitModel(name, where);
    const provider = this.find(providerName);
    if (provider?.takes?.(model) === false) throw notAModel(name, where);
    return { provider, model };
  }

  /** The environment variable whose absence makes a provider unreachable. */
  missingKey(name: string): string | undefined {
    return this.#missingKey.get(name);
  }

  /** Whether a provider of that name exists, reachable or not. */
  knows(name: string): boolean {
    return this.#reachable.has(name) || this.#missingKey.has(name);
  }

  names(): string[] {
    return [...this.#reachable.keys(), ...this.#missingKey.keys()];
  }

  all(): Provider[] {
    return [...this.#reachable.values()];
  }

  /** Providers that are known and have no key, with the variable that would carry it. */
  unreachable(): { name: string; keyVariable: string }[] {
    return [...this.#missingKey].map(([name, keyVariable]) => ({ name, keyVariable }));
  }
}

/** Callers choose the names of models. */
const mostModels = 200;

/**
 * The same provider, with one object for each model: the SDK writes the schemas of its answers anew with each one that it makes, which was a
 * fifth of the memory that a turn allocated and most of what outlived it.
 */
function remembering(provider: Provider): Provider {
  const models = new LRUCache<string, LanguageModelV4>({ max: mostModels });
  return {
    ...provider,
    chat(model) {
      let known = models.get(model);
      if (known === undefined) {
        known = provider.chat(model);
        models.set(model, known);
      }
      return known;
    },
  };
}

/** Models that the project brings as objects: any provider of the AI SDK, or one of its own. */
function fromProject(models: Readonly<Record<string, LanguageModelV4>>): Provider {
  return {
    name: projectProvider,
    family: 'project',
    chat(model) {
      const found = models[model];
      if (found === undefined) throw new ModelFailure('model-missing', `the project has no model "${model}"`);
      return found;
    },
    wires: {},
    continuesPrefill: () => false,
    list: async () => Object.keys(models).sort(),
  };
}
