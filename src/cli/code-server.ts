/** The Timonel of a repository: one process has it open, and every other terminal speaks to that one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { codingProject } from '../bundled-project.ts';
import { TimonelError } from '../errors.ts';
import type { Timonel } from '../main.ts';
import { ApiClient } from './api-client.ts';
import { codeHome, codeSettings, userSettingsFolder } from './code-home.ts';
import { findCredentials, type LocalCredentials, writeCredentials } from './credentials.ts';
import { localKey } from './local-key.ts';

/** For how long a start waits for the process that has the store, and does not answer yet. */
const longestWaitMs = 60_000;

/** What is asked of the agent of a project. */
export const coderPath = '/api/v1/agents/coder';

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

export class CodeServer implements AsyncDisposable {
  readonly root: string;
  /** Where what is known of the repository is kept. */
  readonly home: string;
  #own: Timonel | undefined;
  #client: ApiClient | undefined;

  constructor(root: string) {
    this.root = root;
    this.home = codeHome(root);
  }

  /** Whether this process has the store open. */
  get serves(): boolean {
    return this.#own !== undefined;
  }

  /**
   * The Timonel of the repository: the one that answers, else one that this process starts. Two that start at the same moment are told apart by the lock of
   * the store: one has it, the other one waits until that one answers.
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

  /** Another server may have the port by now: the one that is meant knows the key, and the folder. */
  async #isOurs(client: ApiClient): Promise<boolean> {
    try {
      return (await client.get<{ folder: string }>(`${coderPath}/project`)).folder === this.root;
    } catch {
      return false;
    }
  }

  async #start(): Promise<LocalCredentials> {
    const { openTimonel } = await import('../main.ts');
    const timonel = await openTimonel(codeSettings(this.home), await codingProject(this.root, process.env, userSettingsFolder()));
    try {
      const url = await timonel.listen();
      const credentials = { url, apiKey: await localKey(timonel, this.home, 'timonel code') };
      writeCredentials(this.home, credentials);
      this.#own = timonel;
      return credentials;
    } catch (error) {
      await timonel.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.close();
    this.#own = undefined;
  }
}
