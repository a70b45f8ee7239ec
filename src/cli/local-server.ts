/** A Timonel of one's own, without a server to be started: one process has its store open, and every other terminal speaks to that one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProject } from '../bundled-project.ts';
import type { Settings } from '../config.ts';
import { TimonelError } from '../errors.ts';
import type { Timonel } from '../main.ts';
import { ApiClient } from './api-client.ts';
import { findCredentials, type LocalCredentials, writeCredentials } from './credentials.ts';
import { localKey } from './local-key.ts';

/** For how long a start waits for the process that has the store, and does not answer yet. */
const longestWaitMs = 60_000;

/** How often something is asked again of another process, once the one that had the store is gone. */
const attempts = 20;

/**
 * Asks the Timonel that answers now. Where it is gone before it answered, the next one is asked: what is asked has to bear being asked twice.
 * @throws Error as the API refuses
 */
export async function reach<T>(connect: () => Promise<ApiClient>, work: (client: ApiClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(await connect());
    } catch (error) {
      if (!isGone(error) || attempt >= attempts) throw error;
      await sleep(100 * attempt);
    }
  }
}

/** Nobody listens there any more, or the answer broke off. */
export function isGone(error: unknown): boolean {
  return error instanceof TimonelError && error.code === 'store_unavailable';
}

export interface LocalPlace {
  /** Data directory. */
  home: string;
  settings(): Settings;
  /** Its agents, with what is closed once they have ended. */
  project(): Promise<OwnProject>;
  /** What the key is called, e.g. `timonel code`. */
  keyName: string;
  /** Whether a Timonel that answers is the one of this place: another server may have its port by now. May throw. */
  isOurs(client: ApiClient): Promise<boolean>;
}

export class LocalServer implements AsyncDisposable {
  readonly home: string;
  readonly #place: LocalPlace;
  #own: Timonel | undefined;
  #project: OwnProject | undefined;
  #client: ApiClient | undefined;

  constructor(place: LocalPlace) {
    this.#place = place;
    this.home = place.home;
  }

  /** Whether this process has the store open. */
  get serves(): boolean {
    return this.#own !== undefined;
  }

  /**
   * The Timonel that answers, else one that this process starts. Two that start at the same moment are told apart by the lock of the store: one has it, the
   * other one waits until that one answers.
   * @throws TimonelError `directory_locked` where the process that has the store does not answer; `config_invalid`
   */
  async client(): Promise<ApiClient> {
    if (this.#client !== undefined && (this.#own !== undefined || (await this.#isOurs(this.#client)))) return this.#client;
    const until = performance.now() + longestWaitMs;
    for (;;) {
      const found = await this.#find();
      if (found !== undefined) {
        this.#client = found;
        return found;
      }
      try {
        this.#client = new ApiClient(await this.#start());
        return this.#client;
      } catch (error) {
        const taken = error instanceof TimonelError && error.code === 'directory_locked';
        if (!taken || performance.now() > until) throw error;
        await sleep(100);
      }
    }
  }

  async #find(): Promise<ApiClient | undefined> {
    const credentials = findCredentials(this.home);
    if (credentials === undefined) return undefined;
    const client = new ApiClient(credentials);
    return (await this.#isOurs(client)) ? client : undefined;
  }

  #isOurs(client: ApiClient): Promise<boolean> {
    return this.#place.isOurs(client).catch(() => false);
  }

  async #start(): Promise<LocalCredentials> {
    const { openTimonel } = await import('../main.ts');
    const opened = await this.#place.project();
    let timonel: Timonel | undefined;
    try {
      timonel = await openTimonel(this.#place.settings(), opened.project);
      const url = await timonel.listen();
      const credentials = { url, apiKey: await localKey(timonel, this.home, this.#place.keyName) };
      writeCredentials(this.home, credentials);
      this.#own = timonel;
      this.#project = opened;
      return credentials;
    } catch (error) {
      await timonel?.close();
      await opened[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.close();
    await this.#project?.[Symbol.asyncDispose]();
    this.#own = undefined;
    this.#project = undefined;
  }
}
