/**
 * What people and agents say of passages. Approvals and rejections move ranks by a boost that every answer shows; an approved passage is also found by
 * the question that it was approved for; a correction is a document of its own. None of it is ever more than data that may be quoted.
 */
import { channels, type KnowledgeJudged } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool, RunStatement } from '../store/database.ts';
import { storableText } from '../store/storable.ts';
import type { NewPassageFeedback, PassageFeedback } from './contract.ts';
import { collectionNotFound, type Documents, statementsOf } from './documents.ts';
import { lastingId } from './lasting-id.ts';
import { countChange, findTarget, type KnowledgeReader, type TargetCollection } from './rows/collections.ts';
import { deleteDocument } from './rows/documents.ts';
import * as rows from './rows/feedback.ts';

/** Who says something of a passage. */
export interface FeedbackGiver {
  workspaceId: string;
  by: string;
  /** In a run of this agent. */
  agent?: string | undefined;
  runId?: string | undefined;
  /** Collections that are open to the agent; absent for people who manage knowledge. */
  reader?: KnowledgeReader | undefined;
}

export interface FeedbackDependencies {
  pool: DatabasePool;
  documents: Documents;
  /** Vectors of a correction are to be made. */
  enqueueVectors(workspaceId: string, collectionId: string): Promise<void>;
  now(): Date;
  newId(): string;
}

const dayMs = 86_400_000;
/** Days that it is kept which passages agents used. */
const keptDays = 90;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const longest = { question: 2_000, text: 8_000, note: 2_000 } as const;

export class KnowledgeFeedback {
  readonly #dependencies: FeedbackDependencies;
  readonly #run: RunStatement;

  constructor(dependencies: FeedbackDependencies) {
    this.#dependencies = dependencies;
    this.#run = (text, values) => dependencies.pool.executeText(text, values);
  }

