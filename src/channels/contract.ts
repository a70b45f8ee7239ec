/**
 * The contract of a channel: `verify → parse → accept → run → outbox → deliver → status`. A channel says how its provider signs, writes, limits
 * and refuses; inbox, contacts, outbox, order, rates and retries are the same for all and know no provider.
 */
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { JsonObject, LocationPart, MediaPart } from '../vocabulary.ts';

export const channelNames = ['whatsapp', 'telegram', 'twilio', 'email', 'web'] as const;
export type ChannelName = (typeof channelNames)[number];

/** What a contact is known by. `phone` is E.164 without the plus; `whatsapp-user` is a business-scoped user id, `web` the visitor of a page. */
export interface Address {
  kind: 'phone' | 'whatsapp-user' | 'telegram' | 'email' | 'web';
  value: string;
}

/** A template with its parameters by name, as texts. */
export interface TemplateUse {
  name: string;
  /** The first language of the registry where absent. */
  language?: string | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
}

/** A template that the account has: the order of `parameters` is the order of the placeholders in its body. */
export interface TemplateEntry {
  name: string;
  language: string;
  parameters: string[];
  /** How it reads, with `{{parameter}}` where one goes: people see it before they send it. */
  text?: string | undefined;
  /** Sent in place of a free text where the window is closed; its parameters are then `name` and `text`, or none. */
  reopens?: boolean | undefined;
}

/** Settings that every connection has. */
export interface CommonSettings {
  /** Hours without a message after which the next one begins a conversation. */
  conversationHours: number;
  /** Milliseconds to wait for further messages of a burst, which become one turn. */
  quietMs: number;
  language: 'es' | 'en';
  /** Whether short replies are spoken too where the contact spoke. */
  voiceReplies: boolean;
  templates: TemplateEntry[];
}

/** A connection with its secrets, as the channel's code works with it. `previous` are those before a rotation, while they are valid. */
export interface OpenConnection {
  id: string;
  workspaceId: string;
  channel: ChannelName;
  name: string;
  agent: string;
  account: string;
  settings: CommonSettings & Readonly<Record<string, unknown>>;
  secrets: Readonly<Record<string, string>>;
  previous: Readonly<Record<string, string>> | undefined;
}

