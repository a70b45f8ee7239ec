/** Which backups are kept. */
import type { Keep } from '../../backup-settings.ts';
import type { BackupFile, BackupTarget } from './contract.ts';

/**
 * Deletes verified files that are not to be kept. Files that were never verified count for nothing and stay: a person has to look at them.
 * The newest verified file always stays.
 * @returns names of what was deleted.
 */
export async function pruneBackups(target: Pick<BackupTarget, 'list' | 'remove'>, keep: Keep): Promise<string[]> {
  const verified = (await target.list()).filter(({ verifiedAt }) => verifiedAt !== undefined);
  const kept = keptOf(verified, keep);
  const gone = verified.filter((file) => !kept.has(file)).map(({ name }) => name);
  for (const name of gone) await target.remove(name);
  return gone;
}

/** @param files the newest first. */
function keptOf(files: readonly BackupFile[], { days, weeks, months }: Keep): Set<BackupFile> {
  const kept = new Set(files.slice(0, 1));
  const periods: [number, (at: Date) => string][] = [
    [days, (at) => at.toISOString().slice(0, 10)],
    [weeks, (at) => String(Math.floor((at.getTime() / 86_400_000 + 3) / 7))],
    [months, (at) => at.toISOString().slice(0, 7)],
  ];
  for (const [count, periodOf] of periods) {
    const seen = new Set<string>();
    for (const file of files) {
      const period = periodOf(file.takenAt);
      if (seen.has(period) || seen.size >= count) continue;
      seen.add(period);
      kept.add(file);
    }
  }
  return kept;
}
