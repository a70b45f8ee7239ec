/** Shapes of the API of knowledge. */
import { z } from 'zod';
import type { permissionTable } from '../identity/permissions.ts';
import { passageVerdicts, strategies, textLanguages, vectorIndexes } from '../knowledge/contract.ts';

export const collectionName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be small letters, digits and hyphens, e.g. house-rules');
export const documentKey = z.string().min(1).max(500);
export const knowledgeRead = { permission: 'knowledge:read' } satisfies { permission: keyof typeof permissionTable };
export const knowledgeManage = { permission: 'knowledge:manage' } satisfies { permission: keyof typeof permissionTable };

const language = z.enum([...textLanguages, 'auto']);
const names = z.array(z.string().min(1).max(100)).max(50);

export const collectionShape = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  language,
  agents: z.array(z.string()).describe('Agents that may search it; all where it is empty'),
  roles: z.array(z.string()).describe('Roles on whose behalf agents may search it; everybody where it is empty'),
  documents: z.number().int(),
  chunks: z.number().int(),
  sequence: z.number().int().describe('Grows with every change of its documents'),
  vectors: z.object({
    model: z.string().nullable(),
    building: z.string().nullable(),
    state: z.enum(['none', 'building', 'ready', 'failed']),
    done: z.number().int(),
    total: z.number().int(),
    failure: z.string().nullable(),
    index: z.enum(vectorIndexes).describe('Where they are to be searched'),
    searchedIn: z.enum(vectorIndexes).describe('Where they are searched: in memory until pgvector has all of them'),
  }),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export const newCollection = z.strictObject({
  name: collectionName,
  description: z.string().max(2_000).optional(),
  language: language.optional(),
  agents: names.optional(),
  roles: names.optional(),
});

export const collectionChanges = newCollection.omit({ name: true }).extend({
  vectorModel: z
    .string()
    .min(3)
    .max(200)
    .nullable()
    .optional()
    .describe('provider/model for vectors, e.g. openai/text-embedding-3-small; null takes them away'),
  vectorIndex: z
    .enum(vectorIndexes)
    .optional()
    .describe(
      'Where vectors are searched: exactly in the memory of each process, or by pgvector, for more than a process can hold',
    ),
});

export const documentShape = z.object({
  id: z.string(),
  key: z.string(),
  title: z.string(),
  mediaType: z.string(),
  language: z.enum(textLanguages),
  metadata: z.record(z.string(), z.unknown()),
  hash: z.string(),
  characters: z.number().int(),
  chunks: z.number().int(),
  state: z.enum(['ready', 'hidden']),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export const putShape = z.object({
  document: documentShape,
  outcome: z.enum(['added', 'replaced', 'unchanged']),
  chunks: z.object({ added: z.number().int(), kept: z.number().int(), removed: z.number().int() }),
});

export const chunkShape = z.object({
  id: z.string(),
  ordinal: z.number().int().describe('Its place among the passages of the document, from 0'),
  heading: z.array(z.string()).describe('Headings above it, the highest first'),
  start: z.number().int().describe('Code points into the text of the document'),
  end: z.number().int().describe('Not included'),
  text: z.string(),
});

const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);

export const knowledgeQuery = z.strictObject({
  query: z.string().min(1).max(2_000),
  collections: z.array(collectionName).min(1).max(20).optional().describe('All of the workspace where absent'),
  limit: z.number().int().min(1).max(50).default(5),
  strategy: z.enum(strategies).default('hybrid'),
  filter: z.record(z.string().max(100), z.union([scalar, z.array(scalar).max(100)])).optional(),
  agent: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Only what is open to this agent, as it would be asked for nobody in particular'),
});

const citation = z.object({
  collection: z.string(),
  documentId: z.string(),
  documentVersion: z.number().int(),
  key: z.string(),
  title: z.string(),
  heading: z.array(z.string()),
  chunkId: z.string(),
  start: z.number().int().describe('Code points into the text of the document'),
  end: z.number().int().describe('Not included'),
});

export const retrieved = z.object({
  passages: z.array(
    z.object({
      rank: z.number().int(),
      text: z.string(),
      citation,
      metadata: z.record(z.string(), z.unknown()),
      score: z.number().describe('Of the fusion of the lists, times boost: passages of one collection are ordered by it'),
      boost: z.number().describe('What approvals and rejections multiplied its fused score with; 1 where there are none'),
      lists: z.record(z.string(), z.object({ rank: z.number().int(), score: z.number() })),
    }),
  ),
  evidence: z.enum(['strong', 'weak', 'none']).describe('Whether the first passage is about the question'),
  used: z.array(z.string()),
  degraded: z.string().nullable(),
});

export const verdict = z.enum(passageVerdicts);

export const newFeedback = z.strictObject({
  passage: z.uuid().describe('`citation.chunkId` of a search'),
  verdict,
  question: z.string().max(2_000).optional().describe('What it answers; asked again, an approved passage is found by it'),
  text: z.string().min(1).max(8_000).optional().describe('Of "modified": how it should read'),
  note: z.string().max(2_000).optional().describe('For people'),
  runId: z.uuid().optional().describe('The run that used it'),
});

export const feedbackShape = z.object({
  id: z.string(),
  collection: z.string(),
  key: z.string(),
  chunkId: z.string(),
  current: z.boolean().describe('Its text did not change since'),
  verdict,
  question: z.string().nullable(),
  note: z.string().nullable(),
  correctionKey: z.string().nullable().describe('Document that has the text of "modified"'),
  agent: z.string().nullable(),
  runId: z.string().nullable(),
  by: z.string(),
  createdAt: z.string(),
});

export const evaluationBody = z.strictObject({
  strategy: z.enum(strategies).default('hybrid'),
  questions: z
    .array(
      z.strictObject({
        question: z.string().min(1).max(2_000),
        relevant: z
          .array(z.string().min(1).max(1_000))
          .max(100)
          .describe('Keys of documents, with # and a text for a passage; none: it cannot be answered'),
      }),
    )
    .min(1)
    .max(2_000),
});

export const evaluationShape = z.object({
  id: z.string(),
  questionsHash: z.string(),
  questions: z.number().int(),
  strategy: z.string(),
  sequence: z.number().int(),
  vectorModel: z.string().nullable(),
  figures: z.object({
    ndcg10: z.number(),
    recall10: z.number(),
    mrr: z.number(),
    quotable: z.number(),
    wrongQuotes: z.number(),
    toldUnanswerable: z.number().nullable(),
  }),
  createdAt: z.string(),
});

const places = z.array(z.number().int()).describe('Places in the set of questions, from 1');

export const collectionComparison = z.object({
  base: evaluationShape,
  other: evaluationShape,
  verdict: z.enum(['better', 'worse', 'inconclusive']).describe('Of a sign test over the questions that went otherwise, at 5 %'),
  p: z.number(),
  better: places,
  worse: places,
  same: z.number().int(),
});
