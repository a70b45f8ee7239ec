import { afterAll, beforeAll, describe } from 'vitest';
import type { StoreEnvironment } from '../store-environment.ts';
import { freshStoreEnvironment, type StoreKind, storeKinds } from '../stores.ts';
import { Cluster } from './cluster.ts';

export interface Arrangement {
  kind: StoreKind;
  processes: number;
  /** Replaces settings of the processes. */
  settings?: Record<string, string>;
}

/** The arrangements that Timonel runs in: only one process can open an embedded store. */
export const arrangements: readonly Arrangement[] = [
  { kind: 'embedded', processes: 1 },
  { kind: 'postgres', processes: 1 },
  { kind: 'postgres', processes: 3 },
];

/** The two ends of them, for what does not depend on being alone on PostgreSQL. */
export const oneAndThree = arrangements.filter(({ kind, processes }) => kind === 'embedded' || processes === 3);

/**
 * Runs a suite once per arrangement, on processes that its tests share and that are healed after each of them. An arrangement on a store
 * that this machine lacks shows as skipped.
 */
export function onEachArrangement(title: string, chosen: readonly Arrangement[], suite: (setting: Setting) => void): void {
  for (const { kind, processes, settings } of chosen) {
    const name = `${title} (${kind}, ${processes === 1 ? 'one process' : `${processes} processes`})`;
    describe.skipIf(!storeKinds.includes(kind))(name, () => {
      let store: StoreEnvironment | undefined;
      let cluster: Cluster | undefined;
      beforeAll(async () => {
        store = await freshStoreEnvironment(kind);
        cluster = await Cluster.start({ ...store.environment, ...settings }, processes);
      });
      afterAll(async () => {
        await cluster?.close();
        await store?.remove();
      });
      suite({
        kind,
        processes,
        get cluster() {
          if (cluster === undefined) throw new Error('The processes did not start.');
          return cluster;
        },
      });
    });
  }
}

export interface Setting {
  kind: StoreKind;
  processes: number;
  /** Use it inside of tests: it is started before them. */
  readonly cluster: Cluster;
}
