/** An agent with pages for browsers, and people whom another system has signed in. */
import { z } from 'zod';
import { defineAgent, defineRoute, TimonelError } from '../../src/index.ts';

const door = defineRoute({
  method: 'GET',
  path: '/door',
  summary: 'A page that another site may show',
  public: true,
  page: true,
  perMinute: 5,
  query: z.object({ framedBy: z.string().default('https://campus.example') }),
  handle: async ({ query, cookies }) => ({
    kind: 'page' as const,
    html: (nonce) => `<!doctype html><title>Door</title><script nonce="${nonce}"></script><p>${cookies['visit'] ?? 'first'}</p>`,
    status: 202,
    framedBy: [query.framedBy],
    postsTo: ['https://campus.example'],
    cookies: [{ name: 'visit', value: 'again', maxAge: 600, crossSite: true }],
  }),
});

const away = defineRoute({
  method: 'POST',
  path: '/away',
  summary: 'Sends the browser on',
  public: true,
  page: true,
  raw: true,
  asksOutside: true,
  async handle({ body }) {
    return { kind: 'redirect' as const, to: new URLSearchParams(body.toString()).get('to') ?? '' };
  },
});

const person = z.strictObject({ subject: z.string(), name: z.string().default('Ana'), role: z.string().default('student') });

const enter = defineRoute({
  method: 'POST',
  path: '/enter',
  summary: 'Signs in whom the other system has signed in',
  public: true,
  asksOutside: true,
  body: person,
  answer: z.object({ userId: z.string(), token: z.string(), at: z.string() }),
  async handle({ body: { subject, name, role } }, { accounts, publicUrl }) {
    const who = { issuer: 'campus', subject };
    const { userId } = await accounts.vouch({ ...who, name, role: role as 'student' });
    const { accessToken } = await accounts.signIn(who);
    return { userId, token: accessToken, at: publicUrl };
  },
});

const inTransaction = defineRoute({
  method: 'POST',
  path: '/enter-wrongly',
  summary: 'Signs in within a transaction, which cannot be',
  public: true,
  body: person,
  async handle({ body: { subject } }, { accounts }) {
    const refused = await accounts.signIn({ issuer: 'campus', subject }).catch((error: Error) => error.message);
    throw new TimonelError('row_conflict', String(refused));
  },
});

const locker = defineRoute({
  method: 'GET',
  path: '/locker/contents',
  summary: 'What is in a locker, for who holds its link',
  linked: true,
  query: z.object({ shelf: z.string().default('all') }),
  answer: z.object({ locker: z.string(), shelf: z.string(), until: z.string(), asker: z.boolean() }),
  handle: async ({ query: { shelf } }, { link, principal }) => ({
    locker: link?.subject ?? '',
    shelf,
    until: link?.expiresAt.toISOString() ?? '',
    asker: principal !== undefined,
  }),
});

const gate = defineRoute({
  method: 'POST',
  path: '/gate',
  summary: 'Opens the gate for who holds its link',
  linked: true,
  handle: async () => undefined,
});

const key = defineRoute({
  method: 'GET',
  path: '/keys/:locker',
  summary: 'A link to a locker',
  public: true,
  params: z.object({ locker: z.string() }),
  answer: z.object({ url: z.string() }),
  handle: async ({ params }, { links }) => ({ url: links.to('/locker/contents', params.locker, { expiresIn: 3_600_000 }) }),
});

export const lobby = defineAgent({
  name: 'lobby',
  version: '1.0.0',
  description: 'Lets people in.',
  prompt: 'You let people in.',
  tools: [],
  policy: [],
  vouchesFor: ['student', 'instructor'],
  routes: [door, away, enter, inTransaction, locker, gate, key],
});
