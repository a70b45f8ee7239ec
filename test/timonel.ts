/** A whole Timonel for a test, spoken to as a user would. */
import type { z } from 'zod';
import { readSettings } from '../src/config.ts';
import type { turn } from '../src/http/schemas.ts';
import { defaultWorkspace, type Overrides, openTimonel, type Timonel } from '../src/main.ts';
import type { ProjectConfig } from '../src/project.ts';
import { type ApiCaller, apiCallerOf } from '../src/testing/api-caller.ts';
import { freshStoreEnvironment, type StoreKind } from './stores.ts';

/** A turn as the API answers it; a turn that ended has a reply. */
export type TurnBody = z.infer<typeof turn> & { reply: { text: string; options?: string[] } };

export interface TestTimonel extends Omit<ApiCaller, 'say'> {
  timonel: Timonel;
  environment: Record<string, string>;
  /** An admin key of the default workspace. */
  apiKey: string;
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
  const timonel = await openTimonel(
    // Tests look at releases when they want to.
    readSettings({ TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0', TIMONEL_RELEASE_LOOK_MS: '600000', ...environment }),
    project,
    options,
  );
  const id = crypto.randomUUID();
  const apiKey = await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'test', role: 'admin' });
  const caller = apiCallerOf(timonel.app, apiKey);
  return {
    timonel,
    environment,
    apiKey,
    ...caller,
    async close(remove = true) {
      await timonel.close();
      if (remove) await fresh?.remove();
    },
  };
}
