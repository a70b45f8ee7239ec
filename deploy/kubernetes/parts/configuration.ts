/** Settings, and the Secret where the chart makes it. */
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { Source } from '../source.ts';
import { beforeEverything, metadata } from './names.ts';

export function configuration(source: Source) {
  const data = source.value(({ settings }) => settings);
  return [
    new ConfigMap({ metadata: metadata(source), data }),
    // No role is bound to it, and no token of it is mounted.
    new ServiceAccount({ metadata: metadata(source), automountServiceAccountToken: false }),
  ];
}

/** Before all others: the migration needs it on the first installation. It stays when the release is deleted: what it encrypted stays readable. */
export function madeSecret(source: Source) {
  const { name: _, ...rest } = metadata(source);
  return [
    new Secret({
      metadata: { name: source.value(({ secret }) => secret.name), ...rest, annotations: beforeEverything(-20) },
      type: 'Opaque',
      stringData: source.value(({ secret }) => secret.files),
    }),
  ];
}
