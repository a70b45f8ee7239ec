import { z } from 'zod';
import { signInSeconds } from '../../identity/oidc/providers.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { setCookies } from '../cookies.ts';
import { originOf } from '../requests.ts';

const cookie = '__Host-timonel-oidc';

/** Sent when the issuer sends the browser back, which `strict` would not allow; to this host only, and not to scripts. */
const options = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

const parameters = z.object({ provider: z.string().max(32) });

/** Signing in with somebody else's service, in a browser. */
export function oidcRoutes(app: TypedFastify, { identity, settings }: HttpDependencies): void {
  const { oidcProviders, oidcSignIn } = identity;

  app.get(
    '/api/v1/auth/oidc',
    {
      config: { public: true },
      schema: {
        summary: 'Services that people may sign in with',
        response: { 200: z.object({ providers: z.array(z.object({ id: z.string(), name: z.string() })) }) },
      },
    },
    () => ({ providers: oidcProviders.list() }),
  );

  app.get(
    '/api/v1/auth/oidc/:provider/start',
    {
      config: { public: true },
      schema: {
        summary: 'Send the browser to the service',
        params: parameters,
        querystring: z.strictObject({
          workspace: z.string().max(63).optional().describe('For those who belong to several'),
          returnTo: z
            .string()
            .max(500)
            // Nothing that a browser would take for another host.
            .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'must be a path on this server, e.g. /console')
            .default('/'),
        }),
        response: { 302: z.null() },
      },
    },
    async (request, reply) => {
      const { url, sealed } = await oidcProviders.begin(request.params.provider, request.query);
      reply.setCookie(cookie, sealed, { ...options, maxAge: signInSeconds });
      return reply.header('cache-control', 'no-store').redirect(url.href, 302);
    },
  );

  app.get(
    '/api/v1/auth/oidc/:provider/callback',
    {
      config: { public: true },
      schema: {
        summary: 'Where the service sends the browser back: signs in by cookies, and goes on to `returnTo`',
        params: parameters,
        querystring: z.looseObject({}),
        response: { 302: z.null() },
      },
    },
    async (request, reply) => {
      const sealed = request.cookies[cookie];
      // Good once, whatever comes of it.
      reply.clearCookie(cookie, options);
      const query = request.url.split('?')[1] ?? '';
      const { claims, workspace, returnTo } = await oidcProviders.finish(request.params.provider, sealed, query);
      setCookies(reply, await oidcSignIn.enter(claims, workspace, originOf(request)));
      return reply.header('cache-control', 'no-store').redirect(`${settings.publicUrl}${returnTo}`, 302);
    },
  );
}
