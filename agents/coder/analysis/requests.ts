/** What can be asked of analysis: the input of its tool, the same for a model and for the flows. */
import { z } from 'zod';

const path = z.string().min(1).max(1_000);
const under = path.optional().describe('Only below this folder, or in this file');
const name = z.string().min(1).max(200);

export const analysisRequest = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('search'),
    pattern: z.string().min(1).max(1_000),
    literal: z.boolean().optional(),
    word: z.boolean().optional(),
    under,
    ignored: z.boolean().optional(),
  }),
  z.object({ action: z.literal('outline'), path }),
  z.object({ action: z.literal('symbols'), name: name.optional(), under }),
  z.object({ action: z.literal('refs'), name: name.describe('Where a name is declared, imported, called and used') }),
  z.object({ action: z.literal('related'), path }),
  z.object({
    action: z.literal('tree'),
    depth: z.number().int().min(1).max(20).optional(),
    under,
    ignored: z.boolean().optional(),
  }),
  z.object({
    action: z.literal('map'),
    tokens: z.number().int().min(50).max(20_000).optional(),
    focus: z.array(path).max(50).optional(),
    under,
  }),
  z.object({ action: z.literal('deps'), under, dot: z.boolean().optional().describe('As a graph for Graphviz') }),
  z.object({ action: z.literal('todo'), under }),
  z.object({ action: z.literal('metrics'), under }),
  z.object({ action: z.literal('tests'), only: path.optional().describe('How the tests are run; it does not run them') }),
  z.object({ action: z.literal('checks') }),
  z.object({ action: z.literal('diff'), staged: z.boolean().optional() }),
  z.object({ action: z.literal('commit-message'), staged: z.boolean().optional(), language: z.enum(['es', 'en']).optional() }),
  z.object({
    action: z.literal('rename'),
    from: name.describe('`name`, `Container.name` or `path:line`; answers the changes and makes none'),
    to: name,
  }),
  z.object({
    action: z.literal('replace'),
    pattern: z.string().min(1).max(2_000).describe('Code with $A for one node and $$$A for many'),
    replacement: z.string().max(2_000).optional(),
    under,
  }),
  z.object({ action: z.literal('explain'), what: name.describe('A file or a declaration') }),
  z.object({ action: z.literal('explain-code'), code: z.string().min(1).max(50_000) }),
  z.object({ action: z.literal('report'), under }),
  z.object({ action: z.literal('models') }),
  z.object({ action: z.literal('index') }),
  z.object({ action: z.literal('forget-index') }),
]);

export type AnalysisRequest = z.infer<typeof analysisRequest>;
