import type { Answer } from '../../api/client.ts';

export type Collection = Answer<'GET /api/v1/knowledge/collections'>['collections'][number];
export type StoredDocument = Answer<'GET /api/v1/knowledge/collections/{collection}/documents'>['documents'][number];

/** What is read anew when documents or collections change. */
export const touchedByKnowledge = [
  'GET /api/v1/knowledge/collections',
  'GET /api/v1/knowledge/collections/{collection}',
  'GET /api/v1/knowledge/collections/{collection}/documents',
  'GET /api/v1/knowledge/collections/{collection}/documents/chunks',
  'GET /api/v1/knowledge/collections/{collection}/pages',
] as const;

export const addressOf = (collection: string, rest = '') =>
  `/api/v1/knowledge/collections/${encodeURIComponent(collection)}/documents${rest}`;
