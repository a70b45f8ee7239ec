/**
 * The flags of a workspace to OpenFeature, so that code asks for them as it would ask any other provider: https://openfeature.dev/specification
 */
import {
  type Client,
  type EvaluationContext,
  type JsonValue,
  NOOP_PROVIDER,
  OpenFeature,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import type { RunContext } from '../store/run-context.ts';
import type { FlagValue } from './flag.ts';
import type { FlagTable } from './flag-table.ts';

/** Where a turn happens. */
export type TurnPlace = Pick<RunContext, 'workspaceId' | 'conversationId' | 'agent' | 'channel'>;

/** What is known of whoever a turn is for: a conversation is one, and stays where it is. */
export function evaluationContextOf(place: TurnPlace): EvaluationContext {
  const { workspaceId: workspace, conversationId: targetingKey, agent, channel } = place;
  return { targetingKey, agent, channel, workspace };
}

/** Answers from the table of this process, in one workspace: no context leads to another one's flags. */
export class FlagProvider implements Provider {
  readonly metadata = { name: 'timonel' } as const;
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly #table: FlagTable;
  readonly #workspaceId: string;

  constructor(table: FlagTable, workspaceId: string) {
    this.#table = table;
    this.#workspaceId = workspaceId;
  }

  /**
   * What the asynchronous methods below answer, at once.
   * @param fallback given where there is no such flag, or none of that type; its type is the one that is asked for.
   */
  resolve<T extends FlagValue | JsonValue>(key: string, fallback: T, context: EvaluationContext): ResolutionDetails<T> {
    const found = this.#table.evaluate(this.#workspaceId, key, context);
    if ('errorCode' in found) return { value: fallback, reason: 'ERROR', ...found } as ResolutionDetails<T>;
    const { value, variant, reason, flagMetadata } = found;
    if (typeof value !== typeof fallback) {
      const errorMessage = `"${key}" is of the type ${typeof value}, and ${typeof fallback} was asked for.`;
      return { value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH', errorMessage, flagMetadata } as ResolutionDetails<T>;
    }
    return { value: value as T, variant, reason, flagMetadata: { ...flagMetadata } };
  }

  async resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext): Promise<ResolutionDetails<boolean>> {
    return this.resolve(key, fallback, context);
  }

  async resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): Promise<ResolutionDetails<string>> {
    return this.resolve(key, fallback, context);
  }

  async resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): Promise<ResolutionDetails<number>> {
    return this.resolve(key, fallback, context);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.resolve(key, fallback, context);
  }

  /** To be told when flags of the workspace changed. */
  changed(flagsChanged: string[]): void {
    this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  }
}

/**
 * The providers of one Timonel, each bound to a domain of its own: OpenFeature keeps providers once per process, where there may be several
 * Timonels, and a program around them with a provider of its own.
 */
export class FlagProviders {
  readonly #table: FlagTable;
  readonly #instance: string;
  readonly #providers = new Map<string, FlagProvider>();
  readonly #bound = new Set<string>();

  /** @param instance a name that no other Timonel of this process has. */
  constructor(table: FlagTable, instance: string) {
    this.#table = table;
    this.#instance = instance;
    table.subscribe((workspaceId, keys) => this.#providers.get(workspaceId)?.changed(keys));
  }

  /** For whoever needs the answer at once: an OpenFeature client has only promises. */
  of(workspaceId: string): FlagProvider {
    const known = this.#providers.get(workspaceId);
    if (known !== undefined) return known;
    const provider = new FlagProvider(this.#table, workspaceId);
    this.#providers.set(workspaceId, provider);
    return provider;
  }

  /** An OpenFeature client of a workspace: with hooks, events, and the context that the program around it has set, over which `context` goes. */
  client(workspaceId: string, context: EvaluationContext = {}): Client {
    const domain = this.#domainOf(workspaceId);
    // Does nothing where it is bound already, and binds again where the program around us has cleared all providers.
    OpenFeature.setProvider(domain, this.of(workspaceId));
    this.#bound.add(workspaceId);
    return OpenFeature.getClient(domain, context);
  }

  /** What tools ask. */
  clientFor(place: TurnPlace): Client {
    return this.client(place.workspaceId, evaluationContextOf(place));
  }

  /** OpenFeature cannot forget one domain; it lets go of what was bound to it. */
  close(): void {
    for (const workspaceId of this.#bound) OpenFeature.setProvider(this.#domainOf(workspaceId), NOOP_PROVIDER);
    this.#bound.clear();
    this.#providers.clear();
  }

  #domainOf(workspaceId: string): string {
    return `timonel/${this.#instance}/${workspaceId}`;
  }
}