  /** Stores what somebody says of a passage, in the place of what they said of it for the same question. @throws TimonelError `passage_not_found`, `invalid_request` */
  async give(giver: FeedbackGiver, chunkId: string, feedback: NewPassageFeedback): Promise<PassageFeedback> {
    const { workspaceId, by, agent, runId, reader } = giver;
    const { pool, now, newId } = this.#dependencies;
    const [question, text, note] = [textOf(feedback, 'question'), textOf(feedback, 'text'), textOf(feedback, 'note')];
    const { verdict } = feedback;
    if ((verdict === 'modified') !== (text !== null))
      throw new TimonelError(
        'invalid_request',
        'A text goes with the verdict "modified", and with no other: it says how the passage should read.',
      );
    const passage = uuid.test(chunkId) ? await rows.findJudged(this.#run, workspaceId, chunkId, reader) : undefined;
    if (passage === undefined) throw passageNotFound(chunkId);
    const { collection, documentId } = passage;
    const id = verdict === 'used' ? newId() : lastingId(JSON.stringify([workspaceId, chunkId, by, question]));
    const values = {
      id,
      collectionId: collection.id,
      documentId,
      chunkId,
      verdict,
      question,
      note,
      agent: agent ?? null,
      runId: runId ?? null,
      by,
    };
    const write = async (run: RunStatement, correctionId: string | null) => {
      const change = { by, now: now() };
      if (verdict === 'used') return rows.writeFeedback(run, workspaceId, { ...values, correctionId, now: change.now });
      // First, as documents do: it locks the collection, and what is said of its passages with it.
      await countChange(run, workspaceId, collection.id, documentId, change.now);
      const before = await rows.storedFeedback(run, workspaceId, id);
      await rows.writeFeedback(run, workspaceId, { ...values, correctionId, now: change.now });
      if (before?.correctionId != null && before.correctionId !== correctionId)
        await this.#withoutCorrection(run, workspaceId, collection.id, before.correctionId);
    };
    if (text === null) await pool.inTransaction((client) => write(statementsOf(client), null));
    else await this.#corrected(workspaceId, passage, text, { id, by }, write);
    channels.knowledgeJudged.publish({ verdict } satisfies KnowledgeJudged);
    const stored = await rows.findFeedback(this.#run, workspaceId, id);
    // The document was removed the moment after.
    if (stored === undefined) throw passageNotFound(chunkId);
    return stored;
  }

  /** The newest first. @throws TimonelError `collection_not_found` */
  async list(workspaceId: string, collection: string, page: rows.FeedbackPage): Promise<PassageFeedback[]> {
    return rows.listFeedback(this.#run, workspaceId, (await this.#target(workspaceId, collection)).id, page);
  }

  /** Takes back what was said: ranks are as if it had never been, and a correction is removed. @throws TimonelError `collection_not_found`, `feedback_not_found` */
  async withdraw(workspaceId: string, collection: string, id: string): Promise<void> {
    const target = await this.#target(workspaceId, collection);
    const { pool, now } = this.#dependencies;
    const found = uuid.test(id) ? await rows.storedFeedback(this.#run, workspaceId, id) : undefined;
    if (found === undefined || found.collectionId !== target.id)
      throw new TimonelError(
        'feedback_not_found',
        `Nothing was said under "${id}" of a passage of "${collection}". GET /api/v1/knowledge/collections/${collection}/feedback lists what was.`,
      );
    if (found.verdict === 'used') return rows.deleteFeedback(this.#run, workspaceId, id);
    await pool.inTransaction(async (client) => {
      const run = statementsOf(client);
      await countChange(run, workspaceId, target.id, found.documentId, now());
      // Another may have changed it until the collection was locked.
      const held = await rows.storedFeedback(run, workspaceId, id);
      await rows.deleteFeedback(run, workspaceId, id);
      if (held?.correctionId != null) await this.#withoutCorrection(run, workspaceId, target.id, held.correctionId);
    });
  }

  /** Removes old notes of use. Daily. */
  async sweep(): Promise<void> {
    const before = new Date(this.#dependencies.now().getTime() - keptDays * dayMs);
    for (let count = 1_000; count === 1_000; ) count = await rows.deleteOldUses(this.#run, before, 1_000);
  }

  async #target(workspaceId: string, name: string): Promise<TargetCollection> {
    const found = await findTarget(this.#run, workspaceId, name);
    if (found === undefined) throw collectionNotFound([name]);
    return found;
  }

  /** The text of a correction under the headings of what it corrects, stored with what was said in one transaction. */
  async #corrected(
    workspaceId: string,
    { collection, title, heading, metadata }: rows.JudgedPassage,
    text: string,
    { id, by }: { id: string; by: string },
    write: (run: RunStatement, correctionId: string) => Promise<void>,
  ): Promise<void> {
    const { documents, enqueueVectors, now } = this.#dependencies;
    const headings = heading.filter((each) => each !== title).map((each, at) => `${'#'.repeat(Math.min(6, at + 1))} ${each}\n\n`);
    const bytes = Buffer.from(`${headings.join('')}${text}\n`);
    const source = { key: `corrections/${id}.md`, title, metadata, mediaType: 'text/markdown', bytes };
    const change = { by, now: now() };
    await documents.put(workspaceId, collection, source, change, (run, documentId) => write(run, documentId));
    if (collection.hasVectors) await enqueueVectors(workspaceId, collection.id);
  }

  async #withoutCorrection(run: RunStatement, workspaceId: string, collectionId: string, documentId: string): Promise<void> {
    await countChange(run, workspaceId, collectionId, documentId, this.#dependencies.now());
    await deleteDocument(run, workspaceId, documentId);
  }
}

function textOf(feedback: NewPassageFeedback, name: keyof typeof longest): string | null {
  const value = storableText(feedback[name]?.trim() ?? '');
  if (value.length > longest[name])
    throw new TimonelError(
      'invalid_request',
      `The ${name} has ${value.length} characters, and ${longest[name]} are the most. Say it shorter.`,
    );
  return value === '' ? null : value;
}

function passageNotFound(chunkId: string): TimonelError {
  return new TimonelError(
    'passage_not_found',
    `There is no passage "${chunkId}" here. Take \`citation.chunkId\` of a search: a passage whose text changed has another one.`,
  );
}
