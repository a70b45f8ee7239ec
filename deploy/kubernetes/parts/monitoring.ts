/** What Prometheus scrapes and watches, as the Prometheus operator takes it, and dashboards as Grafana's sidecar finds them. */
import {
  type IPrometheusRule,
  PrometheusRule,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { Source } from '../source.ts';
import { metadata, selector } from './names.ts';

export function monitor(source: Source) {
  return [
    new ServiceMonitor({
      metadata: monitored(source),
      spec: {
        selector: { matchLabels: selector(source, 'serve') },
        endpoints: [
          {
            port: 'http',
            path: '/metrics',
            interval: source.value(({ monitoring }) => monitoring.interval),
            // The rules ask for this name.
            relabelings: [{ action: 'replace', targetLabel: 'job', replacement: 'timonel' }],
          },
        ],
      },
    }),
  ];
}

/** @param file a file of `deploy/prometheus/rules` */
export function rule(source: Source, file: string, spec: () => IPrometheusRule['spec']) {
  const name = file.replace(/\.yml$/, '');
  return new PrometheusRule({ metadata: monitored(source, `rules-${name}`), spec: source.file(`rules/${file}`, 'yaml', spec) });
}

/** Name of the ConfigMap of a dashboard, without that of the installation. */
export function dashboardSuffix(file: string): string {
  return `dashboard-${file.replace(/^timonel-|\.json$/g, '')}`;
}

/** @param file a file of `deploy/grafana/dashboards` */
export function dashboard(source: Source, file: string, text: () => string) {
  const { labels: _, ...rest } = metadata(source, dashboardSuffix(file));
  return new ConfigMap({
    metadata: { ...rest, labels: source.value(({ monitoring }) => monitoring.dashboardLabels) },
    data: { [file]: source.file(`dashboards/${file}`, 'json', text) },
  });
}

/** A label more, by which a Prometheus selects; Helm's values may have others. */
function monitored(source: Source, suffix = '') {
  const { labels: _, ...rest } = metadata(source, suffix);
  return { ...rest, labels: source.value(({ monitoring }) => monitoring.labels) };
}
