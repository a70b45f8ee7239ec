import {
  channels,
  type KnowledgeIndexes,
  type KnowledgeIngested,
  type KnowledgeJudged,
  type KnowledgeLoaded,
  type KnowledgeSearched,
} from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Documents that come, and searches in them. */
export function knowledgeMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const searches = set.counter('timonel_knowledge_searches_total', 'searches in documents, by how good the evidence was', [
    'strategy',
    'evidence',
    'degraded',
  ]);
  const searching = set.histogram(
    'timonel_knowledge_search_duration_seconds',
    'from a question to its passages, vector and loading of the index included',
    ['strategy'],
  );
  subscriptions.on<KnowledgeSearched>(channels.knowledgeSearched, ({ strategy, evidence, degraded, milliseconds }) => {
    searches([strategy, evidence, String(degraded)]);
    searching([strategy], milliseconds);
  });
  const documents = set.counter(
    'timonel_knowledge_documents_total',
    'documents that were put into collections, by what became of them',
    ['outcome'],
  );
  const chunks = set.counter('timonel_knowledge_chunks_total', 'passages that were new in a document');
  const ingesting = set.histogram(
    'timonel_knowledge_ingest_duration_seconds',
    'from the bytes of a document to its passages in the store',
    ['outcome'],
  );
  subscriptions.on<KnowledgeIngested>(channels.knowledgeIngested, ({ outcome, chunks: added, milliseconds }) => {
    documents([outcome]);
    chunks([], added);
    ingesting([outcome], milliseconds);
  });
  const judged = set.counter('timonel_knowledge_feedback_total', 'what was said of passages by people and agents', ['verdict']);
  subscriptions.on<KnowledgeJudged>(channels.knowledgeJudged, ({ verdict }) => judged([verdict]));
  const loading = set.histogram('timonel_knowledge_load_duration_seconds', 'reading the index of a collection whole', []);
  subscriptions.on<KnowledgeLoaded>(channels.knowledgeLoaded, ({ milliseconds }) => loading([], milliseconds));
  const indexes = set.gauge('timonel_knowledge_indexes', 'indexes of collections in the memory of this process', []);
  const bytes = set.gauge('timonel_knowledge_index_bytes', 'memory that indexes of collections take, about', []);
  subscriptions.on<KnowledgeIndexes>(channels.knowledgeIndexes, (now) => {
    indexes([], now.count);
    bytes([], now.bytes);
  });
}
