/** Names of backups: the instant of the snapshot (UTC), and whether they are encrypted. */
import type { BackupFile } from './contract.ts';

const form = /^timonel-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.backup(\.age)?$/;

/** How all of them begin. */
export const backupPrefix = 'timonel-';

export function backupName(takenAt: Date, encrypted: boolean): string {
  const stamp = takenAt.toISOString().slice(0, 19).replaceAll(':', '-');
  return `${backupPrefix}${stamp}Z.backup${encrypted ? '.age' : ''}`;
}

/** What a name says; `undefined` of one that is no name of a backup. */
export function readBackupName(name: string): Pick<BackupFile, 'name' | 'takenAt' | 'encrypted'> | undefined {
  const match = form.exec(name);
  if (match === null) return undefined;
  const [, date, hours, minutes, seconds, sealed] = match;
  return { name, takenAt: new Date(`${date}T${hours}:${minutes}:${seconds}Z`), encrypted: sealed !== undefined };
}

/** The name under which is said that a backup was restored and compared. */
export function markName(name: string): string {
  return `${name}.verified`;
}

export function newestFirst<File extends BackupFile>(files: File[]): File[] {
  return files.sort((one, other) => other.takenAt.getTime() - one.takenAt.getTime());
}
