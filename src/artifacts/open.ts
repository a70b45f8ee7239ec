import { Artifacts, type ArtifactsDependencies, spoolFolderOf } from './artifacts.ts';
import type { ArtifactSettings, ArtifactStorage } from './contract.ts';
import { DiskStorage } from './storage/disk.ts';

/** Puts the part together: S3 where it is configured, else a folder, else the database alone. */
export async function openArtifacts(
  settings: { artifacts: ArtifactSettings; home: string; publicUrl: string },
  dependencies: Pick<ArtifactsDependencies, 'pool' | 'keys' | 'now' | 'newId' | 'onFault'>,
): Promise<Artifacts> {
  const { artifacts, home, publicUrl } = settings;
  // One process has a home of its own; several on one database may be on several machines, and have to be told where they meet.
  const folder = artifacts.folder ?? (dependencies.pool.embedded ? `${home}/artifacts` : undefined);
  const storages: ArtifactStorage[] = [];
  if (artifacts.s3 !== undefined) {
    const { S3Storage } = await import('./storage/s3.ts');
    storages.push(new S3Storage(artifacts.s3));
  }
  if (folder !== undefined) storages.push(new DiskStorage(folder));
  return new Artifacts({
    ...dependencies,
    settings: artifacts,
    storage: storages[0],
    storages,
    spoolFolder: spoolFolderOf(artifacts.s3 === undefined ? folder : undefined, home),
    publicUrl,
  });
}
