import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { type ConsoleAsset, ConsoleAssets } from '../console-assets.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { setCookies } from '../cookies.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';

/** Where the console is served. */
const consolePath = '/console';

/** Its own scripts and styles, its own API, pictures and voice that it made of an answer; nothing inline, and no other host. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');

const notBuilt =
  'The console is not built. In a checkout, "npm run build --prefix console" builds it (after "npm ci --prefix console"); the package of Timonel brings it along. Everything else works without it: /docs lists the API.\n';

/** The console, and the way into it from the terminal of the machine. */
export function consoleRoutes(app: TypedFastify, { identity, settings }: HttpDependencies): void {
  const assets = new ConsoleAssets();
  const { localSignIn, authenticator } = identity;

  const send = (request: FastifyRequest, reply: FastifyReply, asset: ConsoleAsset) => {
    reply.headers({
      etag: asset.etag,
      vary: 'accept-encoding',
      'content-security-policy': policy,
      'cache-control': asset.hashed ? 'public, max-age=31536000, immutable' : 'no-store',
      ...(asset.encoding === undefined ? {} : { 'content-encoding': asset.encoding }),
    });
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    return reply.type(asset.type).send(asset.bytes);
  };

  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!assets.built) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
    const path = (request.params as { '*'?: string })['*'] ?? '';
    const accept = headerText(request.headers['accept-encoding']);
    const asset = assets.find(path, accept);
    if (asset !== undefined) return send(request, reply, asset);
    // Addresses of screens are the page's own matter; a file that is not there is one of an earlier build.
    const screen = path.startsWith('assets/') ? undefined : assets.find('index.html', accept);
    if (screen === undefined) throw new TimonelError('not_found', `The console has no file ${path}. Load ${consolePath} anew.`);
    return send(request, reply, screen);
  };
  for (const url of [consolePath, `${consolePath}/*`]) app.get(url, { config: { public: true }, schema: { hide: true } }, page);

  app.post(
    '/api/v1/auth/local',
    {
      config: { public: true },
      schema: {
        summary: 'Sign in by the link that the terminal of this machine shows; by cookies, from this machine only',
        body: z.strictObject({ token: shapes.linkTokenSchema }),
        response: { 200: shapes.signedIn },
      },
    },
    async (request, reply) => {
      requireThisMachine(request);
      const signedIn = await localSignIn.enter(request.body.token, originOf(request));
      setCookies(reply, signedIn);
      const { accessToken: _access, refreshToken: _refresh, ...rest } = signedIn;
      return { tokenType: 'Bearer' as const, ...rest, csrfToken: authenticator.csrfToken(signedIn.sessionId) };
    },
  );

  app.post(
    '/api/v1/auth/local-links',
    {
      config: { permission: 'workspace:manage', installation: true },
      schema: {
        summary: 'A link that opens the console once, within ten minutes, in a browser of this machine',
        body: z.strictObject({}).nullish(),
        response: { 201: z.object({ url: z.string(), expiresAt: z.string() }) },
      },
    },
    async (request, reply) => {
      requireThisMachine(request);
      const { token, expiresAt } = localSignIn.issue(requestPrincipalOf(request).workspaceId);
      const url = `http://${request.headers.host ?? new URL(settings.publicUrl).host}${consolePath}#sign-in=${token}`;
      return reply.code(201).send({ url, expiresAt: expiresAt.toISOString() });
    },
  );
}

const loopback = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const ownNames = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * A proxy on this machine is not its caller: a request that came by way of one is refused, and so is one for another host name.
 * @throws TimonelError `forbidden`
 */
function requireThisMachine({ raw, headers }: FastifyRequest): void {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
  if (!forwarded && loopback.test(raw.socket.remoteAddress ?? '') && ownNames.test(headers.host ?? '')) return;
  throw new TimonelError(
    'forbidden',
    'The link works on the machine that Timonel runs on, at the address that the terminal shows. Elsewhere, sign in with an account: "npx timonel user add" makes one.',
  );
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
