/** A route: which models answer under one name, in which order, and within which bounds. Data, changed at run time. */
import { z } from 'zod';

/** What some models take beside text. */
export const modelMedia = ['image', 'audio', 'pdf'] as const;
export type ModelMedium = (typeof modelMedia)[number];

export const target = z.strictObject({
  model: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}\/\S{1,200}$/, 'must be provider/model, e.g. anthropic/claude-sonnet-4-5')
    .describe('provider/model'),
  weight: z.number().positive().max(1_000).default(1).describe('Share of the calls that begin here, on a weighted route'),
  contextTokens: z.number().int().positive().optional().describe('Size of its context; a call that is too long skips smaller ones'),
  media: z
    .array(z.enum(modelMedia))
    .max(modelMedia.length)
    .optional()
    .describe('What it takes beside text; the provider knows by default'),
  prefill: z.boolean().optional().describe('Whether it continues an answer that was begun; the provider knows by default'),
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

/** `provider/model`, cut at its first slash: model names have slashes of their own. */
export function splitModel(name: string): { provider: string; model: string } {
  const slash = name.indexOf('/');
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}

/** A route to one model, for callers that name `provider/model`. */
export function directRoute(model: string): Route {
  return { ...routeDefinition.parse({ targets: [{ model }] }), alias: model, version: 0, source: 'direct' };
}
