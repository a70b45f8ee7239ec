/** Mistakes that people make in a deployment, each as a change of one line; where it can be noticed is what the list is in. */
type Mistake = readonly [what: string, before: string, after: string];

/** In what the objects are written in, by file: the compiler has to refuse them. */
export const inSources: Readonly<Record<string, readonly Mistake[]>> = {
  'serve.ts': [
    ['a misspelt probe', 'readinessProbe:', 'readinessProb:'],
    ['a misspelt threshold', 'strategy: {', 'stratagy: {'],
    ['a number as text', 'minReadySeconds: 5', "minReadySeconds: '5'"],
  ],
  'names.ts': [
    ['root by a misspelt field', 'runAsNonRoot: true', 'runAsNonroot: true'],
    ['a root that can be written', 'readOnlyRootFilesystem: true', 'readonlyRootFilesystem: true'],
  ],
  'backup.ts': [['a policy that does not exist', "'Forbid'", "'Never'"]],
  'scale.ts': [['a limit that is not there', 'maxReplicas:', 'maximumReplicas:']],
  'ingress.ts': [['a class that is not there', 'ingressClassName:', 'ingressClass:']],
  'network.ts': [['a value that is not there', 'network.fromIngress', 'network.ingressFrom']],
};

/** In what is applied: the checks have to find them. */
export const inObjects: readonly Mistake[] = [
  [
    'liveness asks the database',
    'livenessProbe:\n          failureThreshold: 6\n          httpGet:\n            path: /health/live',
    'livenessProbe:\n          failureThreshold: 6\n          httpGet:\n            path: /health/ready',
  ],
  ['readiness asks only for the process', 'path: /health/ready', 'path: /health/live'],
  ['root', 'runAsNonRoot: true', 'runAsNonRoot: false'],
  ['capabilities', '- ALL', '- NET_RAW'],
  ['a process is stopped before another is ready', 'maxUnavailable: 0', 'maxUnavailable: 1'],
  ['too little time to drain', 'terminationGracePeriodSeconds: 45', 'terminationGracePeriodSeconds: 30'],
  ['whatever was pushed last', /image: (\S+):[\w.]+/.source, 'image: $1:latest'],
  ['a service named timonel sets TIMONEL_PORT', 'enableServiceLinks: false', 'enableServiceLinks: true'],
  ['an account that is not there', 'serviceAccountName: timonel-migrate', 'serviceAccountName: migrate'],
  ['a port that is not there', 'targetPort: http', 'targetPort: web'],
  [
    'a service that selects nothing',
    'selector:\n    app.kubernetes.io/component: serve',
    'selector:\n    app.kubernetes.io/component: server',
  ],
  ['metrics for everybody', 'path: /metrics\n        pathType: Prefix', 'path: /metrics\n        pathType: Exact'],
  ['event streams that are held back', 'proxy-buffering: "off"', 'proxy-buffering: "on"'],
  ['credentials of the cloud', '- 169.254.0.0/16', '- 169.255.0.0/16'],
  ['a volume that is not there', 'claimName: timonel-backups', 'claimName: backups'],
  ['a setting that Timonel does not know', 'TIMONEL_HOST:', 'TIMONEL_ADDRESS:'],
  ['cookies in the clear', 'TIMONEL_PUBLIC_URL: https:', 'TIMONEL_PUBLIC_URL: http:'],
  ['more at least than at most', 'minReplicas: 3', 'minReplicas: 30'],
  ['a number as text', 'maxReplicas: 10', 'maxReplicas: "10"'],
];

/** In the chart: `helm lint --strict` has to refuse them. */
export const inChart: readonly (Mistake & { 0: string })[] = [
  ['values-production.yaml', '{}', 'autoscalling:\n  enabled: false\n'],
  ['values-staging.yaml', 'replicas: 2', 'replicas: two'],
  ['templates/scale.yaml', '{{- end }}\n', ''],
];
