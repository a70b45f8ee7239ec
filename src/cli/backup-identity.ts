/** The identity of age that backups are decrypted with: a file may hold two, and the newest is the first. */
import { readSettings } from '../config.ts';
import { readSecretFile, replaceFile } from './secret-place.ts';
import { UsageError } from './usage-error.ts';

export async function rotateBackupIdentity({ finish }: { finish: boolean }): Promise<void> {
  const settings = readSettings();
  const path = settings.backups.identityFile;
  if (path === undefined)
    throw new UsageError(
      'TIMONEL_BACKUP_IDENTITY_FILE is not set: name the file with the identity, and run this on the machine that has it.',
    );
  const identities = readSecretFile(path)
    .split('\n')
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  const { generateIdentity, identityToRecipient } = await import('age-encryption');
  if (!finish) {
    if (identities.length > 1)
      throw new UsageError(`${path} has ${identities.length} identities: finish that rotation first, with --finish.`);
    const next = await generateIdentity();
    replaceFile(path, `${[next, ...identities].join('\n')}\n`);
    console.log(`${path} has a new identity and the one before: all backups can be read.`);
    console.log(
      `Backups are made for its recipient from now on where you set TIMONEL_BACKUP_RECIPIENT=${await identityToRecipient(next)}`,
    );
    console.log('Once no backup of the one before is kept: timonel secrets rotate TIMONEL_BACKUP_IDENTITY --finish');
    return;
  }
  const [newest] = identities;
  if (newest === undefined || identities.length < 2) throw new UsageError(`${path} has one identity, and no rotation to finish.`);
  const [{ BackupFolder }, { readHeader }, { join }] = await Promise.all([
    import('../operations/backup/folder.ts'),
    import('../operations/backup/restore.ts'),
    import('node:path'),
  ]);
  const { folder } = settings.backups;
  const backups = (await new BackupFolder(folder).list()).filter(({ encrypted }) => encrypted);
  for (const { name } of backups) {
    const readable = await readHeader({ path: join(folder, name), identity: newest }).then(
      () => true,
      () => false,
    );
    if (!readable)
      throw new UsageError(
        `${name} can be read with the identity before alone. Wait until it is not kept any more, or remove it. Nothing was changed.`,
      );
  }
  replaceFile(path, `${newest}\n`);
  console.log(`${path}: the identity before is gone.`);
}
