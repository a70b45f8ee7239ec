/** The form of an audit entry, and what its hash is taken of. Whoever has an export can check it by this file alone. */

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../canonical-json.ts';
import type { JsonObject, JsonValue } from '../../vocabulary.ts';

/** Who did it. `system` is Timonel itself or the command line; `anonymous` somebody who was not, or not yet, known. */
export interface Actor {
  kind: 'user' | 'api-key' | 'system' | 'anonymous';
  id: string | null;
}

/** What stays for ever: nothing in it tells of a person to whom has no other table. */
export interface AuditFacts {
  workspaceId: string;
  /** Counts from 1 in each workspace, without gaps. */
  sequence: number;
  /** ISO 8601, UTC, milliseconds. */
  at: string;
  actor: Actor;
  /** Noun and verb: `session-started`, `role-changed`. */
  action: string;
  target: { kind: string; id: string } | null;
  requestId: string | null;
  details: JsonObject;
  /** SHA-256 of the salt and the canonical JSON of what is personal, hexadecimal; null where nothing is. */
  personalDigest: string | null;
}

/** An entry as it is stored and exported. */
export interface AuditEntry extends AuditFacts {
  /** Name, address, user agent; null where there was nothing, or where it was erased. */
  personal: JsonObject | null;
  /** Hexadecimal; needed to check {@link AuditFacts.personalDigest}. */
  salt: string | null;
  /** Hash of the entry before; 64 zeros before the first. */
  previousHash: string;
  /** SHA-256 of the previous hash and the canonical JSON of the facts, hexadecimal. */
  hash: string;
}

/** The hash before the first entry of a chain. */
export const noHash = '0'.repeat(64);

export function entryHashOf(previousHash: string, facts: AuditFacts): string {
  const { workspaceId, sequence, at, actor, action, target, requestId, details, personalDigest } = facts;
  const hashed: JsonObject = {
    workspaceId,
    sequence,
    at,
    actor: { kind: actor.kind, id: actor.id },
    action,
    target: target === null ? null : { kind: target.kind, id: target.id },
    requestId,
    details,
    personalDigest,
  };
  return createHash('sha256').update(previousHash, 'hex').update(canonicalJson(hashed)).digest('hex');
}

export function personalDigestOf(salt: string, personal: JsonObject): string {
  return createHash('sha256').update(salt, 'hex').update(canonicalJson(personal)).digest('hex');
}

/**
 * The value as the database gives it back: PostgreSQL stores no U+0000 and no half of a surrogate pair, `undefined` is no JSON, and a user
 * agent is whatever somebody sent.
 */
export function auditable(value: unknown): JsonValue {
  const text = JSON.stringify(value) ?? 'null';
  return JSON.parse(text, (_, member: unknown) =>
    typeof member === 'string' ? member.toWellFormed().replaceAll('\0', '\uFFFD') : member,
  ) as JsonValue;
}
