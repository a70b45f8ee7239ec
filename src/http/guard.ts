/**
 * The guard: every route says who may use it, and one hook holds it to that. A route that says nothing does not start.
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { TimonelError } from '../errors.ts';
import { requireInstallationOperator } from '../identity/installation.ts';
import type { Permission } from '../identity/permissions.ts';
import { type Principal, requirePermission } from '../identity/principal.ts';

export interface DeclaredRoute {
  method: string;
  url: string;
  access: { permission: Permission; installation?: true } | 'signed-in' | 'public';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the guard on every route that is not public, also where they are refused. */
    principal: Principal | undefined;
  }
  interface FastifyInstance {
    /** Every route with what it declares; empty for those that plugins bring. */
    declaredRoutes: DeclaredRoute[];
  }
  /** A route declares exactly one of these. */
  interface FastifyContextConfig {
    /** For those who have it. */
    permission?: Permission;
    /** For anybody who is known, whatever they may do. */
    signedIn?: true;
    /** For everybody. */
    public?: true;
    /** About what all workspaces share: for operators of the installation only. Beside a permission. */
    installation?: true;
    /** Stores what it is sent and starts no work: taken also where much is under way. */
    storesOnly?: true;
    /** Costs money: counts against the rate limits. Beside one of the others. */
    spends?: true;
  }
}

/** The documentation page brings its own routes; they are public as a whole. */
export const docsPath = '/docs';

/**
 * Adds the guard. To be called before any route is declared.
 * @param authenticate finds out who asks. @throws TimonelError `unauthenticated`, `csrf_failed`
 */
export function addGuard(app: FastifyInstance, authenticate: (request: FastifyRequest) => Promise<Principal>): void {
  app.decorateRequest('principal', undefined);
  app.decorate('declaredRoutes', []);
  app.addHook('onRoute', (route) => {
    const { permission, signedIn, public: open, installation } = route.config ?? {};
    const declared = [permission, signedIn, open].filter((each) => each !== undefined).length;
    if (isForeign(route)) return;
    if (declared === 1) {
      const access =
        permission !== undefined
          ? { permission, ...(installation === true ? { installation } : {}) }
          : signedIn === true
            ? ('signed-in' as const)
            : ('public' as const);
      for (const method of [route.method].flat()) app.declaredRoutes.push({ method, url: route.url, access });
      return;
    }
    throw new TypeError(
      `The route ${String(route.method)} ${route.url} must declare who may use it: config: { permission: '…' }, { signedIn: true } or { public: true }, and one only.`,
    );
  });
  app.addHook('onRequest', async (request) => {
    const { config, url, method } = request.routeOptions;
    if (request.is404 || config.public === true || isForeign({ url: url ?? '', method: method ?? '' })) return;
    try {
      const principal: Principal | undefined = await authenticate(request);
      if (principal === undefined) throw new TypeError('Nobody was found, and nothing was refused.');
      request.principal = principal;
      if (config.permission !== undefined) requirePermission(principal, config.permission);
      else if (config.signedIn !== true) throw new TypeError('The route declares nothing.');
      if (config.installation === true) requireInstallationOperator(principal);
    } catch (error) {
      if (error instanceof TimonelError && refusals.has(error.status)) throw error;
      // What could not be checked is not allowed, and nobody learns what went wrong.
      throw new TimonelError(
        'access_unchecked',
        'It could not be checked whether you may do this, so it was not done. Try again.',
        {
          cause: error,
        },
      );
    }
  });
}

const refusals = new Set([401, 403, 503]);

/** Routes that a plugin brings: the documentation page, and the answer to a browser that asks before it asks. */
function isForeign({ url, method }: Pick<RouteOptions, 'url' | 'method'>): boolean {
  return url === docsPath || url.startsWith(`${docsPath}/`) || (url === '*' && method === 'OPTIONS');
}

/** The principal of a request on a route that is not public. */
export function requestPrincipalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new TimonelError('unauthenticated', 'Send an API key: "Authorization: Bearer <key>".');
  return request.principal;
}
