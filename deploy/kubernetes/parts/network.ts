/** Who may speak with whom: nobody, but for what is listed. */
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { Source } from '../source.ts';
import { containerPort, metadata, selector } from './names.ts';

export function network(source: Source) {
  const { 'app.kubernetes.io/component': _, ...all } = selector(source, 'serve');
  const reach = { ports: [{ port: containerPort, protocol: 'TCP' as const }] };
  return [
    new NetworkPolicy({
      metadata: metadata(source, 'deny'),
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    }),
    new NetworkPolicy({
      metadata: metadata(source, 'serve'),
      spec: {
        podSelector: { matchLabels: selector(source, 'serve') },
        policyTypes: ['Ingress'],
        ingress: [
          { from: source.value((values) => values.network.fromIngress), ...reach },
          { from: source.value((values) => values.network.fromMonitoring), ...reach },
        ],
      },
    }),
    new NetworkPolicy({
      metadata: metadata(source, 'egress'),
      spec: {
        podSelector: { matchLabels: all },
        policyTypes: ['Egress'],
        egress: source.value((values) => values.network.egress),
      },
    }),
  ];
}
