/** Names that objects call each other by: what is named is there, and what selects finds something. */
import type { IIngressSpec } from 'kubernetes-models/networking.k8s.io/v1/IngressSpec';
import type { IServiceSpec } from 'kubernetes-models/v1/ServiceSpec';
import type { Found } from './check.ts';
import { ofKind, selects, specOf, type Workload, workloads } from './check-objects.ts';

export function referenceFaults(objects: readonly Found[]): string[] {
  const there = (kind: string, name: string | undefined) => ofKind(objects, kind).some(({ metadata }) => metadata.name === name);
  const pods = workloads(objects);
  return [
    ...doubles(objects),
    ...pods.flatMap((workload) => ofPod(workload, there)),
    ...ofKind(objects, 'Service').flatMap((service) => ofService(service, pods)),
    ...ofKind(objects, 'Ingress').flatMap((ingress) => ofIngress(ingress, objects)),
    ...ofKind(objects, 'HorizontalPodAutoscaler').flatMap((scaler) => {
      const { kind, name } = specOf<{ scaleTargetRef: { kind: string; name: string } }>(scaler).scaleTargetRef;
      return there(kind, name) ? [] : [`HorizontalPodAutoscaler: there is no ${kind} ${name}`];
    }),
    ...['PodDisruptionBudget', 'NetworkPolicy'].flatMap((kind) =>
      ofKind(objects, kind).flatMap((object) => {
        const { selector, podSelector } =
          specOf<Record<'selector' | 'podSelector', { matchLabels?: Record<string, string> } | undefined>>(object);
        const wanted = (selector ?? podSelector)?.matchLabels ?? {};
        return pods.some(({ labels }) => selects(wanted, labels)) ? [] : [`${kind} ${object.metadata.name} selects no pod`];
      }),
    ),
    ...ofKind(objects, 'Deployment').flatMap((object) => {
      const { selector, template } = specOf<{
        selector: { matchLabels: Record<string, string> };
        template: { metadata: { labels: Record<string, string> } };
      }>(object);
      return selects(selector.matchLabels, template.metadata.labels)
        ? []
        : [`Deployment ${object.metadata.name} does not select its own pods`];
    }),
    ...ofKind(objects, 'ServiceMonitor').flatMap((monitor) => {
      const { selector, endpoints } = specOf<{
        selector: { matchLabels: Record<string, string> };
        endpoints: { port: string; path: string }[];
      }>(monitor);
      const found = ofKind(objects, 'Service').filter(({ metadata }) => selects(selector.matchLabels, metadata.labels));
      const ports = found.flatMap((service) => specOf<IServiceSpec>(service).ports ?? []).map(({ name }) => name);
      return endpoints.every(({ port }) => ports.includes(port)) ? [] : [`ServiceMonitor ${monitor.metadata.name} finds no port`];
    }),
  ];
}

function doubles(objects: readonly Found[]): string[] {
  const seen = new Set<string>();
  const namespaces = new Set(ofKind(objects, 'Namespace').map(({ metadata }) => metadata.name));
  const [namespace] = [...namespaces, ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])];
  return objects.flatMap(({ kind, metadata }) => {
    const key = `${kind} ${metadata.name}`;
    const faults = seen.has(key) ? [`${key} is there twice`] : [];
    seen.add(key);
    if (kind !== 'Namespace' && metadata.namespace !== namespace)
      faults.push(`${key} is in the namespace ${metadata.namespace}, the others in ${namespace}`);
    return faults;
  });
}

function ofPod({ kind, name, pod }: Workload, there: (kind: string, name: string | undefined) => boolean): string[] {
  const faults: string[] = [];
  const volumes = (pod.volumes ?? []).map((volume) => volume.name);
  const mounted = pod.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount) => mount.name));
  for (const mount of mounted) if (!volumes.includes(mount)) faults.push(`${kind} ${name} mounts ${mount}, which is no volume`);
  for (const volume of volumes)
    if (!mounted.includes(volume)) faults.push(`${kind} ${name} has the volume ${volume} and does not mount it`);
  if (!there('ServiceAccount', pod.serviceAccountName))
    faults.push(`${kind} ${name}: there is no ServiceAccount ${pod.serviceAccountName}`);
  for (const { envFrom = [] } of pod.containers)
    for (const { configMapRef } of envFrom)
      if (configMapRef !== undefined && !there('ConfigMap', configMapRef.name))
        faults.push(`${kind} ${name}: there is no ConfigMap ${configMapRef.name}`);
  for (const { persistentVolumeClaim: claim } of pod.volumes ?? [])
    if (claim !== undefined && !there('PersistentVolumeClaim', claim.claimName))
      faults.push(`${kind} ${name}: there is no claim ${claim.claimName}`);
  for (const { ports = [], startupProbe, livenessProbe, readinessProbe } of pod.containers)
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      const port = probe?.httpGet?.port;
      if (port !== undefined && !ports.some((each) => each.name === port || each.containerPort === port))
        faults.push(`${kind} ${name}: a probe asks at ${port}, which is no port of the container`);
    }
  return faults;
}

function ofService(service: Found, pods: readonly Workload[]): string[] {
  const { selector = {}, ports = [] } = specOf<IServiceSpec>(service);
  const { name } = service.metadata;
  const found = pods.filter(({ labels }) => selects(selector, labels));
  // One is meant to lead nowhere.
  if (name.endsWith('-nowhere')) return found.length === 0 ? [] : [`Service ${name} has pods`];
  if (found.length !== 1) return [`Service ${name} selects ${found.length} workloads`];
  const known = found.flatMap(({ pod }) =>
    pod.containers.flatMap(({ ports: opened = [] }) => opened.flatMap((port) => [port.name, port.containerPort])),
  );
  return ports.flatMap(({ targetPort, port }) =>
    known.includes(targetPort ?? port) ? [] : [`Service ${name} leads to the port ${targetPort}, which nothing has`],
  );
}

function ofIngress(ingress: Found, objects: readonly Found[]): string[] {
  const { rules = [] } = specOf<IIngressSpec>(ingress);
  return rules.flatMap(({ http }) =>
    (http?.paths ?? []).flatMap(({ path, backend: { service } }) => {
      const found = ofKind(objects, 'Service').find(({ metadata }) => metadata.name === service?.name);
      const ports = found === undefined ? [] : (specOf<IServiceSpec>(found).ports ?? []);
      const named = ports.some(({ name, port }) => name === service?.port?.name || port === service?.port?.number);
      return named ? [] : [`Ingress: ${path} leads to ${service?.name}, which has no such port`];
    }),
  );
}
