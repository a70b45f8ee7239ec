/** Answers in the shape of a schema. */
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { ModelRequest } from '../contract.ts';
import type { Gateway, GivenAnswer } from '../gateway.ts';

/** A question whose answer is to fit a schema. */
export interface ObjectRequest<S extends z.ZodType> extends Omit<ModelRequest, 'tools' | 'onText' | 'responseFormat'> {
  schema: S;
}

/** The object, and the answer that it came in; `cost` and `usage` are those of all attempts together. */
export interface GivenObject<T> {
  object: T;
  model: string;
  cost: number | undefined;
  /** The first answer did not fit, and the second did. */
  repaired: boolean;
}

/**
 * Asks for an object. When the answer does not fit, the model is told what is wrong, once.
 * @throws TimonelError `model_answer_invalid` with the faults of the second answer, and what {@link Gateway.ask} throws
 */
export async function askForObject<S extends z.ZodType>(
  gateway: Gateway,
  request: ObjectRequest<S>,
): Promise<GivenObject<z.output<S>>> {
  const { schema, ...question } = request;
  const responseFormat = { type: 'json' as const, schema: z.toJSONSchema(schema, { io: 'input' }) as object };
  const ask = (prompt: ModelRequest['prompt']) => gateway.ask({ ...question, prompt, tools: [], responseFormat });
  const first = await ask(request.prompt);
  const read = readObject(schema, first);
  if (read.fits) return { object: read.object, model: first.model, cost: first.cost, repaired: false };
  const second = await ask([
    ...request.prompt,
    { role: 'assistant', content: [{ type: 'text', text: textOf(first) }] },
    {
      role: 'user',
      content: [
        {
          type: 'text',
          text: `That does not fit the schema: ${read.faults.join('; ')}. Answer with the corrected JSON alone.`,
        },
      ],
    },
  ]);
  const again = readObject(schema, second);
  const cost = first.cost === undefined || second.cost === undefined ? undefined : first.cost + second.cost;
  if (again.fits) return { object: again.object, model: second.model, cost, repaired: true };
  throw new TimonelError(
    'model_answer_invalid',
    `The model ${second.model} did not answer in the shape that was asked for, also after it was told why: ${again.faults.join('; ')}.`,
    { details: { faults: again.faults } },
  );
}

type ReadObject<T> = { fits: true; object: T } | { fits: false; faults: string[] };

function readObject<S extends z.ZodType>(schema: S, answer: GivenAnswer): ReadObject<z.output<S>> {
  let value: unknown;
  try {
    value = JSON.parse(withoutFence(textOf(answer)));
  } catch {
    return { fits: false, faults: ['it is not valid JSON'] };
  }
  const result = schema.safeParse(value);
  if (result.success) return { fits: true, object: result.data };
  return { fits: false, faults: result.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`) };
}

function textOf({ content }: GivenAnswer): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}

/** Many models put JSON into a code block, whatever they are told. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;
}
