/** What browsers are told about this server: which pages may call it, and what its answers may do. */
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config.ts';

const none = ["'none'"];

export async function addSecurity(app: FastifyInstance, settings: Pick<Settings, 'corsOrigins' | 'publicUrl'>): Promise<void> {
  await app.register(cookie);
  const { corsOrigins, publicUrl } = settings;
  if (corsOrigins.length > 0) {
    const everybody = corsOrigins.includes('*');
    await app.register(cors, {
      // With "*" a browser sends no cookies, so that no page rides on a sign-in.
      origin: everybody ? '*' : [...corsOrigins],
      credentials: !everybody,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: [
        'authorization',
        'content-type',
        'idempotency-key',
        'if-match',
        'if-none-match',
        'last-event-id',
        'x-api-key',
        'x-csrf-token',
      ],
      exposedHeaders: ['x-request-id', 'retry-after', 'location', 'etag'],
      maxAge: 600,
    });
  }
  await app.register(helmet, {
    // Answers of the API are data; the documentation page brings a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': none, 'base-uri': none, 'form-action': none, 'frame-ancestors': none },
    },
    crossOriginResourcePolicy: { policy: corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
    strictTransportSecurity: publicUrl.startsWith('https://') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
  });
}
