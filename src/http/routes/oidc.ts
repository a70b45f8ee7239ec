import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { signInSeconds } from '../../identity/oidc/providers.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { setCookies } from '../cookies.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';

const cookie = '__Host-timonel-oidc';

/** Sent when the issuer sends the browser back, which `strict` would not allow; to this host only, and not to scripts. */
const options = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** Which account elsewhere waits for the password of the one here. */
const linkCookie = '__Host-timonel-link';
const linkOptions = { ...options, sameSite: 'strict' } as const;

const parameters = z.object({ provider: z.string().max(32) });

/** Signing in with somebody else's service, in a browser. */
export function oidcRoutes(app: TypedFastify, { identity, settings }: HttpDependencies): void {
  const { authenticator, oidcProviders, oidcSignIn } = identity;

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
      return reply.redirect(url.href, 302);
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
      const entered = await oidcSignIn.enter(claims, workspace, originOf(request));
      if (entered.kind === 'link') {
        reply.setCookie(linkCookie, entered.sealed, { ...linkOptions, maxAge: signInSeconds });
        throw new TimonelError(
          'link_password_required',
          'There is an account with this e-mail address. Send its password once, in this browser, with POST /api/v1/auth/oidc/link; from then on this service opens it.',
        );
      }
      setCookies(reply, entered.signedIn);
      return reply.redirect(`${settings.publicUrl}${returnTo}`, 302);
    },
  );

  app.post(
    '/api/v1/auth/oidc/link',
    {
      config: { public: true },
      schema: {
        summary: 'Let a service open an account that is there, by its password, once; signs in by cookies',
        description: 'After a sign-in with the service that was answered with link_password_required, in the same browser.',
        body: z.strictObject({ password: shapes.password }),
        response: { 200: shapes.signedIn },
      },
    },
    async (request, reply) => {
      const { signedIn } = await oidcSignIn.link(request.cookies[linkCookie], request.body.password, originOf(request));
      reply.clearCookie(linkCookie, linkOptions);
      setCookies(reply, signedIn);
      const { accessToken: _access, refreshToken: _refresh, ...rest } = signedIn;
      return { tokenType: 'Bearer' as const, ...rest, csrfToken: authenticator.csrfToken(signedIn.sessionId) };
    },
  );
}
