import { type ArtifactMoved, channels } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Files, pictures and other bytes that come and go. */
export function artifactMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const labels = ['direction', 'storage'];
  const artifacts = set.counter('timonel_artifacts_total', 'artifacts that were stored (in) or read (out)', labels);
  const bytes = set.counter('timonel_artifact_bytes_total', 'bytes of artifacts that were stored (in) or read (out)', labels);
  subscriptions.on<ArtifactMoved>(channels.artifactMoved, ({ direction, storage, bytes: size }) => {
    artifacts([direction, storage]);
    bytes([direction, storage], size);
  });
}
