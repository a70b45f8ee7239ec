/** Everything that an installation is made of, by file: of the chart and of the manifests. */
import type { Model } from '@kubernetes-models/base';
import type { Source } from '../source.ts';
import type { Values } from '../values.ts';
import { backup } from './backup.ts';
import { configuration, madeSecret } from './configuration.ts';
import { ingress } from './ingress.ts';
import { migrate } from './migrate.ts';
import { monitor } from './monitoring.ts';
import { network } from './network.ts';
import { scale } from './scale.ts';
import { serve } from './serve.ts';

export interface Part {
  file: string;
  /** `before` is applied first, and its Job is waited for. */
  stage: 'before' | 'serve';
  /** Absent: always there. */
  when?: (values: Values) => boolean;
  objects: (source: Source) => Model<unknown>[];
}

export const parts: readonly Part[] = [
  { file: 'secret', stage: 'before', when: ({ secret }) => secret.create, objects: madeSecret },
  { file: 'network', stage: 'before', objects: network },
  { file: 'migrate', stage: 'before', objects: migrate },
  { file: 'configuration', stage: 'serve', objects: configuration },
  { file: 'serve', stage: 'serve', objects: serve },
  { file: 'scale', stage: 'serve', when: ({ autoscaling }) => autoscaling.enabled, objects: scale },
  { file: 'ingress', stage: 'serve', when: (values) => values.ingress.enabled, objects: ingress },
  { file: 'backup', stage: 'serve', when: (values) => values.backup.enabled, objects: backup },
  { file: 'monitoring', stage: 'serve', when: ({ monitoring }) => monitoring.enabled, objects: monitor },
];
