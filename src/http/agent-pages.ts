/** Pages and redirects of agents, for browsers: their policy, their headers and their cookies. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorTable, type TimonelError } from '../errors.ts';
import type { PageAnswer, PageCookie } from '../run/route.ts';

/** Cookies of an agent by the names that it knows; nobody else's. */
export function pageCookiesOf(request: FastifyRequest, agent: string): Record<string, string> {
  const prefix = cookiePrefix(agent);
  return Object.fromEntries(
    Object.entries(request.cookies).flatMap(([name, value]) =>
      value !== undefined && name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/** @throws TypeError where the answer of the agent could not be sent as it is */
export function sendPage(reply: FastifyReply, agent: string, answer: PageAnswer): FastifyReply {
  for (const cookie of answer.cookies ?? []) setPageCookie(reply, agent, cookie);
  reply.header('cache-control', 'no-store');
  if (answer.kind === 'redirect') {
    if (!/^(https?:\/\/|\/(?![/\\]))[\x21-\x7e]*$/.test(answer.to))
      throw new TypeError('A page redirects to https://…, http://… or a path of this server.');
    return reply.redirect(answer.to, 303);
  }
  const { framedBy = [], postsTo = [], status = 200 } = answer;
  const nonce = randomBytes(18).toString('base64url');
  reply.headers({
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      "base-uri 'none'",
      `form-action 'self'${listed(postsTo)}`,
      `frame-ancestors${framedBy.length === 0 ? " 'none'" : ` 'self'${listed(framedBy)}`}`,
    ].join(';'),
    // The page around it may have opened it, and waits for a message.
    'cross-origin-opener-policy': 'unsafe-none',
  });
  // Says the same as frame-ancestors, and knows no list.
  if (framedBy.length > 0) reply.removeHeader('x-frame-options');
  return reply.code(status).type('text/html; charset=utf-8').send(answer.html(nonce));
}

const troubles: Partial<Record<ErrorCode, Record<'es' | 'en', string>>> = {
  link_invalid: {
    es: 'Este enlace ya no sirve: venció, o no se copió entero. Pedí uno nuevo por donde te lo mandaron.',
    en: 'This link does not work any more: it has expired, or not all of it was copied. Ask for a new one where you got it.',
  },
  rate_limited: {
    es: 'Demasiados pedidos seguidos. Esperá un minuto y probá de nuevo.',
    en: 'Too many requests at once. Wait a minute and try again.',
  },
};
const otherTrouble = { es: 'No se pudo. Probá de nuevo en un rato.', en: 'That did not work. Try again in a while.' };

/** What a page of an agent shows whose link was refused, in the language of the browser. */
export function troublePage({ code }: Pick<TimonelError, 'code'>, acceptLanguage = ''): PageAnswer {
  const language = /^\s*es\b/i.test(acceptLanguage) ? 'es' : 'en';
  const text = (troubles[code] ?? otherTrouble)[language];
  return {
    kind: 'page',
    status: errorTable[code].status,
    html: (nonce) => `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${language === 'es' ? 'No se puede abrir' : 'Cannot be opened'}</title>
<style nonce="${nonce}">:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}main{max-width:32rem;margin:15vh auto;padding:0 1.25rem}</style>
</head><body><main><h1>${language === 'es' ? 'No se puede abrir' : 'Cannot be opened'}</h1><p role="alert">${text}</p></main></body></html>`,
  };
}

function setPageCookie(reply: FastifyReply, agent: string, { name, value, maxAge, crossSite }: PageCookie): void {
  if (!/^[A-Za-z0-9-]{1,40}$/.test(name) || !/^[A-Za-z0-9._~-]{0,2000}$/.test(value))
    throw new TypeError(`The cookie "${name}" of the agent "${agent}" has a name or a value that cookies cannot have.`);
  reply.setCookie(cookiePrefix(agent) + name, value, {
    path: '/',
    secure: true,
    httpOnly: true,
    maxAge: value === '' ? 0 : maxAge,
    ...(crossSite === true ? { sameSite: 'none' as const, partitioned: true } : { sameSite: 'strict' as const }),
  });
}

function cookiePrefix(agent: string): string {
  return `__Host-timonel-${agent}.`;
}

/** @throws TypeError where one is no origin: it would be another part of the policy */
function listed(origins: readonly string[]): string {
  for (const origin of origins) {
    if (!/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/.test(origin))
      throw new TypeError(`"${origin}" is no origin. Write scheme, host and port, e.g. https://moodle.example.com.`);
  }
  return origins.map((origin) => ` ${origin}`).join('');
}
