/** Rows of a resource, at the address that its description says. */
import { type InfiniteData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { queryText, request, type Versioned } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import type { ApiProblem } from '../../api/problem.ts';
import type { Resource } from '../../parts/described.ts';

export type ResourceRow = { id: string; version: number } & Record<string, Json>;

interface RowPage {
  items: ResourceRow[];
  next: string | null;
}

export function useRows(resource: Resource | undefined, query: Readonly<Record<string, string | undefined>>) {
  const path = resource?.path ?? '';
  return useInfiniteQuery<RowPage, ApiProblem, InfiniteData<RowPage>, unknown[], string | undefined>({
    queryKey: [path, query],
    queryFn: async ({ pageParam, signal }) =>
      (await request<RowPage>('GET', path + queryText({ ...query, limit: 100, after: pageParam }), { signal })).value,
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: resource !== undefined,
  });
}

export function useRow(resource: Resource, id: string | undefined) {
  return useQuery<Versioned<ResourceRow>, ApiProblem>({
    queryKey: [resource.path, 'row', id],
    queryFn: ({ signal }) => request<ResourceRow>('GET', `${resource.path}/${id}`, { signal }),
    enabled: id !== undefined,
  });
}

/** Names of the rows that fields refer to, by field: the first hundred of each. */
export function useReferences(
  agent: string,
  resource: Resource | undefined,
  all: readonly Resource[],
): Readonly<Record<string, readonly string[]>> {
  const fields = resource?.fields.flatMap((field) => {
    const other = all.find(({ name }) => field.refersTo === `${agent}_${name.replaceAll('-', '_')}`);
    const [key] = other?.key ?? [];
    return other === undefined || key === undefined ? [] : [{ field, other, key }];
  });
  const read = useQueries({
    queries: (fields ?? []).map(({ other }) => ({
      queryKey: [other.path, 'names'],
      queryFn: async () => (await request<RowPage>('GET', `${other.path}?limit=100`)).value,
      staleTime: 60_000,
    })),
  });
  return Object.fromEntries(
    (fields ?? []).flatMap(({ field, key }, at) => {
      const page = read[at]?.data;
      // Of a longer list a field to write in is better than half of the choices.
      return page === undefined || page.next !== null ? [] : [[field.name, page.items.map((row) => String(row[key]))]];
    }),
  );
}

/** What a row is called: its key. */
export function rowName(resource: Resource, row: Readonly<Record<string, Json | undefined>>): string {
  const names = (resource.key.length > 0 ? resource.key : resource.fields.slice(0, 1).map(({ name }) => name)).map(
    (name) => row[name],
  );
  return names.filter((each) => each !== null && each !== undefined).join(' · ');
}
