/** The documents of a collection over the API. */
import type { z } from 'zod';
import type { documentShape } from '../http/knowledge-schemas.ts';
import { ApiClient } from './api-client.ts';

export type KnowledgeDocumentView = z.infer<typeof documentShape>;

/** All of a collection, by key. */
export async function documents(name: string): Promise<KnowledgeDocumentView[]> {
  const all: KnowledgeDocumentView[] = [];
  for (let after: string | undefined; ; ) {
    const page = await ApiClient.here().get<{ documents: KnowledgeDocumentView[]; next: string | null }>(
      documentPath(name, { limit: '500', ...(after === undefined ? {} : { after }) }),
    );
    all.push(...page.documents);
    if (page.next === null) return all;
    after = page.next;
  }
}

export function documentPath(name: string, query: Record<string, string>, end = ''): string {
  return `/api/v1/knowledge/collections/${name}/documents${end}?${new URLSearchParams(query)}`;
}
