import { z } from 'zod';
import { ModelFailure } from '../attempt/failure.ts';
import type { Upstream } from '../wire/upstream.ts';

/** OpenAI, Groq, Anthropic and their likes: `data[].id`; Google: `models[].name`, with `models/` before the id. */
const shape = z.union([
  z.object({ data: z.array(z.object({ id: z.string() })) }).transform(({ data }) => data.map(({ id }) => id)),
  z
    .object({ models: z.array(z.object({ name: z.string() })) })
    .transform(({ models }) => models.map(({ name }) => name.replace(/^models\//, ''))),
]);

/** Asks a provider which models it has. @throws ModelFailure */
export async function listModels(
  upstream: Upstream,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string[]> {
  const parsed = shape.safeParse(await upstream.read(url, headers, signal));
  if (!parsed.success) throw new ModelFailure('malformed', 'the list of models could not be read');
  return parsed.data.sort();
}
