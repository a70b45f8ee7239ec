/** Records traces with OpenTelemetry's SDK. Loaded only where somebody takes them: the start of a process without them stays as quick as it is. */

import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TraceSettings } from '../../config.ts';
import { publishFault } from '../../diagnostics.ts';
import { Subscriptions } from '../subscriptions.ts';
import { schemaUrl } from './conventions.ts';
import { modelTraces } from './model-spans.ts';
import { requestTraces } from './request-spans.ts';
import { runTraces } from './run-spans.ts';
import { Spans } from './spans.ts';

/** Longest value of an attribute, in characters; longer ones are cut. */
const longestValue = 16_384;

/** Longest wait for what is not sent yet when the process ends, in milliseconds. */
const lastWait = 5_000;

export interface Traces {
  /** Sends what is not sent yet, and ends. */
  close(): Promise<void>;
}

/** Publishes one fault when traces cannot be sent, and again after they could. */
export function startTraces(settings: TraceSettings, version: string): Traces {
  const processor =
    settings.exporter === 'console'
      ? new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })
      : new BatchSpanProcessor({ exporter: sayingOnce(otlp(settings)) });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ ...settings.resource, 'service.name': settings.serviceName, 'service.version': version }),
    ),
    sampler: samplerOf(settings),
    spanLimits: { attributeValueLengthLimit: longestValue },
    spanProcessors: [processor],
  });
  const spans = new Spans(provider.getTracer('timonel', version, { schemaUrl }));
  const subscriptions = new Subscriptions();
  requestTraces(spans, subscriptions);
  runTraces(spans, subscriptions, settings.content);
  modelTraces(spans, subscriptions, settings.content);
  return {
    async close() {
      subscriptions.end();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, lastWait);
      });
      // Whoever sends them has said why it could not.
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}

function otlp({ url, headers, timeoutMs }: TraceSettings): SpanExporter {
  return new OTLPTraceExporter({ headers: { ...headers }, timeoutMillis: timeoutMs, ...(url === undefined ? {} : { url }) });
}

function samplerOf({ sampler, ratio }: TraceSettings): Sampler {
  const parentBased = sampler.startsWith('parentbased_');
  const kind = sampler.replace('parentbased_', '');
  const root =
    kind === 'always_on'
      ? new AlwaysOnSampler()
      : kind === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

/** Nobody is helped by one line for each batch that an unreachable collector did not get. */
function sayingOnce(exporter: SpanExporter): SpanExporter {
  let said = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) said = false;
        else if (!said) {
          said = true;
          publishFault('sending traces', result.error ?? new Error('The collector did not take them.'));
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
