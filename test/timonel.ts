/** A whole Timonel for a test, spoken to as a user would. */
import type { z } from 'zod';
import { readSettings } from '../src/config.ts';
import type { turn } from '../src/http/schemas.ts';
import { createTimonel, defaultWorkspace, type Overrides, type Timonel } from '../src/main.ts';
import type { ProjectConfig } from '../src/project.ts';
import { freshStoreEnvironment, type StoreKind } from './stores.ts';

/** A turn as the API answers it; a turn that ended has a reply. */
export type TurnBody = z.infer<typeof turn> & { reply: { text: string; options?: string[] } };

export interface TestTimonel {
  timonel: Timonel;
  environment: Record<string, string>;
  /** An admin key of the default workspace. */
  apiKey: string;
  /** Calls the API in-process, as JSON, with the admin key. A header that is undefined is left out. */
  call<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers?: Record<string, string | undefined>,
  ): Promise<{ status: number; body: T; headers: Record<string, unknown> }>;
  /** Starts a conversation. @returns its id. */
  converse(agent: string, contact?: object): Promise<string>;
  /** Says something and waits for the reply. */
  say(conversation: string, text: string, headers?: Record<string, string>): Promise<TurnBody>;
  /** Closes the process; `remove` also removes its store. */
  close(remove?: boolean): Promise<void>;
}

/** Starts a Timonel on a fresh store of that kind, or on a store that is there. */
export async function startTimonel(
  kind: StoreKind,
  project: ProjectConfig,
  options: Overrides & { environment?: Record<string, string> } = {},
): Promise<TestTimonel> {
  const fresh = options.environment === undefined ? await freshStoreEnvironment(kind) : undefined;
  const environment = options.environment ?? fresh?.environment ?? {};
  const timonel = await createTimonel(
    // Tests look at releases when they want to.
    readSettings({ TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0', TIMONEL_RELEASE_LOOK_MS: '600000', ...environment }),
    project,
    options,
  );
  const id = crypto.randomUUID();
  const apiKey = await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'test', role: 'admin' });
  const call: TestTimonel['call'] = async <T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ) => {
    const response = await timonel.app.inject({
      method,
      url,
      headers: Object.fromEntries(
        Object.entries({
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = String(response.headers['content-type']).includes('json');
    return { status: response.statusCode, body: (isJson ? response.json() : response.body) as T, headers: response.headers };
  };
  return {
    timonel,
    environment,
    apiKey,
    call,
    async converse(agent, contact) {
      const { status, body } = await call<{ id: string }>('POST', '/api/v1/conversations', {
        agent,
        ...(contact === undefined ? {} : { contact }),
      });
      if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
      return body.id;
    },
    async say(conversation, text, headers) {
      const { status, body } = await call<TurnBody>('POST', `/api/v1/conversations/${conversation}/messages`, { text }, headers);
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
      return body;
    },
    async close(remove = true) {
      await timonel.close();
      if (remove) await fresh?.remove();
    },
  };
}
