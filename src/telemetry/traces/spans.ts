import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { TimonelError } from '../../errors.ts';
import { type ActiveSpan, activeSpan } from '../active-span.ts';
import { errorType } from './conventions.ts';

export interface SpanStart {
  name: string;
  kind: SpanKind;
  attributes: Attributes;
  /** The span that the code at hand runs in where absent. */
  parent?: Context | undefined;
  toProvider?: boolean;
}

/** Spans of works that are told of at their beginning and at their end, by the same object. */
export class Spans {
  readonly #tracer: Tracer;
  readonly #open = new WeakMap<object, ActiveSpan>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The span of a work, begun where it has none yet. */
  begin(work: object, start: () => SpanStart): ActiveSpan {
    const known = this.#open.get(work);
    if (known !== undefined) return known;
    const { name, kind, attributes, parent = here(), toProvider = false } = start();
    const span = this.#tracer.startSpan(name, { kind, attributes }, parent);
    const { traceId, spanId, traceFlags } = span.spanContext();
    const active = { traceId, spanId, sampled: (traceFlags & 1) === 1, toProvider, span };
    this.#open.set(work, active);
    return active;
  }

  /**
   * Ends the span of a work, once.
   * @param failure why it failed, where it did: only its kind is recorded, since a message may quote what nobody should read.
   */
  end(work: object, attributes: () => Attributes, failure?: unknown): void {
    const active = this.#open.get(work);
    if (active === undefined) return;
    this.#open.delete(work);
    const { span } = active;
    if (span.isRecording()) {
      span.setAttributes(attributes());
      if (failure !== undefined) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute(errorType, kindOf(failure));
      }
    }
    span.end();
  }

  of(work: object): ActiveSpan | undefined {
    return this.#open.get(work);
  }
}

/** The span that the code at hand runs in, as a parent. */
export function here(): Context {
  const active = activeSpan.getStore();
  return active === undefined ? ROOT_CONTEXT : spanContextOf(active.span);
}

export function spanContextOf(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

function kindOf(failure: unknown): string {
  if (typeof failure === 'string') return failure;
  if (failure instanceof TimonelError) return failure.code;
  return failure instanceof Error ? failure.constructor.name : 'unknown';
}
