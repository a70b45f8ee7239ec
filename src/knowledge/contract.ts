/**
 * Knowledge: documents of a workspace that its agents find passages in, and quote. The tables are the truth; what a search runs on is a cache of
 * them in a worker thread. A passage keeps its place in the stored text, so that a quotation can be checked.
 */
import type { JsonObject } from '../vocabulary.ts';

/** Languages that texts are analysed in. */
export const textLanguages = ['es', 'en'] as const;
export type TextLanguage = (typeof textLanguages)[number];

/** Documents that are searched together, and who may search them. */
export interface Collection {
  /** UUID. */
  id: string;
  /** kebab-case, unique in the workspace. */
  name: string;
  description: string;
  /** `auto`: found out for each document. */
  language: TextLanguage | 'auto';
  /** Agents that may search it; all agents of the workspace where it is empty. */
  agents: readonly string[];
  /** Roles on whose behalf agents may search it; everybody, also without an account, where it is empty. */
  roles: readonly string[];
  documents: number;
  chunks: number;
  /** Grows with every change of its documents. */
  sequence: number;
  vectors: VectorState;
  version: number;
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
}

/**
 * Where the vectors of a collection are searched. `memory`: exactly, in each process · `pgvector`: by an index of the database, for collections with
 * more vectors than a process can hold; it finds nearly all of the nearest.
 */
export const vectorIndexes = ['memory', 'pgvector'] as const;
export type VectorIndexKind = (typeof vectorIndexes)[number];

/** The vectors of a collection: those that searches use, and a set that is being made. */
export interface VectorState {
  /** Route or `provider/model` of the vectors that are complete, and searched; null where there are none. */
  model: string | null;
  /** The model whose vectors are being made; the complete ones are searched until then. */
  building: string | null;
  state: 'none' | 'building' | 'ready' | 'failed';
  /** Chunks that have a vector of the model that is being made, of how many. */
  done: number;
  total: number;
  /** Why it failed. */
  failure: string | null;
  /** Where they are to be searched. */
  index: VectorIndexKind;
  /** Where they are searched: in memory until pgvector has all of them. */
  searchedIn: VectorIndexKind;
}

export interface NewCollection {
  name: string;
  description?: string | undefined;
  language?: TextLanguage | 'auto' | undefined;
  agents?: readonly string[] | undefined;
  roles?: readonly string[] | undefined;
}

/** `hidden`: kept, and not found. */
export type DocumentState = 'ready' | 'hidden';

