import { TimonelError } from '../../errors.ts';
import { configuredProvider, type Providers, projectProvider } from '../providers/providers.ts';
import { providerOf, type Route, type RouteDefinition, type RouteInput, routeDefinition } from './route.ts';

/** What each provider would answer with under an alias. Names of 2026-11; a stored route replaces them. */
const preferred: Readonly<Record<'smart' | 'fast', readonly string[]>> = {
  smart: ['anthropic/claude-sonnet-5-5', 'openai/gpt-6.1-sol', 'google/gemini-4-argon', 'groq/openai/gpt-oss-120b'],
  fast: ['groq/llama-3.3-70b-versatile', 'openai/gpt-6-luna', 'anthropic/claude-haiku-5-5', 'google/gemini-3.8-flash'],
};

/** What the environment and the project decide before anybody stored a route. */
export interface RouteDefaults {
  /** The model that `TIMONEL_MODEL` names at `TIMONEL_MODEL_URL`. */
  configuredModel: string | undefined;
  /** The model that Ollama is to answer with as `local`. */
  ollamaModel: string | undefined;
  /** Names of the project's own models: each is a route; `default` is the one for agents that name none. */
  projectModels: readonly string[];
  /** Routes that the project's configuration declares. */
  projectRoutes: Readonly<Record<string, RouteInput>>;
  /** Limit of a whole call on routes that give none, in milliseconds. */
  totalMs: number;
}

/** Sensible routes from what is there: with only a key in the environment, `smart`, `fast` and `default` exist. */
export function defaultRoutes(providers: Providers, defaults: RouteDefaults): Map<string, Route> {
  const routes = new Map<string, Route>();
  const add = (alias: string, source: Route['source'], input: RouteInput) =>
    routes.set(alias, {
      ...parsed(alias, { ...input, timeouts: { totalMs: defaults.totalMs, ...input.timeouts } }),
      alias,
      version: 0,
      source,
    });
  for (const [alias, models] of Object.entries(preferred)) {
    const reachable = models.filter((model) => providers.find(providerOf(model)) !== undefined);
    if (reachable.length > 0) add(alias, 'environment', { targets: reachable.map((model) => ({ model })) });
  }
  if (defaults.ollamaModel !== undefined && providers.find('ollama') !== undefined)
    add('local', 'environment', { targets: [{ model: `ollama/${defaults.ollamaModel}` }] });

  const fallbacks = routes.get('smart') ?? routes.get('local');
  if (defaults.configuredModel !== undefined)
    add('default', 'environment', { targets: [{ model: `${configuredProvider}/${defaults.configuredModel}` }] });
  else if (fallbacks !== undefined) routes.set('default', { ...fallbacks, alias: 'default' });

  for (const name of defaults.projectModels) add(name, 'project', { targets: [{ model: `${projectProvider}/${name}` }] });
  for (const [alias, input] of Object.entries(defaults.projectRoutes)) add(alias, 'project', input);
  return routes;
}

/** @throws TimonelError `config_invalid` */
function parsed(alias: string, input: RouteInput): RouteDefinition {
  const result = routeDefinition.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `routes.${alias}.${path.join('.')}: ${message}`);
  throw new TimonelError('config_invalid', `The project's routes are not valid: ${faults.join('; ')}.`, { details: { faults } });
}
