/** Pages of the web as documents of a collection: read once, and looked at again when it is time. */
import { messageOf, TimonelError } from '../../errors.ts';
import type { DatabasePool, RunStatement } from '../../store/database.ts';
import type { JsonObject } from '../../vocabulary.ts';
import { collectionNotFound, type Documents, type PutDocument } from '../documents.ts';
import { findTarget, type TargetCollection } from '../rows/collections.ts';
import * as rows from '../rows/pages.ts';
import { type FetchedPage, type PageFetcher, pageAddress } from './fetch-page.ts';

export interface NewPage {
  url: string;
  title?: string | undefined;
  metadata?: JsonObject | undefined;
  /** Hours until it is looked at again, and again; never where it is absent. */
  refreshHours?: number | undefined;
}

export interface WebPagesDependencies {
  pool: DatabasePool;
  documents: Documents;
  fetcher: PageFetcher;
  /** A document changed whose collection has vectors. */
  enqueueVectors(workspaceId: string, collectionId: string): Promise<void>;
  now(): Date;
}

/** Pages of one round, in every workspace; those that are left come with the next. */
const ofOneRound = 100;
/** Longer addresses are no key. */
const longestUrl = 500;

export class WebPages {
  readonly #dependencies: WebPagesDependencies;
  readonly #run: RunStatement;

  constructor(dependencies: WebPagesDependencies) {
    this.#dependencies = dependencies;
    this.#run = (text, values) => dependencies.pool.executeText(text, values);
  }

  /**
   * Reads a page, and stores it under its address. One that is there already is read again.
   * @throws TimonelError `collection_not_found`, `page_unavailable`, `payload_too_large`, and what {@link Documents.put} throws
   */
  async add(workspaceId: string, collection: string, page: NewPage, by: string, signal: AbortSignal): Promise<PutDocument> {
    const target = await this.#target(workspaceId, collection);
    const { href } = pageAddress(page.url);
    if (href.length > longestUrl)
      throw new TimonelError('invalid_request', `The address has ${href.length} characters, and ${longestUrl} are the most.`);
    const fetched = await this.#dependencies.fetcher.fetch(href, { etag: null, lastModified: null }, signal);
    if (fetched.kind === 'unchanged') throw new TimonelError('page_unavailable', `The page ${href} was not sent.`);
    return this.#put(workspaceId, target, { ...page, url: href }, fetched, by);
  }

  /** By address, those after `after`. @throws TimonelError `collection_not_found` */
  async list(
    workspaceId: string,
    collection: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<rows.WebPage[]> {
    return rows.listPages(this.#run, workspaceId, (await this.#target(workspaceId, collection)).id, page);
  }

  /** The job: looks at the pages whose time has come, each asked whether it changed. */
  async refresh(signal: AbortSignal): Promise<void> {
    for (const due of await rows.takeDuePages(this.#run, this.#dependencies.now(), ofOneRound)) {
      if (signal.aborted) return;
      let failure: string | null = null;
      try {
        await this.#refreshed(due, signal);
      } catch (error) {
        // The document stays as it was read last.
        failure = messageOf(error).slice(0, 500);
      }
      await rows.notePage(this.#run, due.workspaceId, due.documentId, this.#dependencies.now(), failure);
    }
  }

  async #refreshed({ workspaceId, collection, url, by, refreshHours, ...known }: rows.DuePage, signal: AbortSignal): Promise<void> {
    const fetched = await this.#dependencies.fetcher.fetch(url, known, signal);
    if (fetched.kind === 'page') await this.#put(workspaceId, collection, { url, refreshHours }, fetched, by);
  }

  async #put(
    workspaceId: string,
    collection: TargetCollection,
    { url, title, metadata, refreshHours }: NewPage,
    { bytes, mediaType, charset, etag, lastModified }: Extract<FetchedPage, { kind: 'page' }>,
    by: string,
  ): Promise<PutDocument> {
    const { documents, enqueueVectors, now } = this.#dependencies;
    const change = { by, now: now() };
    const version = { url, etag, lastModified, refreshHours: refreshHours ?? null };
    const put = await documents.put(
      workspaceId,
      collection,
      { key: url, title, metadata, mediaType, charset, bytes },
      change,
      (run, id) => rows.writePage(run, workspaceId, { ...version, collectionId: collection.id, documentId: id }, change),
    );
    if (put.outcome !== 'unchanged' && collection.hasVectors) await enqueueVectors(workspaceId, collection.id);
    return put;
  }

  async #target(workspaceId: string, name: string): Promise<TargetCollection> {
    const found = await findTarget(this.#run, workspaceId, name);
    if (found === undefined) throw collectionNotFound([name]);
    return found;
  }
}
