/**
 * What is wrong with objects of Kubernetes, whoever wrote them: by the schemas of their kinds, by what they refer to, and by what this system
 * promises of itself. It reads what `kubectl kustomize` or `helm template` printed.
 */
import type { Model } from '@kubernetes-models/base';
import { PrometheusRule, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parseAllDocuments } from 'yaml';
import { promiseFaults } from './check-promises.ts';
import { referenceFaults } from './check-references.ts';

/** An object as it was read. */
export interface Found {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  // Each check names the fields that it reads.
  spec?: never;
  data?: Record<string, string>;
}

const kinds: Readonly<Record<string, new (data: never) => Model<unknown>>> = {
  ConfigMap,
  CronJob,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PrometheusRule,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
};

/** Objects of a text of several documents. @throws Error where it is no YAML */
export function objectsOf(text: string): Found[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const content = document.toJS() as Found | null;
    return content === null ? [] : [content];
  });
}

/** One line for each fault; none where everything is in order. */
export function faultsOf(objects: readonly Found[]): string[] {
  const shapes = objects.flatMap((object) => shapeFaults(object));
  return shapes.length > 0 ? shapes : [...referenceFaults(objects), ...promiseFaults(objects)];
}

function shapeFaults(object: Found): string[] {
  const title = `${object.kind} ${object.metadata?.name}`;
  const kind = kinds[object.kind];
  if (kind === undefined) return [`${title}: a kind that nothing here checks`];
  try {
    const model = new kind(object as never);
    if (model.toJSON() !== undefined && (model as unknown as Found).apiVersion !== object.apiVersion)
      return [`${title}: ${object.apiVersion} has no such kind`];
    model.validate();
    return [];
  } catch (error) {
    return [`${title}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
