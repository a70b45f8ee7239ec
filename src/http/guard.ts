/**
 * What a route declares, and the hook that holds it to that by the guards. A route that says nothing does not start.
 */
import type { FastifyContextConfig, FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { TimonelError } from '../errors.ts';
import type { Permission } from '../identity/permissions.ts';
import type { Principal } from '../identity/principal.ts';
import { sessionCookieOf } from './cookies.ts';
import { type Guard, type GuardedRequest, passGuards } from './guards.ts';

export interface DeclaredRoute {
  method: string;
  url: string;
  access: { permission: Permission; installation?: true } | 'signed-in' | 'public';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** As the guards found them: see {@link GuardedRequest}. */
    principal: Principal | undefined;
    mostBytes: number | undefined;
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

/** Holds every route to the guards. To be called before any route is declared. */
export function addGuards(app: FastifyInstance, guards: readonly Guard[]): void {
  declareRoutes(app);
  app.decorateRequest('principal', undefined);
  app.decorateRequest('mostBytes', undefined);
  app.addHook('onRequest', async (request, reply) => {
    const { config, bodyLimit, url = '', method = '' } = request.routeOptions;
    const open = request.is404 || isForeign({ url, method });
    const guarded: GuardedRequest = {
      raw: request.raw,
      config: open ? openConfig : config,
      bodyLimit,
      cookie: sessionCookieOf(request),
      principal: undefined,
      mostBytes: undefined,
      tell: (headers) => void reply.headers(headers),
    };
    try {
      await passGuards(guards, guarded);
    } finally {
      request.principal = guarded.principal;
      request.mostBytes = guarded.mostBytes;
    }
  });
}

const openConfig: FastifyContextConfig = { public: true };

/** Every route says who may use it; one that does not keeps the server from starting. */
function declareRoutes(app: FastifyInstance): void {
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
}

/** Routes that a plugin brings: the documentation page, and the answer to a browser that asks before it asks. */
function isForeign({ url, method }: Pick<RouteOptions, 'url' | 'method'>): boolean {
  return url === docsPath || url.startsWith(`${docsPath}/`) || (url === '*' && method === 'OPTIONS');
}

/** The principal of a request on a route that is not public. */
export function requestPrincipalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new TimonelError('unauthenticated', 'Send an API key: "Authorization: Bearer <key>".');
  return request.principal;
}
