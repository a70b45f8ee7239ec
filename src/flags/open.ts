/** The parts of feature flags, put together. */
import type { ProjectConfig } from '../project.ts';
import { FallbackFlags } from './fallback.ts';
import { FlagTable, type FlagTableDependencies } from './flag-table.ts';
import { FlagProviders } from './provider.ts';

export interface FlagPart {
  table: FlagTable;
  providers: FlagProviders;
  fallback: FallbackFlags;
  close(): void;
}

/** Reads the flags. @param instance a name that no other Timonel of this process has. @throws TimonelError `store_unavailable` */
export async function openFlags(
  dependencies: FlagTableDependencies & { project: Pick<ProjectConfig, 'agents' | 'fallbacks'>; instance: string },
): Promise<FlagPart> {
  const { project, instance, ...own } = dependencies;
  const table = new FlagTable(own);
  await table.open();
  const providers = new FlagProviders(table, instance);
  return {
    table,
    providers,
    fallback: new FallbackFlags(providers, project),
    close() {
      table.close();
      providers.close();
    },
  };
}
