import { Artifacts, type ArtifactsDependencies, spoolFolderOf } from './artifacts.ts';
import type { ArtifactSettings, ArtifactStorage } from './contract.ts';
import { DiskStorage } from './storage/disk.ts';

/** The storages outside of the database: all that artifacts may be in, and the first of them, where new ones go. */
export interface Storages {
  all: ArtifactStorage[];
  folder: string | undefined;
}

/** S3 where it is configured, then a folder. */
export async function openStorages(
  { artifacts, home }: { artifacts: ArtifactSettings; home: string },
  embedded: boolean,
): Promise<Storages> {
  // One process has a home of its own; several on one database may be on several machines, and have to be told where they meet.
  const folder = artifacts.folder ?? (embedded ? `${home}/artifacts` : undefined);
  const all: ArtifactStorage[] = [];
  if (artifacts.s3 !== undefined) {
    const { S3Storage } = await import('./storage/s3.ts');
    all.push(new S3Storage(artifacts.s3));
  }
  if (folder !== undefined) all.push(new DiskStorage(folder));
  return { all, folder };
}

/** Puts the part together: S3 where it is configured, else a folder, else the database alone. */
export async function openArtifacts(
  settings: { artifacts: ArtifactSettings; home: string; publicUrl: string },
  dependencies: Pick<ArtifactsDependencies, 'pool' | 'keys' | 'now' | 'newId'>,
): Promise<Artifacts> {
  const { artifacts, home, publicUrl } = settings;
  const { all, folder } = await openStorages(settings, dependencies.pool.embedded);
  return new Artifacts({
    ...dependencies,
    settings: artifacts,
    storage: all[0],
    storages: all,
    spoolFolder: spoolFolderOf(artifacts.s3 === undefined ? folder : undefined, home),
    publicUrl,
  });
}
