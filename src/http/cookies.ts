/**
 * Cookies of the console. `__Host-` binds them to this host and to HTTPS (browsers make an exception for localhost), scripts cannot read
 * them, and other sites do not send them; see also the CSRF token in `identity/authenticator.ts`.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessTokenSeconds } from '../identity/access-tokens.ts';
import type { SignedIn } from '../identity/sessions.ts';

const sessionCookie = '__Host-timonel-session';
const refreshCookie = '__Host-timonel-refresh';

const options = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

export function setCookies(reply: FastifyReply, signedIn: SignedIn): void {
  reply.setCookie(sessionCookie, signedIn.accessToken, { ...options, maxAge: accessTokenSeconds });
  reply.setCookie(refreshCookie, signedIn.refreshToken, { ...options, expires: signedIn.sessionExpiresAt });
}

export function clearCookies(reply: FastifyReply): void {
  reply.clearCookie(sessionCookie, options);
  reply.clearCookie(refreshCookie, options);
}

export function sessionCookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[sessionCookie];
}

export function refreshCookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[refreshCookie];
}
