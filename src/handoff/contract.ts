/** A conversation in people's hands, as those see it who work with it. */
import type { HandoffReason, HandoffSummary, LocationPart, MediaPart } from '../vocabulary.ts';

/** How a hand-off ended: by a person, by their silence, with the conversation, since the call was decided, or without anybody taking it. */
export const handoffEndings = ['handed-back', 'silence', 'conversation-closed', 'decided', 'dismissed'] as const;
export type HandoffEnding = (typeof handoffEndings)[number];

export interface HandoffView {
  id: string;
  conversationId: string;
  agent: string;
  /** The run that opened it. */
  runId: string | null;
  reason: HandoffReason;
  priority: 'normal' | 'urgent';
  /** The customer's, as far as their messages tell it. */
  language: 'es' | 'en';
  summary: HandoffSummary;
  waitingSince: Date;
  /** Until when somebody should have taken it. */
  dueAt: Date;
  /** Who has it, or whose it is to take: "user:…" or "api-key:…", and their name. */
  assignee: { id: string; name: string } | null;
  /** When they took it; null while it waits, and the agent still answers. */
  takenAt: Date | null;
  closedAt: Date | null;
  closedHow: HandoffEnding | null;
  /** Name of who closed it; `system` for silence. */
  closedBy: string | null;
}

/** What a person says to the customer. */
export interface PersonMessage {
  /** Empty where the parts say all. */
  text: string;
  parts?: readonly (MediaPart | LocationPart)[] | undefined;
  /** Sent where only templates reach the customer; `text` is how it reads. */
  template?: { name: string; language?: string | undefined; parameters?: Readonly<Record<string, string>> | undefined } | undefined;
  /** The same key and text are stored once. */
  idempotencyKey?: string | undefined;
}

export interface StoredReply {
  turn: number;
  at: Date;
  /** It was there already, by its key. */
  repeated: boolean;
}

export interface NoteView {
  id: string;
  author: string;
  text: string;
  /** The agent was told it with a hand-back. */
  handedOn: boolean;
  at: Date;
}

/** Rows of `handoffs` as `h`. */
export const handoffColumns = `h.id, h.conversation_id AS "conversationId", h.agent, h.run_id AS "runId", h.reason, h.priority, h.language, h.summary,
  h.waiting_since AS "waitingSince", h.due_at AS "dueAt",
  CASE WHEN h.assignee IS NOT NULL THEN json_build_object('id', h.assignee, 'name', h.assignee_name) END AS assignee, h.taken_at AS "takenAt",
  h.closed_at AS "closedAt", h.closed_how AS "closedHow", h.closed_by_name AS "closedBy"`;
