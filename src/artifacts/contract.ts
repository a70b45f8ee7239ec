/**
 * Artifacts: bytes with an owner, a media type, a hash and an expiry. Small ones are kept in the database, larger ones in a folder or in
 * S3-compatible storage. They are streamed in and out: no more than the database limit of one is ever whole in memory.
 */
import type { Readable } from 'node:stream';

/** What is known of an artifact; JSON. */
export interface Artifact {
  /** UUID. */
  id: string;
  /** Safe as the name of a file on any system. */
  name: string;
  /** By the content. */
  mediaType: string;
  /** Size in bytes. */
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601; absent where it is kept as long as its conversation. */
  expiresAt?: string;
}

/** What {@link ToolArtifacts.put} stores. */
export interface NewArtifact {
  /** Any name; folders and characters that file systems refuse are taken out. */
  name: string;
  /**
   * Used where the content does not say more: for kinds of text (`text/csv`) and for bytes of an unknown kind. Otherwise the content decides.
   */
  mediaType?: string | undefined;
  data: Uint8Array | AsyncIterable<Uint8Array>;
  /** From then on it is gone for readers, and its bytes are removed within minutes. */
  expiresAt?: Date | undefined;
  /** A permission that readers need beside the right to read the conversation. */
  permission?: string | undefined;
  /** Id of an artifact of the same agent whose bytes this one takes the place of: the id, and links to it, stay. */
  replaces?: string | undefined;
}

/** The artifacts of a tool: those of its conversation, and those that its agent made. */
export interface ToolArtifacts {
  /**
   * Stores bytes. Within a `write` tool whose effect is in our database the row is part of the tool's transaction; without its commit there is
   * no artifact. Larger data than the database limit takes as long as its storage does, so a tool that makes it has `target: 'outside'`.
   * @throws TimonelError `payload_too_large`, `artifact_invalid`, `artifact_limit_reached`, `artifact_not_found` (of `replaces`),
   *   `artifact_storage_unavailable`
   */
  put(artifact: NewArtifact): Promise<Artifact>;
  /** `undefined` where there is none of that id that the tool may read. */
  get(id: string): Promise<ReadableArtifact | undefined>;
  /**
   * A piece of a text: whole characters of UTF-8, from a byte on.
   * @param from `offset` in bytes; `bytes` is the most that is read, 256 at least.
   * @returns `undefined` where the conversation has no such artifact, or the tool may not read it.
   * @throws TimonelError `artifact_invalid` where it is no text
   */
  readText(id: string, from: { offset: number; bytes: number }): Promise<TextPiece | undefined>;
  /**
   * An address at which anybody who has it can download the artifact until it expires.
   * @param options `expiresIn` in milliseconds, up to 400 days.
   * @throws TimonelError `artifact_not_found`
   */
  link(id: string, options: { expiresIn: number }): Promise<string>;
}

/** A piece of an artifact that is a text. */
export interface TextPiece {
  text: string;
  /** The byte that it begins with; after the wanted one where that was within a character. */
  offset: number;
  /** Where the next piece begins; `null` at the end. */
  next: number | null;
  /** Size of the artifact. */
  bytes: number;
}

/** An artifact and its bytes. */
export interface ReadableArtifact extends Artifact {
  /** Its bytes, as they are read. @throws TimonelError `artifact_storage_unavailable` */
  content(): Promise<AsyncIterable<Uint8Array>>;
}

/** Whose an artifact is. */
export interface ArtifactOwner {
  workspaceId: string;
  /** Who may read the conversation may read the artifact; without one, only who made it. */
  conversationId?: string | undefined;
  runId?: string | undefined;
  /** "user:…", "api-key:…" or "agent:…". */
  createdBy: string;
}

/** An artifact as it is stored. */
export interface StoredArtifact extends Artifact {
  workspaceId: string;
  storage: StorageKind;
  location: string | null;
  conversationId: string | null;
  createdBy: string;
  permission: string | null;
}

export type StorageKind = 'database' | 'disk' | 's3';

/** First and last byte, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A place for bytes outside of the database. A location is used once: what is stored there never changes. */
export interface ArtifactStorage {
  readonly kind: Exclude<StorageKind, 'database'>;
  /** Takes a finished file. Durable when it resolves. @throws TimonelError `artifact_storage_unavailable` */
  store(location: string, file: { path: string; bytes: number; sha256: string }): Promise<void>;
  /** @throws TimonelError `artifact_storage_unavailable` */
  read(location: string, range: ByteRange | undefined): Promise<Readable>;
  /** Removes it; one that is not there is removed already. @throws TimonelError `artifact_storage_unavailable` */
  remove(location: string): Promise<void>;
  close(): Promise<void>;
}

export interface ArtifactSettings {
  /** Largest artifact, in bytes. */
  maxBytes: number;
  /** Artifacts of up to so many bytes are kept in the database. */
  databaseBytes: number;
  perConversation: number;
  /** Folder for larger ones; it has to be the same for all processes. */
  folder: string | undefined;
  s3: S3Settings | undefined;
}

export interface S3Settings {
  /** Address of the bucket, path style, with a prefix perhaps: https://s3.example.com/bucket/prefix */
  url: string;
  region: string;
  keyId: string;
  secret: string;
}