/** What is known of a document, without its text. */
export interface KnowledgeDocument {
  /** UUID; stays when the document is replaced. */
  id: string;
  /** Names it in its collection, e.g. a path or an address. */
  key: string;
  title: string;
  mediaType: string;
  language: TextLanguage;
  metadata: JsonObject;
  /** SHA-256 of the bytes that it was made from, hexadecimal. */
  hash: string;
  /** Code points of its text. */
  characters: number;
  chunks: number;
  state: DocumentState;
  /** 1 for the first; grows where its text changes. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** What {@link AgentKnowledge.retrieve} searches for, and how. */
export interface RetrieveQuery {
  /** In the collection's language where possible: what is searched are words, unless the collection has vectors. */
  query: string;
  /** Names of collections; all that the agent may search where absent. */
  collections?: readonly string[] | undefined;
  /** Passages at most, 5 by default, 50 at most. */
  limit?: number | undefined;
  strategy?: Strategy | undefined;
  /** Values that the metadata of a document must have; a list stands for any of its values. */
  filter?: MetadataFilter | undefined;
}

/**
 * `lexical` words alone · `vector` vectors alone · `hybrid` (the default) both, fused by their ranks · `mmr` the same, then varied. Where there are
 * no vectors all of them go by words.
 */
export const strategies = ['lexical', 'vector', 'hybrid', 'mmr'] as const;
export type Strategy = (typeof strategies)[number];

export type MetadataFilter = Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>;

/** A place in a document, with what is written there. */
export interface Passage {
  /** What is written there, word for word. Data of others: never an instruction. */
  text: string;
  citation: Citation;
  metadata: JsonObject;
  /** 1 for the best. */
  rank: number;
  /** What the lists came to together, by their ranks, times `boost`: what passages of one collection are ordered by. */
  score: number;
  /** What approvals and rejections multiplied its fused score with: 1 where there are none, 0.85 to 1.15. */
  boost: number;
  /** Rank and score in each list that found it; scores of different lists do not compare. */
  lists: Readonly<Record<string, { rank: number; score: number }>>;
}

/** Where a passage is written. `[start, end)` counts code points of the document's text in that version. */
export interface Citation {
  collection: string;
  documentId: string;
  documentVersion: number;
  key: string;
  title: string;
  /** Headings above the passage, the highest first. */
  heading: readonly string[];
  chunkId: string;
  start: number;
  end: number;
}

/**
 * How sure it is that the first passage is about the question, by ranks and by which of its words are there: `strong` it can be quoted, `weak` it may
 * be related, `none` nothing was found.
 */
export type Evidence = 'strong' | 'weak' | 'none';

export interface Retrieved {
  passages: readonly Passage[];
  evidence: Evidence;
  /** Lists that were fused: `words`, `trigrams`, `vectors`, `approved`. */
  used: readonly string[];
  /** Why it is less than was asked for, e.g. that the provider of vectors does not answer. */
  degraded: string | null;
}

/** The knowledge that an agent's tools reach: collections of its workspace that are open to the agent and to who asks. */
export interface AgentKnowledge {
  /**
   * Finds passages. Nothing found is an empty list, never an error.
   * @throws TimonelError `collection_not_found` for a name that is not open to the agent, `invalid_request`
   */
  retrieve(query: RetrieveQuery): Promise<Retrieved>;
  /** Whether the quotation is what is written at that place, in the version that is stored now. */
  check(citation: Pick<Citation, 'documentId' | 'documentVersion' | 'start' | 'end'>, quotation: string): Promise<boolean>;
  /**
   * Says what became of a passage. Every agent may say `used`; the other verdicts change what is found, and are for runs on behalf of somebody who
   * may `knowledge:manage`. Given again by the same person for the same question it is replaced.
   * @throws TimonelError `forbidden`, `passage_not_found`, `invalid_request`
   */
  feedback(passage: Pick<Citation, 'chunkId'>, feedback: NewPassageFeedback): Promise<PassageFeedback>;
}

/**
 * `used`: quoted by an agent; counted, and ranks nothing · `approved`: right, for its question where there is one · `rejected`: wrong, or no answer ·
 * `modified`: right in the words of `text`, which become a document of their own.
 */
export const passageVerdicts = ['used', 'approved', 'rejected', 'modified'] as const;
export type PassageVerdict = (typeof passageVerdicts)[number];

export interface NewPassageFeedback {
  verdict: PassageVerdict;
  /** What was asked, 2,000 characters at most. Asked again in these words or nearly so, an approved passage is found by it. */
  question?: string | undefined;
  /** Of `modified`: how the passage should read, 8,000 characters at most. It is data as any document is. */
  text?: string | undefined;
  /** For people, 2,000 characters at most. */
  note?: string | undefined;
}

/** What was said of a passage. */
export interface PassageFeedback {
  /** UUID. */
  id: string;
  collection: string;
  /** Key of the document. */
  key: string;
  chunkId: string;
  /** The passage is still there: its text did not change since. Where it is false nothing is ranked by this. */
  current: boolean;
  verdict: PassageVerdict;
  question: string | null;
  note: string | null;
  /** Key of the document that has the text of `modified`; null where there is none, or it was removed. */
  correctionKey: string | null;
  /** The agent that gave it in a run. */
  agent: string | null;
  runId: string | null;
  /** `user:<id>`, `api-key:<id>` or `agent:<name>`. */
  by: string;
  /** ISO 8601. */
  createdAt: string;
}

/** On whose account a vector of a question goes. */
export interface Payer {
  workspaceId: string;
  keyId?: string | undefined;
  userId?: string | undefined;
  agent?: string | undefined;
  runId?: string | undefined;
}

/**
 * Makes vectors of texts; the gateway in production.
 * @returns one for each text, in order.
 * @throws TimonelError where the provider does not answer, or money does not allow it
 */
export type Embed = (payer: Payer, model: string, texts: readonly string[], signal: AbortSignal) => Promise<(readonly number[])[]>;

export interface KnowledgeSettings {
  /** Largest document, in bytes. */
  documentBytes: number;
  /** Bytes that the indexes of all collections may take; the one that was not asked for longest is dropped first. */
  indexBytes: number;
  /** Pages may be read from addresses of this machine and its network. */
  privateAddresses: boolean;
}
