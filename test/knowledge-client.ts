/** Puts documents into a Timonel as a client would. */
import type { Collection, KnowledgeDocument, Retrieved } from '../src/knowledge/contract.ts';
import type { TestTimonel } from './timonel.ts';

export interface Put {
  document: KnowledgeDocument;
  outcome: 'added' | 'replaced' | 'unchanged';
  chunks: { added: number; kept: number; removed: number };
}

export interface PutOptions {
  type?: string;
  title?: string;
  metadata?: object;
  headers?: Record<string, string>;
}

export async function putDocument(
  timonel: TestTimonel,
  collection: string,
  key: string,
  body: string | Uint8Array,
  { type = 'text/markdown', title, metadata, headers = {} }: PutOptions = {},
): Promise<{ status: number; body: Put & { code?: string; detail?: string } }> {
  const query = new URLSearchParams({
    key,
    ...(title === undefined ? {} : { title }),
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
  });
  const response = await timonel.timonel.app.inject({
    method: 'PUT',
    url: `/api/v1/knowledge/collections/${collection}/documents?${query}`,
    payload: typeof body === 'string' ? body : Buffer.from(body),
    headers: { authorization: `Bearer ${timonel.apiKey}`, 'content-type': type, ...headers },
  });
  return { status: response.statusCode, body: response.json() };
}

export async function makeCollection(timonel: TestTimonel, name: string, rest: object = {}): Promise<Collection> {
  const { status, body } = await timonel.call<Collection>('POST', '/api/v1/knowledge/collections', { name, ...rest });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

export async function ask(
  timonel: TestTimonel,
  query: string,
  rest: object = {},
  headers?: Record<string, string>,
): Promise<Retrieved & { code?: string }> {
  const { body } = await timonel.call<Retrieved & { code?: string }>(
    'POST',
    '/api/v1/knowledge/query',
    { query, ...rest },
    headers,
  );
  return body;
}
