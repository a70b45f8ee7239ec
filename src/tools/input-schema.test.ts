import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool, type Tool } from '../index.ts';

const tool = (input: z.ZodType): Tool<unknown, unknown> => ({
  name: 'find_orders',
  description: '',
  input,
  effect: 'read',
  execute: async () => null,
});
const agent = (input: z.ZodType) =>
  defineAgent({ name: 'shop', version: '1.0.0', description: '', prompt: '', tools: [tool(input)], policy: [] });

describe('the input of a tool', () => {
  it.each([
    ['input.when is of the kind "date"', z.object({ when: z.date() })],
    ['input.when is of the kind "date"', z.object({ when: z.coerce.date().optional() })],
    ['input.days[].from is of the kind "date"', z.object({ days: z.array(z.object({ from: z.date() })) })],
    ['input.amount is of the kind "bigint"', z.object({ amount: z.bigint() })],
    ['input.by.* is of the kind "map"', z.object({ by: z.record(z.string(), z.map(z.string(), z.string())) })],
    ['input.file is of the kind "custom"', z.object({ file: z.instanceof(Buffer) })],
    ['input.count is of the kind "transform"', z.object({ count: z.transform(Number) })],
  ])('is refused where a model cannot be told of it, with the place: %s', (message, input) => {
    expect(() => defineTool(tool(input))).toThrow(message);
    expect(() => agent(input)).toThrow(message);
  });

  it('is an object', () => {
    expect(() => defineTool(tool(z.string()))).toThrow('must be an object');
    expect(() => defineTool(tool(z.array(z.string())))).toThrow('must be an object');
  });

  it.each([
    z.object({}),
    z.object({ when: z.iso.datetime(), tags: z.array(z.string()).default([]), note: z.string().trim().nullish() }),
    z.object({ text: z.string().transform((text) => text.length) }),
    z.object({ count: z.preprocess(Number, z.number()) }),
    z.object({ any: z.unknown(), more: z.any(), json: z.json() }),
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), of: z.number() })]),
    z.strictObject({ choice: z.enum(['a', 'b']), pair: z.tuple([z.string(), z.number()]) }).refine(() => true),
  ])('passes where JSON Schema can express it: %#', (input) => {
    expect(() => defineTool(tool(input))).not.toThrow();
    expect(() => agent(input)).not.toThrow();
  });
});

describe('an agent', () => {
  it('names a route, or a model as providers know it', () => {
    const named = (model: string) => () =>
      defineAgent({ name: 'shop', version: '1.0.0', description: '', prompt: '', model, tools: [], policy: [] });
    for (const model of ['smart', 'anthropic/claude-sonnet-4-5', 'configured/qwen3:8b']) expect(named(model)).not.toThrow();
    for (const model of ['google/../x', 'configured/a?b', 'two words']) expect(named(model)).toThrow('model must be a route');
  });

  it('has tools whose bound can be kept', () => {
    expect(() => defineTool({ ...tool(z.object({})), maxOutputBytes: 10 })).toThrow('maxOutputBytes');
  });
});
