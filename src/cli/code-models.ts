/** Which model answers in a repository: the route `default` of its store. */
import type { ApiClient } from './api-client.ts';

export interface ListedRoute {
  alias: string;
  /** 0: as the environment has it. */
  version?: number;
  targets: { model: string }[];
}

/** What the environment had chosen is kept under this name, so that it can be gone back to. */
export const autoRoute = 'auto';

export async function listRoutes(client: ApiClient): Promise<ListedRoute[]> {
  return (await client.get<{ routes: ListedRoute[] }>('/api/v1/routes')).routes;
}

/**
 * @param wanted `auto`, the name of a route, or `provider/model`
 * @throws Error as the API refuses, e.g. where there is no such route
 */
export async function chooseModel(client: ApiClient, wanted: string): Promise<void> {
  const routes = await listRoutes(client);
  const of = (alias: string) => routes.find((route) => route.alias === alias);
  const standard = of('default');
  if (wanted === autoRoute) {
    const before = of(autoRoute) ?? of('smart') ?? of('local');
    if (before !== undefined && standard?.version !== 0) await client.put('/api/v1/routes/default', { targets: before.targets });
    return;
  }
  if (standard?.version === 0) await client.put(`/api/v1/routes/${autoRoute}`, { targets: standard.targets });
  const targets = wanted.includes('/')
    ? [{ model: wanted }]
    : (await client.get<{ route: ListedRoute }>(`/api/v1/routes/${encodeURIComponent(wanted)}`)).route.targets;
  await client.put('/api/v1/routes/default', { targets });
}
