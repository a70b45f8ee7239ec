import { afterAll, describe, inject } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { readSettings } from '../src/config.ts';
import type { MigratingAgent } from '../src/store/agent-migrations/files.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { type StoreEnvironment, storeEnvironment } from './store-environment.ts';

export type StoreKind = Store['kind'];

/** The stores that this machine has. */
export const storeKinds: StoreKind[] = inject('postgresUrl') === '' ? ['embedded'] : ['embedded', 'postgres'];

/** Environment of a fresh, empty store of that kind: what a process of its own would be started with. */
export function freshStoreEnvironment(kind: StoreKind): Promise<StoreEnvironment> {
  return storeEnvironment(kind === 'embedded' ? undefined : inject('postgresUrl'));
}

/**
 * Runs a suite once per store that this machine has. `open` gives a fresh, migrated store, with the tables of the bundled agents unless it is
 * told otherwise; all are closed and removed at the end.
 */
export function onEachStore(
  title: string,
  suite: (open: (agents?: readonly MigratingAgent[]) => Promise<Store>, kind: StoreKind) => void,
): void {
  describe.each(storeKinds)(`${title} (%s)`, (kind) => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers.reverse()) await close();
    });
    suite(async (agents = [booking]) => {
      const { environment, remove } = await freshStoreEnvironment(kind);
      const store = await openStore(readSettings(environment), { agents });
      closers.push(async () => {
        await store.close();
        await remove();
      });
      return store;
    }, kind);
  });
}
