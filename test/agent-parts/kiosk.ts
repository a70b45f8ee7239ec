/** An agent with routes and metrics of its own. */
import { z } from 'zod';
import { defineAgent, defineRoute, defineTool, TimonelError } from '../../src/index.ts';

const list = defineRoute({
  method: 'GET',
  path: '/prices/:thing',
  summary: 'What a thing costs',
  permission: 'kiosk:read',
  params: z.object({ thing: z.string().max(40) }),
  query: z.strictObject({ pieces: z.coerce.number().int().min(1).default(1) }),
  answer: z.object({ thing: z.string(), cents: z.number().int(), by: z.string() }),
  async handle({ params, query }, context) {
    if (params.thing === 'gold') throw new TimonelError('not_found', 'Gold is not sold here. Ask for tea.');
    if (params.thing === 'broken') return { thing: 'broken', cents: 0.5, by: '' };
    return { thing: params.thing, cents: 150 * query.pieces, by: context.principal?.kind ?? 'nobody' };
  },
});

const announce = defineRoute({
  method: 'POST',
  path: '/announcements',
  summary: 'Says something in a conversation',
  permission: 'kiosk:manage',
  body: z.strictObject({ conversation: z.uuid(), text: z.string(), fail: z.boolean().default(false) }),
  answer: z.object({ turn: z.number().int() }),
  async handle({ body }, context) {
    const { turn } = await context.send({ conversation: body.conversation, parts: [{ type: 'text', text: body.text }] });
    await context.schedule('count', {}, { at: context.now() });
    if (body.fail) throw new TimonelError('row_conflict', 'Not now.');
    context.metrics.add('announcements', { kind: body.text === 'sale' ? 'sale' : 'x'.repeat(5_000) });
    return { turn };
  },
});

/** What a payment service calls. */
const webhook = defineRoute({
  method: 'POST',
  path: '/paid/:token',
  summary: 'A payment came in',
  public: true,
  raw: true,
  params: z.object({ token: z.string() }),
  async handle({ params, body, headers }, context) {
    if (headers['x-signature'] !== `${body.length}`) throw new TimonelError('forbidden', 'The signature does not fit.');
    await context.complete(params.token, { output: { paid: body.toString(), workspace: context.workspaceId } });
  },
});

const hours = defineRoute({
  method: 'GET',
  path: '/hours',
  summary: 'When it is open',
  public: true,
  answer: z.object({ opens: z.string() }),
  handle: async () => ({ opens: '09:00' }),
});

export const kiosk = defineAgent({
  name: 'kiosk',
  version: '1.0.0',
  description: 'Sells tea.',
  prompt: 'You sell tea.',
  policy: [],
  permissions: {
    'kiosk:read': { description: 'See prices', roles: ['member', 'operator'] },
    'kiosk:manage': { description: 'Make announcements' },
  },
  routes: [list, announce, webhook, hours],
  jobs: [{ name: 'count', run: async (_payload, { metrics }) => metrics.set('counted', 7) }],
  metrics: {
    announcements: { kind: 'counter', help: 'announcements that were made', labels: { kind: ['sale'] } },
    counted: { kind: 'gauge', help: 'things that were counted' },
    wait_seconds: { kind: 'histogram', help: 'time that a payment took', buckets: [1, 10, 60], labels: { buyer: 2 } },
  },
  tools: [
    defineTool({
      name: 'charge',
      description: 'Waits for a payment.',
      input: z.object({ buyer: z.string() }),
      effect: 'write',
      target: 'outside',
      background: true,
      async execute({ buyer }, context) {
        const token = await context.completionToken();
        context.progress({ token });
        const paid = await context.completion();
        context.metrics.observe('wait_seconds', 5, { buyer });
        // Nothing of that name is declared.
        context.metrics.add('sold');
        return paid;
      },
    }),
  ],
});
