import type { BackupSettings } from '../../backup-settings.ts';
import type { BackupTarget } from './contract.ts';
import { BackupFolder } from './folder.ts';

/** The place that the settings name: a bucket where there is one, else a folder. */
export async function openBackupTarget(
  { folder, s3 }: Pick<BackupSettings, 'folder' | 's3'>,
  now: () => Date,
): Promise<BackupTarget> {
  if (s3 === undefined) return new BackupFolder(folder);
  const { BackupsInBucket } = await import('./bucket.ts');
  return new BackupsInBucket(s3, now);
}
