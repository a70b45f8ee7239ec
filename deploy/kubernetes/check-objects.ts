/** How the checks read objects: pods of every kind of workload, and labels. */
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { Found } from './check.ts';

export interface Workload {
  kind: string;
  name: string;
  labels: Record<string, string>;
  pod: IPodSpec;
}

interface PodTemplate {
  metadata?: { labels?: Record<string, string> };
  spec: IPodSpec;
}

/** The specification of an object, as the type that its kind has. */
export function specOf<T>(object: Found): T {
  return (object as { spec?: unknown }).spec as T;
}

export function ofKind(objects: readonly Found[], kind: string): Found[] {
  return objects.filter((object) => object.kind === kind);
}

export function workloads(objects: readonly Found[]): Workload[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (template === undefined) return [];
    const { metadata, spec } = template;
    return [{ kind: object.kind, name: object.metadata.name, labels: metadata?.labels ?? {}, pod: spec }];
  });
}

function templateOf(object: Found): PodTemplate | undefined {
  if (object.kind === 'CronJob')
    return specOf<{ jobTemplate: { spec: { template: PodTemplate } } }>(object).jobTemplate.spec.template;
  if (object.kind === 'Deployment' || object.kind === 'Job') return specOf<{ template: PodTemplate }>(object).template;
  return undefined;
}

export function selects(selector: Record<string, string>, labels: Record<string, string> = {}): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
