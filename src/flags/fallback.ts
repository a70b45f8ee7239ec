/**
 * The flag `fallback.<agent>`: sends turns to the flow planner, or to the system that answered before Timonel did, because somebody decided
 * so and not because a model failed.
 */
import { TimonelError } from '../errors.ts';
import type { ProjectConfig } from '../project.ts';
import { type FallbackKind, fallbackKinds } from '../run/planner.ts';
import type { ClaimedRun } from '../store/runs.ts';
import type { FlagDefinition } from './flag.ts';
import { evaluationContextOf, type FlagProviders } from './provider.ts';

const prefix = 'fallback.';

/** What the flag of an agent can say. */
const answers: readonly string[] = ['none', ...fallbackKinds];

export class FallbackFlags {
  readonly #providers: Pick<FlagProviders, 'of'>;
  readonly #project: Pick<ProjectConfig, 'agents' | 'fallbacks'>;

  constructor(providers: Pick<FlagProviders, 'of'>, project: Pick<ProjectConfig, 'agents' | 'fallbacks'>) {
    this.#providers = providers;
    this.#project = project;
  }

  /**
   * What was decided for a run. Asked before each plan, so it takes no round trip and no turn of the event loop: of the provider itself, since
   * an OpenFeature client has only promises. A conversation stays where its first turn went, as long as shares only grow.
   */
  decided(run: ClaimedRun): FallbackKind | 'none' {
    const provider = this.#providers.of(run.workspaceId);
    const { value, reason } = provider.resolve<string>(`${prefix}${run.agent}`, 'none', evaluationContextOf(run));
    // Switched off, it decides nothing, whatever its default variant is.
    if (reason === 'DISABLED') return 'none';
    return fallbackKinds.find((kind) => kind === value) ?? 'none';
  }

  /**
   * Refuses a flag of that name which would do nothing, or would leave turns without an answer. Other flags may be what they like.
   * @throws TimonelError `invalid_request`, `agent_not_found`
   */
  check(key: string, definition: FlagDefinition): void {
    if (!key.startsWith(prefix)) return;
    const name = key.slice(prefix.length);
    const agents = this.#project.agents.filter((agent) => agent.name === name);
    if (agents.length === 0) {
      const names = [...new Set(this.#project.agents.map((agent) => agent.name))].join(', ');
      throw new TimonelError('agent_not_found', `${key} decides about an agent, and there is no "${name}". There are: ${names}.`);
    }
    const { variants } = definition;
    const strange = Object.entries(variants).find(([, value]) => typeof value !== 'string' || !answers.includes(value));
    if (strange !== undefined) {
      throw new TimonelError(
        'invalid_request',
        `variants.${strange[0]}: ${key} can be ${answers.map((each) => `"${each}"`).join(', ')}.`,
      );
    }
    const given = new Set(givenVariants(definition).map((variant) => variants[variant]));
    if (given.has('flows') && agents.every(({ flows }) => flows === undefined)) {
      throw new TimonelError(
        'invalid_request',
        `${key} gives "flows", and ${name} has no flows. Give it some, or another variant.`,
      );
    }
    if (given.has('http') && this.#project.fallbacks?.[name] === undefined) {
      throw new TimonelError(
        'invalid_request',
        `${key} gives "http", and the project names no system for ${name}. Name it in timonel.config.ts: fallbacks: { '${name}': 'https://…' }.`,
      );
    }
  }
}

/** The variants that somebody can get. */
function givenVariants({ defaultVariant, rules }: FlagDefinition): string[] {
  const ofRules = rules.flatMap(({ variant, split = [] }) => [
    ...(variant === undefined ? [] : [variant]),
    ...split.filter(({ percentage }) => percentage > 0).map((share) => share.variant),
  ]);
  return [defaultVariant, ...ofRules];
}
