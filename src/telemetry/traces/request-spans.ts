import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';
import { channels, type HttpExchange, type HttpRequest } from '../../diagnostics.ts';
import { activeSpan, requestSpans } from '../active-span.ts';
import type { Subscriptions } from '../subscriptions.ts';
import { http, own } from './conventions.ts';
import type { Spans } from './spans.ts';

/** Asked every few seconds by machines: a trace of each would bury the others. */
const probes = /^\/(health|metrics|api\/v1\/metrics|docs|openapi)/;

/** Spans of requests that come in, and the trace that goes out with those to providers. */
export function requestTraces(spans: Spans, subscriptions: Subscriptions): void {
  channels.httpRequest.bindStore(activeSpan, (request) => {
    if (probes.test(request.route)) return undefined;
    const active = spans.begin(request, () => ({
      name: `${request.method} ${request.route}`,
      kind: SpanKind.SERVER,
      attributes: { [http.method]: request.method, [http.route]: request.route, [own.requestId]: request.requestId },
      parent: parentOf(request),
    }));
    requestSpans.set(request, active);
    return active;
  });
  subscriptions.add(() => void channels.httpRequest.unbindStore(activeSpan));
  subscriptions.on<HttpExchange>(channels.httpExchange, ({ request, status }) => {
    if (request !== undefined) spans.end(request, () => ({ [http.status]: status }), status >= 500 ? String(status) : undefined);
  });

  // undici tells of each request before it sends it, whoever asked for it: those to providers are told which trace they belong to, and no more.
  const onRequest = (message: unknown) => {
    const active = activeSpan.getStore();
    if (active?.toProvider !== true) return;
    // Once: a request that waited for a connection is sent within the one that opened the connection, and goes without.
    active.toProvider = false;
    const { request } = message as { request: { addHeader(name: string, value: string): void } };
    request.addHeader('traceparent', `00-${active.traceId}-${active.spanId}-${active.sampled ? '01' : '00'}`);
  };
  subscribe('undici:request:create', onRequest);
  subscriptions.add(() => void unsubscribe('undici:request:create', onRequest));
}

/** The span of the caller, where it says so. https://www.w3.org/TR/trace-context/ */
function parentOf({ headers }: HttpRequest): Context {
  const { traceparent, tracestate } = headers;
  const context = typeof traceparent === 'string' ? parseTraceParent(traceparent) : null;
  if (context === null) return ROOT_CONTEXT;
  if (typeof tracestate === 'string') context.traceState = new TraceState(tracestate);
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, isRemote: true });
}
