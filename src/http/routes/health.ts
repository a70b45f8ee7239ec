import { z } from 'zod';
import { errorTable, TimonelError } from '../../errors.ts';
import type { Dependency, HttpDependencies, TypedFastify } from '../contract.ts';

const dependency = z.object({
  name: z.string(),
  status: z.enum(['up', 'down']),
  required: z.boolean(),
  detail: z.unknown().optional(),
});
const health = z.object({ status: z.enum(['ok', 'degraded', 'down']), version: z.string(), dependencies: z.array(dependency) });

/** The same in the words that many probes expect. */
const summary = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  version: z.string(),
  database: z.enum(['up', 'down']),
  cache: z.enum(['memory', 'up', 'down']).describe('`memory` where there is no Redis'),
  timestamp: z.date(),
});

export function healthRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { version } = dependencies;
  const config = { public: true } as const;

  app.get(
    '/health/live',
    {
      config,
      schema: {
        summary: 'The process runs; says nothing of its dependencies',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/errors/:code',
    {
      config,
      schema: {
        summary: 'What an error code means; the "type" of every problem document leads here',
        params: z.object({ code: z.string().max(64) }),
        response: {
          200: z.object({ code: z.string(), title: z.string(), status: z.number().int(), retryable: z.boolean() }),
        },
      },
    },
    (request) => {
      const { code } = request.params;
      const known = Object.entries(errorTable).find(([name]) => name === code);
      if (known === undefined) {
        throw new TimonelError('not_found', `There is no error code "${code}". There are: ${Object.keys(errorTable).join(', ')}.`);
      }
      return { code, ...known[1] };
    },
  );

  const report = async () => {
    const all = await dependencies.dependencies();
    return { status: healthStatusOf(all), version, dependencies: all };
  };

  app.get(
    '/health',
    { config, schema: { summary: 'State of the process and its dependencies', response: { 200: health } } },
    report,
  );

  app.get(
    '/health/ready',
    { config, schema: { summary: 'Whether this process can take requests', response: { 200: health, 503: health } } },
    async (_request, reply) => {
      const current = await report();
      return reply.code(current.status === 'down' ? 503 : 200).send(current);
    },
  );

  const summarised = async () => {
    const { status, dependencies: all } = await report();
    const of = (name: string) => all.find((dependency) => dependency.name === name)?.status;
    return {
      status,
      version,
      database: of('database') ?? 'down',
      cache: of('redis') ?? ('memory' as const),
      timestamp: new Date(),
    };
  };

  app.get(
    '/api/v1/health',
    { config, schema: { summary: 'State of the process in short', response: { 200: summary } } },
    summarised,
  );

  app.get(
    '/api/v1/health/live',
    {
      config,
      schema: {
        summary: 'As /health/live, with the time',
        response: { 200: z.object({ status: z.literal('ok'), timestamp: z.date() }) },
      },
    },
    () => ({ status: 'ok' as const, timestamp: new Date() }),
  );

  app.get(
    '/api/v1/health/ready',
    { config, schema: { summary: 'As /health/ready, in short', response: { 200: summary, 503: summary } } },
    async (_request, reply) => {
      const current = await summarised();
      return reply.code(current.status === 'down' ? 503 : 200).send(current);
    },
  );

  for (const path of ['/metrics/prometheus', '/metrics', '/api/v1/metrics/prometheus']) {
    app.get(
      path,
      { config, schema: { summary: 'Metrics in the Prometheus text format, or as OpenMetrics where the header Accept says so' } },
      async (request, reply) => {
        const { contentType, body } = await dependencies.metrics(request.headers.accept);
        return reply.type(contentType).send(body);
      },
    );
  }
}

/** What a process is worth to those who ask it. */
export function healthStatusOf(all: readonly Dependency[]): 'ok' | 'degraded' | 'down' {
  const down = all.filter(({ status }) => status === 'down');
  return down.some(({ required }) => required) ? 'down' : down.length > 0 ? 'degraded' : 'ok';
}
