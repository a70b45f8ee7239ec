/** The log: one line per event, with the run, the conversation, the workspace and the trace that it belongs to. */
import { AsyncLocalStorage } from 'node:async_hooks';
import pino, { type DestinationStream, type Logger } from 'pino';
import {
  type AlertChanged,
  type BreakerChanged,
  type BudgetRefused,
  channels,
  type Fault,
  type FeedbackGiven,
  type FellBack,
  type ForwardedIgnored,
  type HttpExchange,
  type ModelAttempt,
  type PriceUnknown,
  type PrintedMail,
  type RateLimitHit,
  type ReleaseDecided,
  type RunEnded,
  traced,
} from '../diagnostics.ts';
import { type ActiveSpan, activeSpan, requestSpans } from './active-span.ts';
import { redact, redactText } from './redaction.ts';
import { Subscriptions } from './subscriptions.ts';

export interface LogSettings {
  logLevel: string;
  environment: 'development' | 'production' | 'test';
}

export interface Logs {
  logger: Logger;
  end(): void;
}

/** What the code at hand works on. */
const about = new AsyncLocalStorage<Record<string, string>>();

/** Starts to write: JSON on standard error, so that standard output stays the command's own; in a terminal as a person reads it. */
export async function startLogs({ logLevel, environment }: LogSettings): Promise<Logs> {
  const terminal = process.stderr.isTTY === true && environment !== 'production';
  if (!terminal) return logTo(pino.destination({ fd: 2, sync: false }), logLevel);
  const { default: pretty } = await import('pino-pretty');
  return logTo(pretty({ destination: 2, ignore: 'pid', translateTime: 'SYS:HH:MM:ss', singleLine: true }), logLevel);
}

export function logTo(destination: DestinationStream, level: string): Logs {
  const base = { level, base: { pid: process.pid }, mixin: () => ({ ...about.getStore(), ...traceOf(activeSpan.getStore()) }) };
  const logger = pino(
    {
      ...base,
      // Errors are plain objects by then.
      serializers: { err: (error: unknown) => error },
      hooks: {
        // Everything that is logged comes by here.
        logMethod(args, method) {
          Reflect.apply(
            method,
            this,
            args.map((each: unknown) => (typeof each === 'string' ? redactText(each) : redact(each))),
          );
        },
      },
    },
    destination,
  );
  const subscriptions = new Subscriptions();
  follow(subscriptions);
  tellFaults(logger, subscriptions);
  tellWork(logger, subscriptions);
  tellModels(logger, subscriptions);
  // Who prints mail wants to follow its links: they are secrets, and have to be readable.
  const readable = pino(base, destination);
  subscriptions.on<PrintedMail>(channels.mailPrinted, ({ to, subject, text }) => {
    readable.info({ to, subject, text }, 'mail, printed because TIMONEL_SMTP_URL is not set');
  });
  return { logger, end: () => subscriptions.end() };
}

/** Remembers what is worked on, for the lines that are written meanwhile. */
function follow(subscriptions: Subscriptions): void {
  channels.httpRequest.bindStore(about, ({ requestId }) => ({ request: requestId }));
  traced.run.start.bindStore(about, ({ run }) => ({
    ...about.getStore(),
    workspace: run.workspaceId,
    conversation: run.conversationId,
    run: run.runId,
    agent: run.agent,
  }));
  subscriptions.add(() => {
    channels.httpRequest.unbindStore(about);
    traced.run.start.unbindStore(about);
  });
}

function tellFaults(logger: Logger, subscriptions: Subscriptions): void {
  subscriptions.on<Fault>(channels.fault, ({ what, error }) => logger.error({ err: error }, `failed: ${what}`));
  subscriptions.on<PriceUnknown>(channels.priceUnknown, ({ model }) => {
    logger.warn(`The price of ${model} is not known: its calls count as free. Give it in timonel.config.ts, under "prices".`);
  });
  subscriptions.on<AlertChanged>(channels.alertChanged, ({ name, severity, labels, summary, value, state }) => {
    const level = state === 'resolved' || severity === 'info' ? 'info' : severity === 'warning' ? 'warn' : 'error';
    logger[level]({ alert: name, severity, labels, value }, `alert ${state}: ${summary}`);
  });
}

