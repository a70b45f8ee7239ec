/** Documents of collections: each is replaced in one transaction, so that a reader sees it as it was or as it is, and a crash leaves nothing behind. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { DatabasePool, RunStatement } from '../store/database.ts';
import { storable, storableValue } from '../store/storable.ts';
import type { JsonObject } from '../vocabulary.ts';
import { analyserVersion } from './analysis/terms.ts';
import type { Collection, DocumentState, KnowledgeDocument } from './contract.ts';
import { extractText, type SourceDocument } from './ingest/extract.ts';
import { codeLanguageOf, formatOf } from './ingest/media-types.ts';
import { PreparingThread } from './ingest/preparing-thread.ts';
import { lastingId } from './lasting-id.ts';
import { type CollectionChange, countChange, findCollection, type TargetCollection } from './rows/collections.ts';
import * as rows from './rows/documents.ts';
import { correctionsOf } from './rows/feedback.ts';

export interface NewDocument extends SourceDocument {
  /** That of the document itself, or of its key, where absent. */
  title?: string | undefined;
  metadata?: JsonObject | undefined;
}

/** What became of a document that was put. */
export interface PutDocument {
  document: KnowledgeDocument;
  outcome: 'added' | 'replaced' | 'unchanged';
  chunks: rows.ChunkCounts;
}

/** Longer metadata belongs into the text. */
const mostMetadata = 16_384;

export class Documents {
  readonly #pool: DatabasePool;
  readonly #run: RunStatement;
  readonly #thread = new PreparingThread();

  constructor(pool: DatabasePool) {
    this.#pool = pool;
    this.#run = (text, values) => pool.executeText(text, values);
  }

