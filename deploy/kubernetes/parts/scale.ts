/** As many processes as the load asks for. */
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { Source } from '../source.ts';
import { metadata } from './names.ts';

export function scale(source: Source) {
  const ofRequest = (name: string, averageUtilization: number) => ({
    type: 'Resource' as const,
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  return [
    new HorizontalPodAutoscaler({
      metadata: metadata(source, '', 'serve'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: source.name },
        minReplicas: source.value(({ autoscaling }) => autoscaling.min),
        maxReplicas: source.value(({ autoscaling }) => autoscaling.max),
        metrics: [
          ofRequest(
            'cpu',
            source.value(({ autoscaling }) => autoscaling.cpuPercent),
          ),
          ofRequest(
            'memory',
            source.value(({ autoscaling }) => autoscaling.memoryPercent),
          ),
        ],
        behavior: {
          scaleDown: {
            stabilizationWindowSeconds: source.value(({ autoscaling }) => autoscaling.calmSeconds),
            policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
          },
        },
      },
    }),
  ];
}
