/** What the caller of the gateway hears when no model answered. */
import { type ErrorCode, TimonelError } from '../../errors.ts';
import { AllFailed, type Tried } from './candidates.ts';
import { excessTokens } from './excess-tokens.ts';
import { failureOf, ModelFailure } from './failure.ts';

/** Errors after which a run goes on without a model: no model answered, or none may be paid for. */
export function isWithoutModel(error: unknown): boolean {
  return error instanceof TimonelError && withoutModel.has(error.code);
}

const withoutModel: ReadonlySet<ErrorCode> = new Set([
  'model_unavailable',
  'model_rate_limited',
  'model_refused',
  'model_not_found',
  'context_too_long',
  'budget_exceeded',
  'price_unknown',
  'call_cap_reached',
  'invalid_request',
]);

/** The error of the gateway for whatever a call threw; errors of ours pass as they are. */
export function gatewayErrorOf(error: unknown, route: string): TimonelError {
  if (error instanceof TimonelError) return error;
  if (error instanceof AllFailed) return ofTried(error, route);
  const failure = failureOf(error);
  return ofTried(new AllFailed([{ target: route, failure }]), route);
}

function ofTried(error: AllFailed, route: string): TimonelError {
  const { tried } = error;
  const attempts = tried.map(({ target, failure }) => ({ target, reason: failure.kind, message: failure.message }));
  const options = { details: { attempts }, cause: error };
  const said = tried.map(({ target, failure }) => `${target}: ${failure.message}`).join('; ');
  const last = tried.at(-1)?.failure ?? new ModelFailure('connection', 'nothing was asked');
  switch (last.kind) {
    case 'invalid-request':
      return new TimonelError('invalid_request', `The model does not take the request (${said}).`, options);
    case 'refused':
      return new TimonelError(
        'model_refused',
        `The content filter of the model refused the request (${said}). It is not asked elsewhere unless the route says "onRefusal": "next".`,
        options,
      );
    default:
  }
  if (tried.length > 0 && tried.every(({ failure }) => failure.kind === 'context-length'))
    return new TimonelError('context_too_long', tooLong(tried), options);
  if (tried.length > 0 && tried.every(({ failure }) => failure.kind === 'model-missing'))
    return new TimonelError(
      'model_not_found',
      `The provider does not know the model (${said}). GET /v1/models lists what is reachable.`,
      options,
    );
  if (tried.length > 0 && tried.every(({ failure }) => failure.kind === 'rate-limited')) {
    const waits = tried.flatMap(({ failure }) => failure.retryAfterMs ?? []);
    const retryAfter = waits.length === 0 ? 1 : Math.ceil(Math.min(...waits) / 1_000);
    return new TimonelError('model_rate_limited', `Every model of "${route}" is at its rate limit (${said}).`, {
      ...options,
      details: { attempts, retryAfter },
    });
  }
  return new TimonelError('model_unavailable', `No model of "${route}" answered (${said}).`, options);
}

function tooLong(tried: readonly Tried[]): string {
  const said = tried.map(({ target, failure }) => `${target}: ${failure.message}`).join('; ');
  // The target that was nearest: less than that would not have helped with any.
  const excess = tried.flatMap(({ failure }) => excessTokens(failure.message) ?? []);
  const by = excess.length === 0 ? '' : ` It is ${Math.min(...excess)} tokens too long.`;
  return `The request is longer than the model takes.${by} Shorten it, or put a model with a larger context on the route (${said}).`;
}

/** Whether a call was refused to one caller: what that one may not spend, another may. */
export function isOfOneCaller(error: unknown): boolean {
  return error instanceof TimonelError && ['budget_exceeded', 'price_unknown', 'rate_limited'].includes(error.code);
}
