/** The three environments that are rendered and that the chart has values for, as what differs from the defaults. */
import type { Overrides } from './values.ts';

export interface Environment {
  /** Namespace in which the manifests put everything. */
  namespace: string;
  overrides: Overrides;
}

export const environments = {
  /** One process on a cluster of a laptop (kind, k3d, minikube), reached by `kubectl port-forward`. */
  development: {
    namespace: 'timonel-development',
    overrides: {
      settings: { TIMONEL_ENV: 'development', TIMONEL_PUBLIC_URL: 'http://localhost:8000', TIMONEL_LOG_LEVEL: 'debug' },
      replicas: 1,
      autoscaling: { enabled: false },
      resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '1Gi' } },
      ingress: { enabled: false },
      backup: { enabled: false },
      monitoring: { enabled: false },
    },
  },
  staging: {
    namespace: 'timonel-staging',
    overrides: {
      settings: { TIMONEL_PUBLIC_URL: 'https://timonel.staging.example.com' },
      replicas: 2,
      autoscaling: { enabled: false },
      ingress: { host: 'timonel.staging.example.com' },
      backup: { claim: { resources: { requests: { storage: '10Gi' } } } },
    },
  },
  production: { namespace: 'timonel', overrides: {} },
} as const satisfies Record<string, Environment>;

export type EnvironmentName = keyof typeof environments;
