/**
 * The guards: what every request passes before its body is read, in this order, whichever door it comes in by. The framework's routes run them
 * in one hook, the direct door calls them itself.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyContextConfig } from 'fastify';
import { TimonelError } from '../errors.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { requireInstallationOperator } from '../identity/installation.ts';
import { type Principal, requirePermission } from '../identity/principal.ts';
import { type RateLimits, type RateState, rateLimitHeaders } from '../llm/limits/rate-limits.ts';
import type { Runner } from '../run/runner.ts';
import { spenderOf } from './compatible/exchange.ts';
import { mostBytesOf, tooLarge } from './request-bodies.ts';
import { single } from './single-header.ts';

/** A request on its way through the guards. */
export interface GuardedRequest {
  readonly raw: IncomingMessage;
  /** What its route declares. */
  readonly config: FastifyContextConfig;
  /** The largest body that the route takes, in bytes. */
  readonly bodyLimit: number;
  /** The access token in the cookie of the console. */
  readonly cookie: string | undefined;
  /** Who asks; set by the guards on every route that is not public, also where they are refused. */
  principal: Principal | undefined;
  /** The largest body that this caller may send there, in bytes; `undefined` where the request has none, or the route reads it itself. */
  mostBytes: number | undefined;
  /** Adds headers to the answer. */
  tell(headers: Readonly<Record<string, string>>): void;
}

/** @returns nothing where it did not have to wait. @throws TimonelError where the request goes no further. */
export type Guard = (request: GuardedRequest) => Promise<void> | undefined;

export interface GuardDependencies {
  authenticator: Authenticator;
  rateLimits: RateLimits;
  runner: Pick<Runner, 'accepting' | 'activeRuns'>;
  /** Whether the event loop of this process lags. */
  lags(): boolean;
  /** The largest body where nothing else is said, in bytes. */
  bodyLimitBytes: number;
}

/** More runs than this under way in one process, and new messages are refused until some ended. */
const mostActiveRuns = 2_000;

export function createGuards({ authenticator, rateLimits, runner, lags, bodyLimitBytes }: GuardDependencies): readonly Guard[] {
  return [
    (request) => authenticated(request, authenticator),
    (request) => withinRate(request, rateLimits),
    (request) => withinLoad(request, runner, lags),
    (request) => withinSize(request, bodyLimitBytes),
  ];
}

/** Runs the guards, one after the other; without a promise where none of them waits. @throws TimonelError */
export function passGuards(guards: readonly Guard[], request: GuardedRequest, from = 0): Promise<void> | undefined {
  for (let at = from; at < guards.length; at++) {
    const waiting = guards[at]?.(request);
    if (waiting !== undefined) return waiting.then(() => passGuards(guards, request, at + 1));
  }
  return undefined;
}

/** @throws TimonelError `unauthenticated`, `csrf_failed`, `forbidden`, `access_unchecked` */
function authenticated(request: GuardedRequest, authenticator: Authenticator): Promise<void> | undefined {
  if (request.config.public === true) return undefined;
  const { headers, method } = request.raw;
  try {
    const found = authenticator.authenticate({
      authorization: headers.authorization,
      apiKey: single(headers['x-api-key']),
      cookie: request.cookie,
      csrfToken: single(headers['x-csrf-token']),
      safe: method === 'GET' || method === 'HEAD',
    });
    if (!(found instanceof Promise)) return enter(request, found);
    return found
      .then((principal) => enter(request, principal))
      .catch((error: unknown) => {
        throw refusalOf(error);
      });
  } catch (error) {
    throw refusalOf(error);
  }
}

function enter(request: GuardedRequest, principal: Principal | undefined): undefined {
  if (principal === undefined) throw new TypeError('Nobody was found, and nothing was refused.');
  const { permission, signedIn, installation } = request.config;
  request.principal = principal;
  if (permission !== undefined) requirePermission(principal, permission);
  else if (signedIn !== true) throw new TypeError('The route declares nothing.');
  if (installation === true) requireInstallationOperator(principal);
}

const refusals = new Set([401, 403, 503]);

/** What could not be checked is not allowed, and nobody learns what went wrong. */
function refusalOf(error: unknown): TimonelError {
  if (error instanceof TimonelError && refusals.has(error.status)) return error;
  return new TimonelError('access_unchecked', 'It could not be checked whether you may do this, so it was not done. Try again.', {
    cause: error,
  });
}

/** Counts requests to routes that cost money, and tells their callers how many are left. @throws TimonelError `rate_limited` */
function withinRate(request: GuardedRequest, rateLimits: RateLimits): Promise<void> | undefined {
  const { config, principal } = request;
  if (config.spends !== true || principal === undefined) return undefined;
  const tell = (state: RateState | undefined) => (state === undefined ? undefined : request.tell(rateLimitHeaders(state)));
  const state = rateLimits.request(spenderOf(principal));
  if (state instanceof Promise) return state.then(tell);
  tell(state);
  return undefined;
}

/** Sheds load before bodies are read. @throws TimonelError `overloaded`, `shutting_down` */
function withinLoad({ raw, config }: GuardedRequest, runner: GuardDependencies['runner'], lags: () => boolean): undefined {
  if (config.modelsOrAgents === true && !runner.accepting)
    throw new TimonelError('shutting_down', 'This process is shutting down. Send the request again.');
  const lagging = lags();
  // A webhook is stored, and starts nothing.
  const starts = raw.method === 'POST' && config.storesOnly !== true;
  if ((starts && (lagging || runner.activeRuns >= mostActiveRuns)) || (lagging && config.public !== true))
    throw new TimonelError('overloaded', 'This process has more to do than it can. Send the request again in a second.');
}

/**
 * How much the caller may send there, by what the request announces.
 * @param ordinary bytes, for callers who may not use models. @throws TimonelError `forbidden`, `payload_too_large`
 */
function withinSize(request: GuardedRequest, ordinary: number): undefined {
  const { raw, config, bodyLimit, principal } = request;
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
  if (config.streamedBody === true || (length === undefined && encoding === undefined)) return;
  const most = config.modelsOrAgents === true && principal !== undefined ? mostBytesOf(principal, ordinary, bodyLimit) : bodyLimit;
  if (Number(length) > most) throw tooLarge(most);
  request.mostBytes = most;
}
