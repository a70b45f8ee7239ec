import type { FastifyInstance } from 'fastify';
import { publishFault } from '../diagnostics.ts';
import { CsrfRefusal } from '../identity/authenticator.ts';
import type { Identity } from '../identity/identity.ts';
import type { Origin, Principal } from '../identity/principal.ts';
import { Sampled } from '../identity/sampled.ts';
import { toTimonelError } from './problems.ts';
import { originOf } from './requests.ts';

/** What somebody was refused. */
export interface AccessRefusal {
  /** Absent where it is not known, and nothing is written down. */
  principal: Principal | undefined;
  thrown: Error;
  method: string;
  /** The route's pattern. */
  route: string;
  origin: Origin;
}

/** Writes down whom something was refused that they may not do: once per principal and minute, with the number of those that were not. */
export function refusalLog({ audit }: Pick<Identity, 'audit'>, now: () => Date) {
  const sampled = new Sampled(now);
  return ({ thrown, method, route, origin, ...refused }: AccessRefusal): void => {
    const principal = refused.principal ?? (thrown instanceof CsrfRefusal ? thrown.principal : undefined);
    const error = toTimonelError(thrown);
    if (principal === undefined || error.status !== 403) return;
    const { workspaceId, kind, id, name } = principal;
    const unwritten = sampled.take(`${workspaceId} ${kind} ${id}`);
    if (unwritten === undefined) return;
    const { permission, missing } = error.details;
    const details = {
      method,
      code: error.code,
      ...(typeof permission === 'string' ? { permission } : {}),
      ...(Array.isArray(missing) ? { missing: missing.map(String) } : {}),
      ...(unwritten > 0 ? { unwritten } : {}),
    };
    const deed = {
      workspaceId,
      actor: { kind, id, name },
      action: 'access-refused',
      target: { kind: 'route', id: route },
      origin,
      details,
    };
    // Nobody waits for it.
    void audit.append(deed).catch((fault: unknown) => publishFault('writing down a refusal', fault));
  };
}

/** The same for all routes of the framework. */
export function tellRefusals(app: FastifyInstance, tell: (refusal: AccessRefusal) => void): void {
  app.addHook('onError', async (request, _reply, thrown) => {
    const { principal, method, routeOptions } = request;
    tell({ principal, thrown, method, route: routeOptions.url ?? 'unknown', origin: originOf(request) });
  });
}