/** A request of a provider, with the bytes as they came: signatures are over these. */
export interface WebhookRequest {
  method: 'GET' | 'POST';
  /** Path and query, as the provider called it. */
  path: string;
  query: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** A file that a message of a contact names. */
export interface IncomingMedia {
  /** Id or address at the provider. */
  id: string;
  type: MediaPart['type'];
  name: string;
  mediaType: string | undefined;
  /** Hexadecimal, where the provider says it. */
  sha256: string | undefined;
}

/** What a contact sent. `kind` is the provider's word for it. */
export interface IncomingContent {
  kind: string;
  text: string;
  media?: IncomingMedia | undefined;
  /** Files beside `media`, of a message that has several. */
  files?: IncomingMedia[] | undefined;
  location?: LocationPart | undefined;
  /** Of a mail: what an answer goes on from. `references` are the ids of the thread so far, oldest first. */
  mail?: { subject: string; references: string[] } | undefined;
  /** What was heard of it, where it is voice; written once it was heard. */
  heard?: { text: string; unsure: boolean } | undefined;
  /** `run`: a turn. `decline`: said once that it cannot be taken. `ignore`: kept, and answered by nothing. */
  treat: 'run' | 'decline' | 'ignore';
}

/** One thing that a webhook told. */
export type Update =
  | {
      kind: 'message';
      externalId: string;
      /** Account that it was sent to. */
      account: string;
      sender: Address[];
      name: string | undefined;
      /** Whether the address is proven, where the channel knows it of each message; else the channel vouches for all or for none. */
      vouched?: boolean | undefined;
      at: Date;
      content: IncomingContent;
    }
  | {
      kind: 'status';
      account: string;
      externalId: string;
      status: SendStatus;
      at: Date;
      reference?: string | undefined;
      error?: ProviderError;
    }
  /** A contact has another address from now on. */
  | { kind: 'moved'; externalId: string; account: string; from: Address[]; to: Address[]; at: Date }
  /** A person of the workspace answers a notice: `token` is in it. `unproven`: the channel says whose messages are proven, and this one is not. */
  | { kind: 'answer'; externalId: string; token: string; from: string; unproven: boolean; text: string }
  /** Known and of no consequence, or not known. `what` names it. */
  | { kind: 'other'; what: string };

/** What providers say of a message that they took, worst to best; the furthest counts. */
export const sendStatuses = ['sent', 'failed', 'delivered', 'read', 'played'] as const;
export type SendStatus = (typeof sendStatuses)[number];

/** A refusal in the provider's words. */
export interface ProviderError {
  code: string;
  message: string;
}

/**
 * What to do about a refusal.
 * - `wait`: send it again later.
 * - `template`: the window is closed; a template may be sent.
 * - `stop`: nothing reaches this contact until it writes.
 * - `wrong`: the message itself is refused; sending it again is useless.
 * - `account`: nothing is sent for the account until a person looked.
 */
export type Remedy = 'wait' | 'template' | 'stop' | 'wrong' | 'account';

export type SendResult =
  | { kind: 'sent'; externalId: string }
  | { kind: 'refused'; error: ProviderError; remedy: Remedy; retryAfterMs?: number | undefined }
  /** The provider may have it, or not: the connection broke after the request was sent. */
  | { kind: 'unclear'; reason: string };

/** What is to reach a contact. */
export interface OutgoingContent {
  text: string;
  options?: string[] | undefined;
  parts?: (MediaPart | LocationPart)[] | undefined;
  template?: TemplateUse | undefined;
}

/** One message at the provider. `media` is read and sent when its turn comes. */
export interface WireMessage {
  body: Readonly<Record<string, unknown>>;
  media?: MediaPart | undefined;
  /** Files of a message that takes several. */
  files?: MediaPart[] | undefined;
}

export interface Rendered {
  messages: WireMessage[];
  /** Options that were numbered in the text: a number that the contact types means one of them. */
  numbered?: string[] | undefined;
}

/** A message on its way: to whom, and the mark that the provider repeats in statuses where it can. */
export interface Sending {
  to: readonly Address[];
  message: WireMessage;
  reference: string;
  /** Reads the bytes of the message's media. */
  read(part: MediaPart): Promise<{ stream: Readable; mediaType: string; name: string; bytes: number }>;
  /** An address at which anybody who has it can load the media for an hour, for providers that load it themselves. */
  link(part: MediaPart): Promise<string>;
  /** Address of the connection's webhook. */
  callback: string;
  /** The message that this one answers: of its run, else the last one of the contact; `undefined` where it never wrote. */
  heard(): Promise<{ externalId: string; mail: IncomingContent['mail'] } | undefined>;
  signal: AbortSignal;
}

/** The place from which a channel without webhooks fetches messages, while this process is the one that does. */
export interface ReceiveContext {
  /** How far it was read, as it was given to `accept` last; `undefined` where it never was. */
  cursor: JsonObject | undefined;
  /** The account answered, and is being read. */
  connected(): void;
  /**
   * Stores what was read, each message once, and then how far.
   * @throws TimonelError `store_unavailable`; Error where another process reads meanwhile
   */
  accept(updates: readonly Update[], cursor: JsonObject): Promise<void>;
  /** How many messages of the address became turns in the last hour, and in the last day. */
  turnsOf(address: Address): Promise<{ hour: number; day: number }>;
  /** Marks of messages in doubt that the provider may have. */
  inDoubt(): Promise<string[]>;
  /** Aborted where the connection was changed or disabled, and where the process ends. */
  signal: AbortSignal;
}

/** What `timonel channels test` found. */
export interface ConnectionFinding {
  what: string;
  ok: boolean;
  detail: string;
}

/** Messages that an account and a pair may send: one each `intervalMs`, and `burst` at once. */
export interface Rate {
  intervalMs: number;
  burst: number;
}

export interface Channel {
  readonly name: ChannelName;
  /** As conversations and policy see it: `whatsapp`, `telegram`, `sms`. */
  label(account: string): string;
  readonly settings: z.ZodType<Record<string, unknown>>;
  readonly secrets: z.ZodType<Record<string, string>>;
  /** Names the account at the provider from the settings, e.g. the phone number id. */
  accountOf(settings: Readonly<Record<string, unknown>>): string;
  /** Messages per account and per pair. */
  readonly rates: { account: Rate; pair: Rate };
  /** Bytes of the largest file that it sends, by the kind of part. */
  readonly fileBytes: Readonly<Record<MediaPart['type'], number>>;
  /** Nobody vouches for who writes. */
  readonly strangers?: true;
  /** Contacts read the outbox itself: what was under way in a process that died has arrived. */
  readonly readHere?: true;
  /** For how long after the last message of a contact free text may be sent, in milliseconds; always where `undefined`. */
  windowOf(connection: OpenConnection): number | undefined;
  /** Answers the provider's question whether the address is ours. `undefined`: refused. */
  handshake?(request: WebhookRequest, connection: OpenConnection): string | undefined;
  /** Whether the provider sent it. Constant time; never throws. */
  verify(request: WebhookRequest, connection: OpenConnection, publicUrl: string): boolean;
  /** What a webhook tells. @throws Error where the body is not what the provider sends */
  parse(request: WebhookRequest, connection: OpenConnection): Update[];
  /** Messages within the provider's limits. Pure: the same content gives the same messages. @throws TimonelError `template_unknown` */
  render(content: OutgoingContent, connection: OpenConnection): Rendered;
  send(connection: OpenConnection, sending: Sending): Promise<SendResult>;
  /** What to do about a failure that a status tells. */
  remedyOf(error: ProviderError): Remedy;
  /** Marks a message read and shows that an answer is being written. */
  acknowledge?(
    connection: OpenConnection,
    message: { externalId: string; sender: readonly Address[] },
    signal: AbortSignal,
  ): Promise<void>;
  /** Loads a file of a contact. @throws ChannelMediaError */
  load(connection: OpenConnection, media: IncomingMedia, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Fetches messages for as long as it can: for a channel whose provider calls nobody. Ends where the signal is aborted.
   * @throws AccountRefusedError where a person has to look; Error where another attempt may work
   */
  receive?(connection: OpenConnection, reading: ReceiveContext): Promise<void>;
  /** Looks at the account, and at what the settings say of it. */
  check(connection: OpenConnection, signal: AbortSignal): Promise<ConnectionFinding[]>;
}

/** A file of a contact cannot be loaded: gone, too large, or not what was announced. */
export class ChannelMediaError extends Error {
  /** Another attempt may load it. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean) {
    super(message);
    this.name = 'ChannelMediaError';
    this.passing = passing;
  }
}

/** The account lets nobody in: nothing is fetched or sent until a person changes the connection. */
export class AccountRefusedError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'AccountRefusedError';
    this.code = code;
  }
}
