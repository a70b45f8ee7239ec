import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { SignedIn } from '../../identity/sessions.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { clearCookies, refreshCookieOf, sessionCookieOf, setCookies } from '../cookies.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';

const open = { public: true } as const;

/** Signing in and out. */
export function authRoutes(app: TypedFastify, { identity }: HttpDependencies): void {
  const { signIn, registration, sessions, authenticator, users, secondFactor, tokens } = identity;

  const answer = (reply: FastifyReply, signedIn: SignedIn, inCookies: boolean): z.infer<typeof shapes.signedIn> => {
    const { accessToken, refreshToken, ...rest } = signedIn;
    if (!inCookies) return { tokenType: 'Bearer', accessToken, refreshToken, ...rest };
    setCookies(reply, signedIn);
    return { tokenType: 'Bearer', ...rest, csrfToken: authenticator.csrfToken(signedIn.sessionId) };
  };

  app.post(
    '/api/v1/auth/register',
    {
      config: open,
      schema: {
        summary: 'Make an account: on your own where that is open, or with the token of an invitation',
        description:
          '202: the address has to be confirmed first; a mail is on its way. The answer does not tell whether there was an account.',
        body: z.strictObject({
          email: shapes.email.optional().describe('Not with an invitation, which knows it'),
          password: shapes.newPassword.describe('With an invitation to somebody who has an account: the password of the account'),
          name: shapes.personNameSchema.optional(),
          userName: shapes.userName.optional().describe('With an invitation; else PATCH /api/v1/auth/me, once signed in'),
          language: shapes.language.optional(),
          invitation: shapes.linkTokenSchema.optional(),
          code: shapes.code.optional(),
          cookies: shapes.cookies,
        }),
        response: { 201: shapes.signedIn, 202: z.object({ status: z.literal('confirmation-sent') }) },
      },
    },
    async (request, reply) => {
      const { email, password, name, userName, language, invitation, code, cookies } = request.body;
      const origin = originOf(request);
      let signedIn: SignedIn | undefined;
      if (invitation !== undefined) {
        signedIn = await registration.accept(invitation, { password, name, userName, language, code }, origin);
      } else {
        // Whether a name was free would tell whether the account was made, and so whether the address had one.
        if (userName !== undefined) {
          throw new TimonelError(
            'invalid_request',
            'Leave "userName" out, and send it to PATCH /api/v1/auth/me once you are signed in.',
          );
        }
        if (email === undefined || name === undefined) {
          throw new TimonelError('invalid_request', 'Send "email" and "name" too, or the "invitation" that came by mail.');
        }
        signedIn = await registration.register({ email, password, name, language }, origin);
      }
      if (signedIn === undefined) return reply.code(202).send({ status: 'confirmation-sent' as const });
      return reply.code(201).send(answer(reply, signedIn, cookies));
    },
  );

  app.post(
    '/api/v1/auth/login',
    {
      config: open,
      schema: {
        summary: 'Sign in',
        body: z.strictObject({
          email: shapes.email.optional(),
          userName: shapes.userName.optional().describe('Instead of "email"'),
          password: shapes.password,
          code: shapes.code.optional(),
          workspace: z.string().max(63).optional().describe('For those who belong to several'),
          cookies: shapes.cookies,
        }),
        response: { 200: shapes.signedIn },
      },
    },
    async (request, reply) => {
      const { cookies, email, userName, ...credentials } = request.body;
      const login = email ?? userName;
      if (login === undefined || (email !== undefined && userName !== undefined)) {
        throw new TimonelError('invalid_request', 'Send either "email" or "userName".');
      }
      return answer(reply, await signIn.withPassword({ login, ...credentials }, originOf(request)), cookies);
    },
  );

  app.post(
    '/api/v1/auth/switch',
    {
      config: { signedIn: true },
      schema: {
        summary: 'Go on in another workspace that I belong to, without signing in again',
        description:
          'A session of its own, which ends when the present one would have; the present one goes on. Asked with the cookie of the console, the new tokens come in cookies too.',
        body: z.strictObject({ workspace: z.string().min(1).max(63), cookies: shapes.cookies }),
        response: { 200: shapes.signedIn },
      },
    },
    async (request, reply) => {
      const { workspace, cookies } = request.body;
      // What a script cannot read must not come to be readable.
      const byCookie = request.headers.authorization === undefined;
      return answer(reply, await signIn.switch(requestPrincipalOf(request), workspace, originOf(request)), cookies || byCookie);
    },
  );

  app.post(
    '/api/v1/auth/refresh',
    {
      config: open,
      schema: {
        summary: 'Exchange a refresh token for its successor and a new access token',
        description:
          'Without a body the token of the cookie is taken. A token that was used before ends the session, unless its answer got lost just now.',
        body: z.strictObject({ refreshToken: z.string().min(1).max(200).optional() }).nullish(),
        response: { 200: shapes.signedIn },
      },
    },
    async (request, reply) => {
      const sent = request.body?.refreshToken;
      const token = sent ?? refreshCookieOf(request);
      if (token === undefined) throw new TimonelError('unauthenticated', 'Send {"refreshToken":"tr_…"}, or sign in.');
      try {
        return answer(reply, await sessions.refresh(token, originOf(request)), sent === undefined);
      } catch (error) {
        if (sent === undefined && error instanceof TimonelError && error.code === 'session_ended') clearCookies(reply);
        throw error;
      }
    },
  );

  app.post(
    '/api/v1/auth/logout',
    {
      config: open,
      schema: {
        summary: 'End the session, at once and everywhere',
        description: 'By the refresh token, also where the access token has expired; else by the access token or the cookie.',
        body: z.strictObject({ refreshToken: z.string().min(1).max(200).optional() }).nullish(),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const sent = request.body?.refreshToken;
      if (sent !== undefined) await sessions.endByToken(sent, originOf(request));
      else await endOwn(request);
      clearCookies(reply);
      return reply.code(204).send(null);
    },
  );

  const endOwn = async (request: FastifyRequest) => {
    const { authorization } = request.headers;
    const csrfToken = request.headers['x-csrf-token'];
    const cookie = sessionCookieOf(request);
    const principal = await authenticator.authenticate({
      authorization,
      cookie,
      csrfToken: typeof csrfToken === 'string' ? csrfToken : undefined,
      safe: false,
    });
    const { kind, sessionId, id, name, workspaceId } = principal;
    if (kind !== 'user' || sessionId === undefined) {
      throw new TimonelError('forbidden', 'An API key has no session. DELETE /api/v1/api-keys/:id revokes a key.');
    }
    await sessions.end({ kind, id, name, workspaceId }, sessionId, 'logout', originOf(request));
  };

  app.get(
    '/api/v1/auth/me',
    {
      config: { signedIn: true },
      schema: { summary: 'Who I am, where, and what I may do', response: { 200: shapes.me } },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { kind, id, name, workspaceId, role, permissions, sessionId } = principal;
      const user = kind === 'user' ? await users.byId(id) : undefined;
      return {
        kind,
        id,
        name,
        workspaceId,
        role,
        permissions: [...permissions],
        user:
          user === undefined || sessionId === undefined
            ? null
            : {
                email: user.email,
                userName: user.userName,
                emailVerified: user.emailVerifiedAt !== null,
                language: user.language,
                secondFactor: user.totpConfirmedAt !== null,
                recoveryCodesLeft: await secondFactor.codesLeft(id),
                sessionId,
                workspaces: await users.workspaces(id),
              },
        ...(sessionId !== undefined && request.headers.authorization === undefined
          ? { csrfToken: authenticator.csrfToken(sessionId) }
          : {}),
      };
    },
  );

  app.get(
    '/.well-known/jwks.json',
    {
      config: open,
      schema: { summary: 'Public keys of access tokens (RFC 7517); none where they are signed with a shared secret' },
    },
    () => tokens.publicKeys(),
  );
}
