import { type BackupTaken, channels } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

export function backupMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const backups = set.counter('timonel_backups_total', 'backups that were taken or verified, or could not be', ['outcome']);
  const bytes = set.gauge('timonel_backup_size_bytes', 'size of the last backup that this process took', []);
  subscriptions.on<BackupTaken>(channels.backupTaken, ({ outcome, bytes: size }) => {
    backups([outcome]);
    if (outcome === 'taken') bytes([], size);
  });
}
