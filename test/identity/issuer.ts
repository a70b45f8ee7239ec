/** A real OpenID Connect issuer on loopback, and a browser that signs in there. */
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { TestTimonel } from '../timonel.ts';

export interface Issuer {
  url: string;
  /** What the issuer says of its accounts, by subject. May be changed. */
  accounts: Map<string, Record<string, unknown>>;
  close(): Promise<void>;
}

/** Client that Timonel is at every issuer of the tests. */
export const client = { id: 'timonel', secret: 'kX8tq2vJm5hGzL1wRb9c' };

/** @param redirectUris where the issuer may send browsers back to. */
export async function startIssuer(redirectUris: string[]): Promise<Issuer> {
  const accounts = new Map<string, Record<string, unknown>>();
  // The address is part of the metadata, so that the port is taken first.
  const { createServer } = await import('node:http');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: redirectUris }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['only for tests'] },
    findAccount: (_, subject) => ({ accountId: subject, claims: () => ({ sub: subject, ...accounts.get(subject) }) }),
  });
  server.on('request', provider.callback());
  return {
    url,
    accounts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An answer of Timonel. */
export interface Answer {
  status: number;
  location: string;
  body: string;
}

/** Keeps cookies for each host, and follows redirects one at a time. Timonel is asked in-process under its public URL. */
export class Browser {
  readonly #at: TestTimonel;
  readonly #publicUrl: string;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(at: TestTimonel, publicUrl: string) {
    this.#at = at;
    this.#publicUrl = publicUrl;
  }

  cookie(name: string): string | undefined {
    return this.#jar(this.#publicUrl).get(name);
  }

  forget(): void {
    this.#cookies.clear();
  }

  /** Asks Timonel. */
  async timonel(path: string): Promise<Answer> {
    return this.#ask({ method: 'GET', url: path });
  }

  /** Sends Timonel something. */
  async post(path: string, payload: object): Promise<Answer> {
    return this.#ask({ method: 'POST', url: path, payload });
  }

  async #ask(request: { method: 'GET' | 'POST'; url: string; payload?: object }): Promise<Answer> {
    const response = await this.#at.timonel.app.inject({ ...request, headers: { cookie: this.#header(this.#publicUrl) } });
    this.#keep(this.#publicUrl, [response.headers['set-cookie'] ?? []].flat());
    return { status: response.statusCode, location: String(response.headers.location ?? ''), body: response.body };
  }

  /** Signs in at the issuer, from the address that Timonel sent the browser to. @returns the path of the callback with its query. */
  async signInAt(location: string, subject: string, consent = true): Promise<string> {
    let next = await this.#visit(location);
    while (!next.startsWith(this.#publicUrl)) {
      const page = await this.#read(next);
      if (page.location !== '') {
        next = page.location;
        continue;
      }
      const action = /action="([^"]+)"/.exec(page.body)?.[1] ?? '';
      const prompt = /name="prompt" value="(\w+)"/.exec(page.body)?.[1] ?? '';
      if (prompt === 'consent' && !consent) next = new URL('abort', `${next.replace(/\/?$/, '/')}`).href;
      else next = (await this.#submit(new URL(action, next).href, { prompt, login: subject, password: 'any' })).location;
    }
    return next.slice(this.#publicUrl.length);
  }

  /** The whole way: start, issuer, callback. */
  async signIn(provider: string, subject: string, query = ''): Promise<Answer> {
    const { status, location, body } = await this.timonel(`/api/v1/auth/oidc/${provider}/start${query}`);
    if (status !== 302) return { status, location, body };
    return this.timonel(await this.signInAt(location, subject));
  }

  async #visit(url: string): Promise<string> {
    const { location, body } = await this.#read(url);
    if (location === '') throw new Error(`The issuer does not go on: ${body.slice(0, 500)}`);
    return location;
  }

  async #read(url: string): Promise<Answer> {
    return this.#send(url, { method: 'GET' });
  }

  async #submit(url: string, form: Record<string, string>): Promise<Answer> {
    return this.#send(url, { method: 'POST', body: new URLSearchParams(form) });
  }

  async #send(url: string, request: RequestInit): Promise<Answer> {
    const { origin } = new URL(url);
    const response = await fetch(url, { ...request, redirect: 'manual', headers: { cookie: this.#header(origin) } });
    this.#keep(origin, response.headers.getSetCookie());
    const location = response.headers.get('location');
    return { status: response.status, location: location === null ? '' : new URL(location, url).href, body: await response.text() };
  }

  #jar(origin: string): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }

  #header(origin: string): string {
    return [...this.#jar(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(origin: string, cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(name.length + 1);
      const gone = value === '' || attributes.some((each) => /^expires=.*1970/i.test(each));
      if (gone) this.#jar(origin).delete(name);
      else this.#jar(origin).set(name, value);
    }
  }
}
