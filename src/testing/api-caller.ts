import type { FastifyInstance } from 'fastify';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An answer of the API; JSON is parsed. */
export interface ApiCall<T> {
  status: number;
  body: T;
  headers: Record<string, unknown>;
}

/** The API as a test calls it: without a socket, with a key. */
export interface ApiCaller {
  call<T = Record<string, unknown>>(
    method: Method,
    path: string,
    body?: unknown,
    headers?: Record<string, string | undefined>,
  ): Promise<ApiCall<T>>;
  converse(agent: string, contact?: object): Promise<string>;
  say<T>(conversation: string, text: string, headers?: Record<string, string>): Promise<T>;
}

export function apiCallerOf(app: FastifyInstance, apiKey: string): ApiCaller {
  const call: ApiCaller['call'] = async <T>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ) => {
    const sent = {
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const response = await app.inject({
      method,
      url: path,
      // A header that is undefined is left out.
      headers: Object.fromEntries(Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined)),
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = String(response.headers['content-type']).match(/[/+]json\b/) !== null;
    return { status: response.statusCode, body: (isJson ? response.json() : response.body) as T, headers: response.headers };
  };
  const expecting = async <T>(expected: number, answer: Promise<ApiCall<T>>): Promise<T> => {
    const { status, body } = await answer;
    if (status !== expected) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    call,
    async converse(agent, contact) {
      const { id } = await expecting(201, call<{ id: string }>('POST', '/api/v1/conversations', { agent, contact }));
      return id;
    },
    say: <T>(conversation: string, text: string, headers?: Record<string, string>) =>
      expecting(200, call<T>('POST', `/api/v1/conversations/${conversation}/messages`, { text }, headers)),
  };
}
