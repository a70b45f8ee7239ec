/**
 * The vocabulary that every part of Timonel shares: values that cross from one part to another. Types only, and nothing of any one part.
 */

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** A sentence for a person, in the languages that Timonel speaks. */
export interface LocalizedText {
  es: string;
  en: string;
}

/** Who is at the other end. `verified` is true only where the channel vouches for it (WhatsApp knows the number). */
export interface Contact {
  name?: string | undefined;
  phone?: string | undefined;
  email?: string | undefined;
  verified?: boolean | undefined;
}

/** Names who asked for something, also after the request is over. */
export interface Asker {
  readonly kind: 'user' | 'api-key';
  readonly id: string;
}

/** What a member is limited to: conversations with these agents, and on these connections of channels. Absent: all. */
export interface AccessLimits {
  readonly agents?: readonly string[] | undefined;
  /** Ids. A conversation on no connection is outside of such a limit. */
  readonly connections?: readonly string[] | undefined;
}

/** Which conversations somebody may look at or write in; all of the workspace where everything is absent. */
export interface Reach extends AccessLimits {
  /** Those that they began ("user:…"). */
  startedBy?: string | undefined;
}

/** How a turn ends. With `awaiting_approval` and `awaiting_answer` (of child runs, a time, or from outside) its run goes on later. */
export const outcomes = [
  'replied',
  'awaiting_input',
  'awaiting_approval',
  'awaiting_answer',
  'denied',
  'escalated',
  'failed',
  'cancelled',
] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * Why a conversation needs a person: the agent passed it on, a call needs a decision, the agent did not understand twice in a row, its run failed
 * after all attempts; or a person took it, or gave it to another one, by themselves.
 */
export const handoffReasons = ['escalated', 'approval', 'misunderstood', 'failed', 'undelivered', 'taken', 'assigned'] as const;
export type HandoffReason = (typeof handoffReasons)[number];

/** What a person should know before they say something. Made by rule: no model is asked. Texts are cut. */
export interface HandoffSummary {
  /** What is known of the customer. */
  who: Contact | null;
  /** What they want: in the words of the tool that passed it on, else the last thing that they said. */
  wanted: string;
  /** What the agent did for it, in this turn: calls, and what became of them. */
  tried: string[];
  /** The last five messages, oldest first. */
  last: { role: 'user' | 'assistant' | 'person'; text: string }[];
}

/** A tool call as a planner proposes it. */
export interface PlannedCall {
  tool: string;
  args: JsonObject;
}

/** Where all of a tool's output is that was too long. */
export interface Spilled {
  /** Id of the artifact, of the same conversation. */
  artifact: string;
  /** Its size. */
  bytes: number;
}

/**
 * A tool call and what became of it.
 * - `completed`: `output` is the tool's answer.
 * - `denied`: a rule refused it; `rule` and `reason` say why.
 * - `rejected`: a person refused it; `reason` is theirs, if any.
 * - `invalid`: the arguments or the name of the tool were wrong; `reason` says what would have worked.
 * - `failed`: the tool threw or timed out; `reason` is safe to show.
 */
export interface CallRecord {
  callId: string;
  tool: string;
  args: JsonObject;
  status: 'completed' | 'denied' | 'rejected' | 'invalid' | 'failed';
  output?: JsonValue;
  /** All of an output that was too long to be kept here. */
  spilled?: Spilled;
  rule?: string;
  reason?: LocalizedText;
}

/** A place on earth, in degrees (WGS 84). */
export interface LocationPart {
  type: 'location';
  latitude: number;
  longitude: number;
  name?: string;
}

/** An artifact within a message. The name, type and size are those that it had when the message was stored. */
export interface MediaPart {
  type: 'image' | 'audio' | 'file';
  /** Id of the artifact. */
  artifact: string;
  name: string;
  /** By its content. */
  mediaType: string;
  bytes: number;
}

/** A part of a message or of a reply. */
export type MessagePart = { type: 'text'; text: string } | MediaPart | LocationPart;

/** A reply to the person. */
export interface Reply {
  text: string;
  /** What comes with the text: files, pictures, places. */
  parts?: (MediaPart | LocationPart)[];
  /** Quick answers that a channel may show as buttons. */
  options?: string[];
}

/** What a rule, or all rules together, say about a call. */
export type Verdict =
  /** `remembered`: the approvals that rules which ask were answered with. */
  | { kind: 'allow'; remembered?: readonly ApprovalPlace[] }
  | { kind: 'deny'; rule: string; reason: LocalizedText }
  /** `pattern`: what an approval of it may be remembered for. */
  | { kind: 'ask'; rule: string; reason: LocalizedText; pattern?: JsonObject };

/** Something that was said in the conversation: by the person (`user`) or by the agent (`assistant`). */
export interface SaidBefore {
  /** `person`: somebody of the workspace, while they had the conversation. */
  role: 'user' | 'assistant' | 'person';
  text: string;
}

/** An approval: the call that it was given for. */
export interface ApprovalPlace {
  runId: string;
  callId: string;
}
