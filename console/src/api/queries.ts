/** Answers of the API as screens read them: kept by operation, its parameters, and the workspace, which is a new page. */
import {
  type InfiniteData,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { type Answer, type Asked, call, callVersioned, type OperationName, type Options, type Versioned } from './client.ts';
import { type ApiProblem, problemOf } from './problem.ts';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => problemOf(error).passing && count < 2,
      refetchOnWindowFocus: true,
    },
  },
});

type Reading = Extract<OperationName, `GET ${string}`>;

const keyOf = (name: string, parameters: unknown) => [name, parameters ?? {}];

interface Reads {
  enabled?: boolean;
  /** Milliseconds; for what no event tells of. */
  every?: number;
}

export function useAnswer<N extends Reading>(
  name: N,
  parameters: NoInfer<Asked<N>>,
  reads: Reads = {},
): UseQueryResult<Answer<N>, ApiProblem> {
  return useQuery<Answer<N>, ApiProblem>({
    queryKey: keyOf(name, parameters),
    queryFn: ({ signal }) => call(name, { ...parameters, signal } as unknown as Options<N>),
    enabled: reads.enabled ?? true,
    ...(reads.every === undefined ? {} : { refetchInterval: reads.every }),
  });
}

/** With the version that a change has to name. */
export function useVersioned<N extends Reading>(
  name: N,
  parameters: NoInfer<Asked<N>>,
  reads: Reads = {},
): UseQueryResult<Versioned<Answer<N>>, ApiProblem> {
  return useQuery<Versioned<Answer<N>>, ApiProblem>({
    queryKey: [...keyOf(name, parameters), 'versioned'],
    queryFn: ({ signal }) => callVersioned(name, { ...parameters, signal } as unknown as Options<N>),
    enabled: reads.enabled ?? true,
  });
}

/** A list page by page; `next` of an answer is `after` of the next one, or what `cursor` names. */
export function usePages<N extends Reading>(
  name: N,
  parameters: NoInfer<Asked<N>>,
  reads: Reads & { cursor?: 'after' | 'before' } = {},
): UseInfiniteQueryResult<InfiniteData<Answer<N>>, ApiProblem> {
  return useInfiniteQuery<Answer<N>, ApiProblem, InfiniteData<Answer<N>>, unknown[], string | number | undefined>({
    queryKey: [...keyOf(name, parameters), 'pages'],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...(parameters as { query?: object }).query, [reads.cursor ?? 'after']: pageParam };
      return call(name, { ...parameters, query, signal } as unknown as Options<N>);
    },
    initialPageParam: undefined,
    getNextPageParam: (last) => (last as { next?: string | number | null }).next ?? undefined,
    enabled: reads.enabled ?? true,
    ...(reads.every === undefined ? {} : { refetchInterval: reads.every }),
  });
}

/**
 * A change. Nothing is shown as done before the server says so; afterwards everything that was read by these operations is read anew.
 * @param touches operations whose answers it changes.
 */
export function useChange<V, T>(
  change: (value: V) => Promise<T>,
  touches: readonly Reading[],
): UseMutationResult<T, ApiProblem, V> {
  const client = useQueryClient();
  return useMutation<T, ApiProblem, V>({
    mutationFn: change,
    onSettled: () => invalidate(client, touches),
  });
}

/** Has everything read anew that came of these operations. */
export function invalidate(client: QueryClient, names: readonly string[]): Promise<void> {
  return client.invalidateQueries({ predicate: ({ queryKey }) => names.includes(String(queryKey[0])) });
}
