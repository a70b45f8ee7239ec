/** Calls of the API: typed by its document, with the cookie of the session, its CSRF token, and one refresh when it has expired. */
import type { Operations } from './operations.ts';
import { ApiProblem, readProblem } from './problem.ts';

export type OperationName = keyof Operations;
type Given<T, Name extends string> = T extends undefined ? { [key in Name]?: undefined } : { [key in Name]: T };

interface Always {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

type Parameters = {
  [N in OperationName]: Given<Operations[N]['path'], 'path'> & { query?: Operations[N]['query'] };
};

type AllOptions = {
  [N in OperationName]: Parameters[N] &
    ([Operations[N]['body']] extends [undefined] ? { body?: undefined } : { body: NonNullable<Operations[N]['body']> }) &
    Always;
};

/** What a call takes: the parameters of its path, its query, its body, and what every call may have. */
export type Options<N extends OperationName> = AllOptions[N];

/** What a reading takes. */
export type Asked<N extends OperationName> = Parameters[N];

export type Answer<N extends OperationName> = Exclude<Operations[N]['answer'], undefined>;

/** An answer with the version that a change has to name (If-Match). */
export interface Versioned<T> {
  value: T;
  etag: string | undefined;
}

let csrfToken = '';
let lost = () => {};

/** The token that shows that a change was asked for by this page; it comes with the sign-in, and with `GET /api/v1/auth/me`. */
export function setCsrfToken(token: string | undefined): void {
  csrfToken = token ?? '';
}

/** Is told when the session has ended and cannot be refreshed. */
export function onSessionLost(listener: () => void): void {
  lost = listener;
}

/** @throws ApiProblem */
export async function call<N extends OperationName>(name: N, options?: NoInfer<Options<N>>): Promise<Answer<N>> {
  return (await invoke<Answer<N>>(name, options)).value;
}

/** @throws ApiProblem */
export function callVersioned<N extends OperationName>(name: N, options?: NoInfer<Options<N>>): Promise<Versioned<Answer<N>>> {
  return invoke<Answer<N>>(name, options);
}

function invoke<T>(name: string, options: object = {}): Promise<Versioned<T>> {
  const [method = 'GET', template = ''] = name.split(' ');
  const { path, query, body, headers, signal } = options as {
    path?: Record<string, unknown>;
    query?: Record<string, unknown>;
    body?: unknown;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  };
  const address = template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(path?.[key] ?? '')));
  return request<T>(method, address + queryText(query), { body, headers, signal });
}

export interface RequestOptions {
  body?: unknown;
  /** Sent as it is, in place of `body`; its type is in `headers`, that of a form is known. */
  raw?: Blob | FormData | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

/** A call by its address: for routes that a description names, such as those of resources. @throws ApiProblem */
export async function request<T>(method: string, address: string, options: RequestOptions = {}): Promise<Versioned<T>> {
  let response = await send(method, address, options);
  if (response.status === 401 && (await refreshed())) response = await send(method, address, options);
  if (!response.ok) {
    const problem = await readProblem(response);
    if (problem.status === 401) lost();
    throw problem;
  }
  const json = response.headers.get('content-type')?.includes('json') === true;
  return { value: (json ? await response.json() : undefined) as T, etag: response.headers.get('etag') ?? undefined };
}

/** Sends without a refresh: for signing in. @throws ApiProblem where the server is not reached */
export async function send(method: string, address: string, { body, raw, headers, signal }: RequestOptions): Promise<Response> {
  const changes = method !== 'GET';
  try {
    return await fetch(address, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(changes && csrfToken !== '' ? { 'x-csrf-token': csrfToken } : {}),
        ...headers,
      },
      ...(raw !== undefined ? { body: raw } : body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiProblem(0, 'unreachable', 'The server was not reached.');
  }
}

let refreshing: Promise<boolean> | undefined;

/** Exchanges the refresh token; one exchange for all calls that need it. @returns whether there is a session now */
export function refreshed(): Promise<boolean> {
  refreshing ??= (async () => {
    const response = await send('POST', '/api/v1/auth/refresh', {});
    if (!response.ok) return false;
    setCsrfToken(((await response.json()) as { csrfToken?: string }).csrfToken);
    return true;
  })().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

export function queryText(query: Record<string, unknown> | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}