  /**
   * Adds a document, or puts it in the place of the one of that key. Passages that did not change keep their ids and vectors.
   * @param also is done in the same transaction. @throws TimonelError `unsupported_media_type`, `document_invalid`, `payload_too_large`,
   * `invalid_request`, `collection_not_found`
   */
  async put(
    workspaceId: string,
    collection: TargetCollection,
    source: NewDocument,
    change: CollectionChange,
    also?: (run: RunStatement, documentId: string) => Promise<void>,
  ): Promise<PutDocument> {
    const { key, bytes } = source;
    requireKey(key);
    const metadata = metadataOf(source.metadata);
    const title = source.title?.trim().slice(0, 300).toWellFormed();
    const hash = createHash('sha256').update(bytes).digest('hex');
    // Of the collection and the key: a document that is added again has the same passages as before.
    const place = { workspaceId, collectionId: collection.id, id: lastingId(`${collection.id}\n${key}`) };
    const before = await rows.findDocument(this.#run, workspaceId, collection.id, key);
    if (before !== undefined && isSame(before, { hash, title, metadata: source.metadata && metadata })) {
      if (also !== undefined) await this.#pool.inTransaction((client) => also(statementsOf(client), place.id));
      return { document: before, outcome: 'unchanged', chunks: { added: 0, kept: before.chunks, removed: 0 } };
    }
    const extracted = await extractText(source);
    const { mediaType } = extracted;
    const code = codeLanguageOf(mediaType);
    // Where a program is in its project tells what it is about.
    const named = title || extracted.title?.toWellFormed() || (code === undefined ? nameOf(key) : key.slice(0, 300));
    const whose = { documentId: place.id, title: named, language: collection.language, code };
    const { language, characters, chunks } = await this.#thread.prepare(extracted.text, extracted.format, whose);
    const counts = await this.#changing(place, change, async (run) => {
      const stored = await rows.findDocument(run, workspaceId, collection.id, key, true);
      const isNewText = stored !== undefined && stored.hash !== hash;
      await rows.writeDocument(run, {
        ...place,
        key,
        title: named,
        mediaType,
        language,
        metadata: source.metadata === undefined && stored !== undefined ? stored.metadata : metadata,
        hash,
        text: extracted.text,
        characters,
        chunks: chunks.length,
        version: stored === undefined ? 1 : stored.version + (isNewText ? 1 : 0),
        analyser: analyserVersion,
        ...change,
      });
      const reanalysed = stored !== undefined && (stored.analyser !== analyserVersion || stored.language !== language);
      const replaced = await rows.replaceChunks(run, place, chunks, reanalysed);
      await also?.(run, place.id);
      return replaced;
    });
    const document = await this.get(workspaceId, collection, key);
    return { document, outcome: before === undefined ? 'added' : 'replaced', chunks: counts };
  }

  /** @throws TimonelError `document_not_found` */
  async get(workspaceId: string, collection: Pick<TargetCollection, 'id' | 'name'>, key: string): Promise<KnowledgeDocument> {
    const found = await rows.findDocument(this.#run, workspaceId, collection.id, key);
    if (found === undefined) throw documentNotFound(collection.name, key);
    return found;
  }

  list(
    workspaceId: string,
    collection: TargetCollection,
    page: { after?: string | undefined; limit: number },
  ): Promise<KnowledgeDocument[]> {
    return rows.listDocuments(this.#run, workspaceId, collection.id, page);
  }

  /** @throws TimonelError `document_not_found` */
  async text(workspaceId: string, collection: TargetCollection, key: string): Promise<string> {
    const { id } = await this.get(workspaceId, collection, key);
    return rows.textOfDocument(this.#run, workspaceId, id);
  }

  /** With its passages, in its order. @throws TimonelError `document_not_found` */
  async chunks(
    workspaceId: string,
    collection: TargetCollection,
    key: string,
    page: { after: number; limit: number },
  ): Promise<{ document: KnowledgeDocument; chunks: rows.StoredChunk[] }> {
    const document = await this.get(workspaceId, collection, key);
    return { document, chunks: await rows.listChunks(this.#run, workspaceId, document.id, page) };
  }

  /** @throws TimonelError `document_not_found` */
  async remove(workspaceId: string, collection: TargetCollection, key: string, change: CollectionChange): Promise<void> {
    const { id } = await this.get(workspaceId, collection, key);
    await this.#changing({ workspaceId, collectionId: collection.id, id }, change, async (run) => {
      // What corrects a document goes with it.
      for (const correction of await correctionsOf(run, workspaceId, id)) {
        await countChange(run, workspaceId, collection.id, correction, change.now);
        await rows.deleteDocument(run, workspaceId, correction);
      }
      await rows.deleteDocument(run, workspaceId, id);
    });
  }

  /** Hides a document from searches, or shows it again. @throws TimonelError `document_not_found` */
  async setState(
    workspaceId: string,
    collection: TargetCollection,
    key: string,
    state: DocumentState,
    change: CollectionChange,
  ): Promise<KnowledgeDocument> {
    const found = await this.get(workspaceId, collection, key);
    if (found.state !== state) {
      await this.#changing({ workspaceId, collectionId: collection.id, id: found.id }, change, (run) =>
        rows.setState(run, workspaceId, found.id, state, change.now),
      );
    }
    return this.get(workspaceId, collection, key);
  }

  /** Cuts and analyses all documents of a collection again, one transaction each. @returns how many, and how many of them changed. */
  async reindex(
    workspaceId: string,
    collection: TargetCollection,
    change: CollectionChange,
  ): Promise<{ documents: number; changed: number }> {
    let documents = 0;
    let changed = 0;
    for (let after: string | undefined; ; ) {
      const page = await rows.listDocuments(this.#run, workspaceId, collection.id, { after, limit: 100 });
      for (const document of page) {
        documents++;
        if (await this.#reindexed(workspaceId, collection, document, change)) changed++;
      }
      after = page.at(-1)?.key;
      if (page.length < 100) return { documents, changed };
    }
  }

  async #reindexed(
    workspaceId: string,
    collection: TargetCollection,
    document: rows.StoredDocument,
    change: CollectionChange,
  ): Promise<boolean> {
    const text = await rows.textOfDocument(this.#run, workspaceId, document.id);
    const { mediaType, title } = document;
    const whose = { documentId: document.id, title, language: collection.language, code: codeLanguageOf(mediaType) };
    const { language, characters, chunks } = await this.#thread.prepare(text, formatOf(mediaType), whose);
    const place = { workspaceId, collectionId: collection.id, id: document.id };
    return this.#changing(place, change, async (run) => {
      const stored = await rows.findDocument(run, workspaceId, collection.id, document.key, true);
      // Replaced or removed meanwhile: what came later is as new as can be.
      if (stored === undefined || stored.hash !== document.hash || stored.title !== document.title) return false;
      const reanalysed = stored.analyser !== analyserVersion || stored.language !== language;
      const values = {
        ...place,
        ...stored,
        language,
        characters,
        chunks: chunks.length,
        analyser: analyserVersion,
        text,
        ...change,
      };
      await rows.writeDocument(run, values);
      const { added, removed } = await rows.replaceChunks(run, place, chunks, reanalysed);
      return reanalysed || added + removed > 0;
    });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  /** Works in one transaction that holds the collection, and counts as one change of it. */
  #changing<T>(
    { workspaceId, collectionId, id }: { workspaceId: string; collectionId: string; id: string },
    { now }: CollectionChange,
    work: (run: RunStatement) => Promise<T>,
  ): Promise<T> {
    return this.#pool.inTransaction(async (client) => {
      const run = statementsOf(client);
      const counted = await countChange(run, workspaceId, collectionId, id, now);
      if (counted === undefined) throw new TimonelError('collection_not_found', 'The collection was removed meanwhile.');
      return work(run);
    });
  }
}

