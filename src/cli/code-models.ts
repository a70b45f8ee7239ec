/** Which model answers in a repository: the route `default` of its store. */
import type { Language } from '../language/contract.ts';
import type { ApiClient } from './api-client.ts';
import { sentence } from './code-words.ts';
import { UsageError } from './usage-error.ts';

export interface ListedRoute {
  alias: string;
  /** 0: as the environment has it. */
  version?: number;
  targets: { model: string }[];
}

/** What is said to go back to what the environment gives. */
export const autoRoute = 'auto';

export async function listRoutes(client: ApiClient): Promise<ListedRoute[]> {
  return (await client.get<{ routes: ListedRoute[] }>('/api/v1/routes')).routes;
}

/** `deep` is what routes call `smart`: the model that answers best. */
export const shownAlias = (alias: string) => (alias === 'smart' ? 'deep' : alias);

/**
 * @param wanted `fast`, `deep`, `auto`, the name of a route, or `provider/model`
 * @throws UsageError where there is no such route; Error as the API refuses
 */
export async function chooseModel(client: ApiClient, wanted: string, language: Language): Promise<void> {
  if (wanted === autoRoute) {
    await client.delete('/api/v1/routes/default?standard=true');
    return;
  }
  const routes = await listRoutes(client);
  const alias = wanted === 'deep' ? 'smart' : wanted;
  const targets = wanted.includes('/') ? [{ model: wanted }] : routes.find((each) => each.alias === alias)?.targets;
  if (targets === undefined) {
    const there = routes.map((each) => shownAlias(each.alias)).join(', ');
    throw new UsageError(sentence(language, 'noRoute', { route: wanted, there: there === '' ? '–' : there }));
  }
  await client.put('/api/v1/routes/default', { targets: targets.map(({ model }) => ({ model })) });
}
