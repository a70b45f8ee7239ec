/** What happens around turns, as it is published: knowledge, channels, people, backups. `diagnostics.ts` has the channels, and the events of turns. */

/** A provider called a webhook. */
export interface ChannelWebhook {
  /** `unknown` where there is no such connection. */
  channel: string;
  result: 'accepted' | 'handshake' | 'refused' | 'unreadable' | 'limited' | 'unknown';
  /** Messages and statuses that came before. */
  duplicates: number;
  /** Names of what was not stored. */
  others: readonly string[];
}

/** An account whose provider calls nobody was read. */
export interface ChannelRead {
  channel: string;
  connectionId: string;
  /** `read`: something was in it. `failed`: it is tried again; `refused`: a person has to look. */
  result: 'connected' | 'read' | 'failed' | 'refused';
  /** Messages and statuses that came before. */
  duplicates: number;
  /** Names of what was not stored. */
  others: readonly string[];
}

/** A message of a contact was taken from the inbox. */
export interface ChannelReceived {
  channel: string;
  /** `run`, `held`, `declined`, `ignored`, or the code of an error. */
  result: string;
}

/** What became of an attempt to deliver a message. */
export interface ChannelDelivered {
  workspaceId: string;
  channel: string;
  connectionId: string;
  deliveryId: string;
  conversationId: string | null;
  /** `sent`; `retried`; `refused`; `unclear`; `reconciled`: it was unclear and is known to have been taken; `failed` after it was taken. */
  result: 'sent' | 'retried' | 'refused' | 'unclear' | 'reconciled' | 'failed';
  /** The provider's, where it refused. */
  code: string | undefined;
  /** Since the message was stored; of `sent` alone. */
  milliseconds: number | undefined;
}

/** An attempt to tell an endpoint of an event; `dead`: the last one. */
export interface WebhookAttempted {
  event: string;
  result: 'delivered' | 'retried' | 'dead';
}

/** Voice was heard, or a reply was spoken. */
export interface SpeechDone {
  what: 'transcription' | 'speech';
  engine: 'model' | 'local';
  /** `heard`, `unsure`, `nothing`, `spoken`; else the code of an error, or `failed`. */
  result: string;
  /** Length of what was heard, where it is known. */
  seconds: number | undefined;
  milliseconds: number;
}

/** A conversation needs a person, was taken by one, is theirs no more, or people were told of it. */
export interface HandoffChanged {
  what: 'opened' | 'taken' | 'closed' | 'notified';
  agent: string;
  /** Of one that was opened its reason, of one that was closed how it ended. */
  how: string | undefined;
  /** From the moment that it waited to the one that it was taken. */
  waitedMs: number | undefined;
}

/** An evaluation was played to its end, or could not be. */
export interface EvaluationEnded {
  agent: string;
  outcome: 'finished' | 'failed';
  /** Cases. */
  passed: number;
  failed: number;
  /** Of the work in this process. */
  milliseconds: number;
}

/** A document was put into a collection, or could not be. */
export interface KnowledgeIngested {
  outcome: 'added' | 'replaced' | 'unchanged' | 'refused';
  mediaType: string;
  /** Passages that were not there before. */
  chunks: number;
  milliseconds: number;
}

/** Somebody said what became of a passage. */
export interface KnowledgeJudged {
  verdict: 'used' | 'approved' | 'rejected' | 'modified';
}

/** The index of a collection was loaded whole. */
export interface KnowledgeLoaded {
  milliseconds: number;
}

/** Indexes of collections that are in memory now. */
export interface KnowledgeIndexes {
  count: number;
  bytes: number;
}

/** Documents of a workspace were searched. */
export interface KnowledgeSearched {
  strategy: string;
  /** Whether the first passage is about the question: `strong`, `weak`, `none`. */
  evidence: string;
  /** It went by words, because a vector could not be had. */
  degraded: boolean;
  milliseconds: number;
}

/** A backup was taken or verified, or could not be. */
export interface BackupTaken {
  /** `refused`: it was restored, and is not what was saved, or could not be restored. */
  outcome: 'taken' | 'failed' | 'verified' | 'refused';
  /** Size of the file; 0 where none was written. */
  bytes: number;
  milliseconds: number;
}

/** A program ended in the sandbox, or could not be run. */
export interface SandboxRan {
  language: string;
  backend: string;
  verdict: string;
  /** Of the program itself, without the time in the queue. */
  milliseconds: number;
  /** Programs that run now, and that wait. */
  running: number;
  waiting: number;
}