export function statementsOf(client: pg.PoolClient): RunStatement {
  return async <Row>(text: string, values: unknown[]) => (await client.query(text, values.map(storableValue))).rows as Row[];
}

/** @throws TimonelError `collection_not_found` */
export async function requireCollection(run: RunStatement, workspaceId: string, name: string): Promise<Collection> {
  const found = await findCollection(run, workspaceId, name);
  if (found === undefined) throw collectionNotFound([name]);
  return found;
}

export function collectionNotFound(names: readonly string[]): TimonelError {
  const quoted = names.map((name) => `"${name}"`).join(', ');
  return new TimonelError(
    'collection_not_found',
    `There is no collection ${quoted} that may be searched here. GET /api/v1/knowledge/collections lists those of the workspace.`,
  );
}

function documentNotFound(collection: string, key: string): TimonelError {
  return new TimonelError(
    'document_not_found',
    `The collection "${collection}" has no document "${key}". GET /api/v1/knowledge/collections/${collection}/documents lists what it has.`,
  );
}

function isSame(
  stored: rows.StoredDocument,
  { hash, title, metadata }: { hash: string; title: string | undefined; metadata: JsonObject | undefined },
): boolean {
  if (stored.hash !== hash || stored.analyser !== analyserVersion) return false;
  return (title || stored.title) === stored.title && (metadata === undefined || isDeepStrictEqual(stored.metadata, metadata));
}

function requireKey(key: string): void {
  if (key.length > 0 && key.length <= 500 && key.isWellFormed() && !/\p{Cc}/u.test(key)) return;
  throw new TimonelError(
    'invalid_request',
    'A key of a document has 1 to 500 characters and no control characters, e.g. faq/prices.md.',
  );
}

function metadataOf(metadata: JsonObject | undefined): JsonObject {
  const kept = storable(metadata ?? {}) as JsonObject;
  if (JSON.stringify(kept).length > mostMetadata) {
    throw new TimonelError('invalid_request', `The metadata of a document may have ${mostMetadata} characters as JSON.`);
  }
  return kept;
}

function nameOf(key: string): string {
  return (
    key
      .split('/')
      .filter((part) => part !== '')
      .at(-1) ?? key
  );
}
