import { TimonelError } from '../errors.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Principal } from './principal.ts';

/** What a request brings to say who it comes from. */
export interface Credentials {
  /** `Authorization: Bearer <API key or access token>`. */
  authorization?: string | undefined;
  /** `X-Api-Key`, which clients of Anthropic's API send. */
  apiKey?: string | undefined;
}

/** Finds out who asks: the one place that takes credentials. */
export class Authenticator {
  readonly #apiKeys: ApiKeys;

  constructor(apiKeys: ApiKeys) {
    this.#apiKeys = apiKeys;
  }

  /** @throws TimonelError `unauthenticated` */
  async authenticate({ authorization, apiKey }: Credentials): Promise<Principal> {
    const secret = authorization === undefined ? apiKey : /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization)?.[1];
    if (secret === undefined) {
      throw new TimonelError(
        'unauthenticated',
        'Send an API key: "Authorization: Bearer <key>". `timonel up` writes one to credentials.json.',
      );
    }
    const principal = await this.#apiKeys.find(secret);
    if (principal === undefined)
      throw new TimonelError('unauthenticated', 'The API key is not known here, was revoked, or expired.');
    return principal;
  }
}
