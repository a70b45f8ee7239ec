import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';
import type { HttpRequest } from '../diagnostics.ts';

/** The span that the code at hand runs in. */
export interface ActiveSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Whether it is exported: only then somebody can look it up. */
  readonly sampled: boolean;
  /** It is a request to a model, and was not sent yet: what is sent within it goes to a provider. */
  toProvider: boolean;
  readonly span: Span;
}

/** Nothing is in it while no traces are recorded. */
export const activeSpan = new AsyncLocalStorage<ActiveSpan | undefined>();

/** The spans of requests: the end of a request is told outside of what it did. */
export const requestSpans = new WeakMap<HttpRequest, ActiveSpan>();
