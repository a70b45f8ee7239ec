/** The way in from outside. */
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { Service } from 'kubernetes-models/v1/Service';
import type { Source } from '../source.ts';
import { metadata } from './names.ts';

/** Paths that show what is inside: their requests go to a service without pods, which every controller answers with 503. */
export const hiddenPaths = ['/health', '/metrics', '/api/v1/health', '/api/v1/metrics'];

export function ingress(source: Source) {
  const nowhere = metadata(source, 'nowhere');
  const to = (path: string, name: string | undefined) => ({
    path,
    pathType: 'Prefix' as const,
    backend: { service: { name: name ?? '', port: { name: 'http' } } },
  });
  const host = source.value((values) => values.ingress.host);
  return [
    new Ingress({
      metadata: { ...metadata(source), annotations: source.value((values) => values.ingress.annotations) },
      spec: {
        ingressClassName: source.value((values) => values.ingress.className),
        tls: [{ hosts: [host], secretName: source.value((values) => values.ingress.tlsSecret) }],
        rules: [{ host, http: { paths: [...hiddenPaths.map((path) => to(path, nowhere.name)), to('/', source.name)] } }],
      },
    }),
    new Service({
      metadata: nowhere,
      spec: { type: 'ClusterIP', selector: { 'app.kubernetes.io/component': 'nowhere' }, ports: [{ name: 'http', port: 80 }] },
    }),
  ];
}
