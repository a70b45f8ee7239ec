/** Prometheus metrics of this process. docs/metrics.md lists them all, with the words that are here; a test compares. */
import { Counter, collectDefaultMetrics, type Metric, Registry, type RegistryContentType } from 'prom-client';
import { type CacheLookup, channels, type Fault, type HttpExchange } from '../diagnostics.ts';
import type { MeasuredAgent } from '../tools/metrics.ts';
import { requestSpans } from './active-span.ts';
import { agentMetrics } from './agent-metrics.ts';
import { artifactMetrics } from './artifact-metrics.ts';
import { backupMetrics } from './backup-metrics.ts';
import { channelMetrics } from './channel-metrics.ts';
import { evaluationMetrics } from './evaluation-metrics.ts';
import { handoffMetrics } from './handoff-metrics.ts';
import { knowledgeMetrics } from './knowledge-metrics.ts';
import { type LiveState, liveMetrics } from './live-metrics.ts';
import { MetricSet } from './metric-set.ts';
import { modelMetrics } from './model-metrics.ts';
import { releaseMetrics } from './release-metrics.ts';
import { runMetrics } from './run-metrics.ts';
import { sandboxMetrics } from './sandbox-metrics.ts';
import { speechMetrics } from './speech-metrics.ts';
import { Subscriptions } from './subscriptions.ts';
import { webhookMetrics } from './webhook-metrics.ts';

export interface Metrics {
  registry: Registry;
  /** The metrics as text. @param accept the header of whoever asks: OpenMetrics, with examples, where it names that. */
  expose(accept: string | undefined): Promise<{ contentType: string; body: string }>;
  end(): void;
}

/** Starts to count. @param agents those with metrics of their own. */
export function startMetrics(live: LiveState, agents: Iterable<MeasuredAgent> = []): Metrics {
  const set = new MetricSet();
  const { registry } = set;
  collectDefaultMetrics({ register: registry });
  const subscriptions = new Subscriptions();

  const requests = set.histogram(
    'timonel_http_request_duration_seconds',
    'from the head of a request to the end of its response; a stream counts whole',
    ['method', 'route', 'status'],
    600,
  );
  subscriptions.on<HttpExchange>(channels.httpExchange, ({ method, route, status, milliseconds, request }) => {
    requests([method, route, String(status)], milliseconds, request && requestSpans.get(request));
  });
  runMetrics(set, subscriptions);
  modelMetrics(set, subscriptions);
  const lookups = set.counter('timonel_cache_lookups_total', 'questions that may be answered from the response cache', ['state']);
  const saved = set.counter(
    'timonel_cache_saved_dollars_total',
    'US dollars that answers from the response cache would have cost, before what embeddings of similar questions cost',
  );
  subscriptions.on<CacheLookup>(channels.cacheLookup, (lookup) => {
    lookups([lookup.state]);
    if (lookup.saved > 0n) saved([], Number(lookup.saved) / 1e9);
  });
  releaseMetrics(set, subscriptions);
  artifactMetrics(set, subscriptions);
  backupMetrics(set, subscriptions);
  agentMetrics(set, subscriptions, agents);
  handoffMetrics(set, subscriptions);
  channelMetrics(set, subscriptions);
  webhookMetrics(set, subscriptions);
  speechMetrics(set, subscriptions);
  evaluationMetrics(set, subscriptions);
  knowledgeMetrics(set, subscriptions);
  sandboxMetrics(set, subscriptions);
  const faults = set.counter('timonel_faults_total', 'failures where nobody waits for the answer, and answers of 5xx', ['what']);
  subscriptions.on<Fault>(channels.fault, ({ what }) => faults([kindOf(what)]));
  liveMetrics(set, live);

  return {
    registry,
    async expose(accept) {
      const shown = accept?.includes('application/openmetrics-text') === true ? openMetrics(registry) : registry;
      return { contentType: shown.contentType, body: await shown.metrics() };
    },
    end: () => subscriptions.end(),
  };
}

/** The same metrics for OpenMetrics. Written so, counters lose the end of their names for good: these stand in for them. */
function openMetrics(registry: Registry): Registry {
  const open = new Registry<RegistryContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as Metric[])
    open.registerMetric(metric instanceof Counter ? (Object.create(metric) as Counter) : metric);
  return open as Registry;
}

/** The first words of what failed, without the names and numbers of the case. */
function kindOf(what: string): string {
  if (/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /.test(what)) return 'request';
  const words = what.split(' ');
  const end = words.findIndex((word) => !/^[A-Za-z,]+$/.test(word));
  return (end === -1 ? words : words.slice(0, end)).slice(0, 4).join(' ') || 'other';
}
