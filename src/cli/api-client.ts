import { readSettings } from '../config.ts';
import { type ErrorCode, errorTable, messageOf, TimonelError } from '../errors.ts';
import { type LocalCredentials, readCredentials } from './credentials.ts';

/** Speaks to a Timonel over HTTP, as any client would. */
export class ApiClient {
  readonly #credentials: LocalCredentials;

  constructor(credentials: LocalCredentials) {
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
  async send<T>(path: string, bytes: Uint8Array<ArrayBuffer>, type: string, method: 'POST' | 'PUT' = 'POST'): Promise<T> {
    return this.#bodyOf(await this.#answered(method, path, bytes, { 'content-type': type }));
  }

  /** Stores a file for a conversation. */
  async upload(conversation: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<{ id: string; mediaType: string }> {
    const form = new FormData();
    form.set('file', new Blob([bytes]), name);
    return this.#bodyOf(await this.#answered('POST', `/api/v1/artifacts?conversation=${conversation}`, form, {}));
  }

  /** An answer whose body is read as it comes. @throws Error as the others do */
  stream(method: 'GET' | 'POST', path: string, body: object | undefined, headers: Record<string, string>): Promise<Response> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return this.#answered(method, path, sent, {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
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
    return this.#bodyOf(answered);
  }

  async #answered(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | FormData | undefined,
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
      throw new TimonelError('store_unavailable', `No Timonel answers at ${url} (${messageOf(cause)}). Start it: timonel up`);
    }
    if (response.ok) return response;
    const answer = await this.#bodyOf<{ code?: string; detail?: string; errorDetails?: string }>(response);
    // Problem documents have a detail, and answers of OFREP have details of the error.
    const said = answer.detail ?? answer.errorDetails;
    if (response.status === 401) {
      const key = 'The key is the one that the last start wrote to credentials.json in TIMONEL_HOME';
      throw new TimonelError('unauthenticated', `${said ?? response.statusText} ${key}: start it again here, timonel up`);
    }
    // Another server at that address has codes of its own.
    const code = answer.code !== undefined && answer.code in errorTable ? (answer.code as ErrorCode) : 'invalid_request';
    throw new TimonelError(code, said ?? `${response.status} ${response.statusText}`);
  }

  /** @throws TimonelError `invalid_request` for an answer that is no JSON, as of another server at that address */
  async #bodyOf<T>(response: Response): Promise<T> {
    if (response.status === 204) return undefined as T;
    const body = (await response.json().catch(() => undefined)) as T | undefined;
    if (body !== undefined) return body;
    const { url } = this.#credentials;
    throw new TimonelError('invalid_request', `What answers at ${url} is no Timonel (${response.status}). Start one: timonel up`);
  }
}