function tellWork(logger: Logger, subscriptions: Subscriptions): void {
  subscriptions.on<RunEnded>(channels.runEnded, ({ workspaceId, run, milliseconds }) => {
    if (!logger.isLevelEnabled('info')) return;
    const { id, conversationId, agent, agentVersion, arm, outcome, degraded, recoveries, usage, error } = run;
    logger[outcome === 'failed' ? 'warn' : 'info'](
      {
        workspace: workspaceId,
        conversation: conversationId,
        run: id,
        agent,
        agentVersion,
        arm,
        outcome,
        ...(degraded ? { degraded } : {}),
        ...(recoveries > 0 ? { recoveries } : {}),
        ...(error === undefined ? {} : { code: error['code'], reason: error['message'] }),
        modelCalls: usage?.modelCalls ?? 0,
        ...(milliseconds === undefined ? {} : { milliseconds: Math.round(milliseconds) }),
      },
      `turn ${outcome ?? 'failed'}`,
    );
  });
  subscriptions.on<ForwardedIgnored>(channels.forwardedIgnored, ({ peer }) => {
    logger.warn(
      { peer },
      'X-Forwarded-For came from a peer that is no trusted proxy, and was ignored: everybody behind it has one address. If it is your proxy, name it in TIMONEL_TRUSTED_PROXIES',
    );
  });
  const refusals = new RefusalLines(logger);
  subscriptions.on<HttpExchange>(channels.httpExchange, ({ method, route, status, milliseconds, request }) => {
    const level = status >= 500 || refusals.shows(status) ? 'info' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    logger[level](
      {
        method,
        route,
        status,
        milliseconds: Math.round(milliseconds),
        ...(request === undefined ? {} : { request: request.requestId, ...traceOf(requestSpans.get(request)) }),
      },
      `${method} ${route} ${status}`,
    );
  });
  subscriptions.on<ReleaseDecided>(channels.releaseDecided, ({ workspaceId, agent, release, decision, by, reason }) => {
    logger[decision === 'rolled-back' ? 'warn' : 'info'](
      { workspace: workspaceId, agent, release, decision, by, reason },
      `release ${decision}`,
    );
  });
  subscriptions.on<FeedbackGiven>(channels.feedbackGiven, ({ workspaceId, runId, agent, agentVersion, arm, rating }) => {
    logger.debug({ workspace: workspaceId, run: runId, agent, agentVersion, arm, rating }, 'feedback given');
  });
}

/** Refusals at level info, so many in a period: who floods the server does not flood its log. */
class RefusalLines {
  readonly #logger: Logger;
  #period = 0;
  #shown = 0;
  #left = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  shows(status: number): boolean {
    if (status !== 401 && status !== 403 && status !== 429) return false;
    const period = Math.floor(performance.now() / refusalPeriodMs);
    if (period !== this.#period) {
      if (this.#left > 0) this.#logger.info({ left: this.#left }, 'more requests were refused than are written at this level');
      this.#period = period;
      this.#shown = 0;
      this.#left = 0;
    }
    if (this.#shown < mostRefusalLines) {
      this.#shown++;
      return true;
    }
    this.#left++;
    return false;
  }
}

const refusalPeriodMs = 10_000;
const mostRefusalLines = 100;

function tellModels(logger: Logger, subscriptions: Subscriptions): void {
  subscriptions.on<FellBack>(channels.fellBack, ({ run: { workspaceId, runId, agent }, reason }) => {
    logger.warn({ workspace: workspaceId, run: runId, agent, reason }, 'the turn goes on without its model');
  });
  subscriptions.on<ModelAttempt>(channels.modelAttempt, ({ target, outcome, milliseconds }) => {
    if (outcome !== 'ok') logger.debug({ target, outcome, milliseconds: Math.round(milliseconds) }, 'model attempt failed');
  });
  subscriptions.on<BreakerChanged>(channels.breakerChanged, ({ target, state }) => {
    logger[state === 'open' ? 'warn' : 'info']({ target, state }, `circuit breaker ${state}`);
  });
  subscriptions.on<BudgetRefused>(channels.budgetRefused, ({ workspaceId, scope }) => {
    logger.info({ workspace: workspaceId, scope }, 'a budget refused a call');
  });
  subscriptions.on<RateLimitHit>(channels.rateLimitHit, ({ workspaceId, scope, kind }) => {
    logger.debug({ workspace: workspaceId, scope, kind }, 'a rate limit refused a request');
  });
}

function traceOf(span: ActiveSpan | undefined): { trace_id?: string; span_id?: string } {
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
