import { Namespace } from 'kubernetes-models/v1/Namespace';
import type { Source } from '../source.ts';

/** Pods that want rights are refused in it, whoever asks for them. Helm makes namespaces itself: `--create-namespace`. */
export function namespaceOf(source: Source) {
  return new Namespace({
    metadata: {
      name: source.namespace,
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' },
    },
  });
}
