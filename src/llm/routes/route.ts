/** A route: which models answer under one name, in which order, and within which bounds. Data, changed at run time. */
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';

/** What some models take beside text. */
export const modelMedia = ['image', 'audio', 'pdf'] as const;
export type ModelMedium = (typeof modelMedia)[number];

/**
 * `provider/model`. Some providers put the model into the path of the URL: a name has segments of letters, digits and `_ . : @ + -`, and
 * none that is empty or begins with a dot, so that it can be no other path, query or fragment.
 */
const modelName = /^(?=.{3,240}$)[a-z][a-z0-9-]{0,39}(\/[A-Za-z0-9@][\w.:@+-]*)+$/;

const target = z.strictObject({
  model: z
    .string()
    .regex(modelName, 'must be provider/model, e.g. anthropic/claude-sonnet-4-5, without a path, query or fragment')
    .describe('provider/model'),
  weight: z.number().positive().max(1_000).default(1).describe('Share of the calls that begin here, on a weighted route'),
  contextTokens: z.number().int().positive().optional().describe('Size of its context; a call that is too long skips smaller ones'),
  media: z
    .array(z.enum(modelMedia))
    .max(modelMedia.length)
    .optional()
    .describe('What it takes beside text; the provider knows by default'),
  prefill: z.boolean().optional().describe('Whether it continues an answer that was begun; the provider knows by default'),
  thinks: z
    .boolean()
    .optional()
    .describe('Whether its answers may begin with reasoning of which only the closing tag comes; known models do by default'),
});

const milliseconds = (fallback: number) => z.number().int().min(1).max(3_600_000).default(fallback);

export const routeDefinition = z.strictObject({
  strategy: z
    .enum(['ordered', 'weighted'])
    .default('ordered')
    .describe('ordered: the first that works; weighted: begin by the weights'),
  targets: z.array(target).min(1).max(20),
  timeouts: z
    .strictObject({
      firstTokenMs: milliseconds(12_000).describe('Of a stream: from the request to the first token'),
      idleMs: milliseconds(15_000).describe('Of a stream: between two pieces'),
      totalMs: milliseconds(120_000).describe('Of the whole call'),
    })
    .prefault({}),
  attempts: z.number().int().min(1).max(5).default(3).describe('At one target, the first included'),
  hedgeAfterMs: z.number().int().min(1).max(60_000).optional().describe('Ask the next target too when nothing has come by then'),
  onRefusal: z.enum(['final', 'next']).default('final').describe('What a content filter means: final, or ask the next target'),
  maxCost: z
    .number()
    .positive()
    .max(1_000)
    .optional()
    .describe('US dollars that one call may cost at most; dearer targets are skipped'),
  cache: z
    .strictObject({
      ttlSeconds: z.number().int().min(1).max(2_592_000),
      graceSeconds: z
        .number()
        .int()
        .min(0)
        .max(2_592_000)
        .default(0)
        .describe('How long after that it serves while no model answers'),
      calls: z
        .enum(['deterministic', 'always'])
        .default('deterministic')
        .describe('deterministic: those with temperature 0 or a seed; always: the calls of this route may be repeated'),
      similar: z
        .strictObject({
          model: z.string().min(1).max(240).describe('Of the embeddings: provider/model, or a route'),
          threshold: z.number().min(0.8).max(1).default(0.95).describe('Cosine from which on two questions count as similar'),
        })
        .optional()
        .describe('Give the answer to a similar question, too: one with the same numbers, times, names in quotes and negations'),
    })
    .optional(),
});

/** A stored route, as an earlier version may have let it pass. Its targets are checked before they are asked: {@link splitModel}. */
export const storedDefinition = routeDefinition.extend({
  targets: z.array(target.extend({ model: z.string() })),
});

/** A route as it is written. */
export type RouteInput = z.input<typeof routeDefinition>;
/** A route with all its defaults. */
export type RouteDefinition = z.output<typeof routeDefinition>;
export type RouteTarget = RouteDefinition['targets'][number];

export const aliasShape = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a short lower-case name, e.g. fast, smart or local');

/** A route under its name. Version 0 comes from the environment or the project; stored ones count from 1. */
export interface Route extends RouteDefinition {
  alias: string;
  version: number;
  source: 'environment' | 'project' | 'workspace' | 'direct';
}

/** Name of the provider in `provider/model`; empty where there is none. */
export function providerOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')));
}

/**
 * `provider/model`, cut at its first slash: model names have slashes of their own.
 * @param where begins the message of the refusal.
 * @throws TimonelError `invalid_request` where the name could lead to another path of the provider
 */
export function splitModel(name: string, where = ''): { provider: string; model: string } {
  if (!modelName.test(name)) throw notAModel(name, where);
  const provider = providerOf(name);
  return { provider, model: name.slice(provider.length + 1) };
}

/** The refusal of a name that is none. Shown cut, since callers choose it. */
export function notAModel(name: string, where = ''): TimonelError {
  return new TimonelError(
    'invalid_request',
    `${where}${JSON.stringify(name.slice(0, 100))} is not the name of a model. A name is provider/model, with letters, digits and _ . : @ + - in each segment, e.g. anthropic/claude-sonnet-4-5.`,
  );
}

/** A route to one model, for callers that name `provider/model`. @throws TimonelError `invalid_request` */
export function directRoute(model: string): Route {
  splitModel(model);
  return { ...routeDefinition.parse({ targets: [{ model }] }), alias: model, version: 0, source: 'direct' };
}
