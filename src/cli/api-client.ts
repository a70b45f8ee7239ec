import { readSettings } from '../config.ts';
import { messageOf, TimonelError } from '../errors.ts';
import { type Credentials, readCredentials } from './credentials.ts';

/** Speaks to a Timonel over HTTP, as any client would. */
export class ApiClient {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** As the key of this machine may, at the Timonel that runs here. */
  static here(): ApiClient {
    return new ApiClient(readCredentials(readSettings().home));
  }

  get<T>(path: string): Promise<T> {
    return this.#request('GET', path);
  }

  post<T>(path: string, body: object, headers: Record<string, string> = {}): Promise<T> {
    return this.#request('POST', path, body, headers);
  }

  put<T>(path: string, body: object, headers: Record<string, string> = {}): Promise<T> {
    return this.#request('PUT', path, body, headers);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.#request('PATCH', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.#request('DELETE', path);
  }

  /** Sends a file as it is. */
  async send<T>(path: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<T> {
    return (await this.#answered('POST', path, bytes, { 'content-type': type })).json() as Promise<T>;
  }

  /** An answer as text, whatever it is. */
  async text(path: string): Promise<string> {
    return (await this.#answered('GET', path, undefined, {})).text();
  }

  /**
   * @returns the body of the answer, where it has one.
   * @throws Error with the problem's own explanation when the API refuses.
   */
  async #request<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
    const answered = await this.#answered(method, path, body === undefined ? undefined : JSON.stringify(body), {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
    return answered.status === 204 ? (undefined as T) : ((await answered.json()) as T);
  }

  async #answered(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | undefined,
    headers: Record<string, string>,
  ): Promise<Response> {
    const { url, apiKey } = this.#credentials;
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...headers },
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new TimonelError('store_unavailable', `No Timonel answers at ${url} (${messageOf(cause)}). Start it: timonel up`, {
        cause: error,
      });
    }
    if (response.ok) return response;
    const answer = (await response.json()) as { detail?: string; errorDetails?: string };
    // Problem documents have a detail, and answers of OFREP have details of the error.
    const said = answer.detail ?? answer.errorDetails;
    throw new TimonelError('invalid_request', said ?? `${response.status} ${response.statusText}`);
  }
}
