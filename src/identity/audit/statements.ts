import type { JsonObject } from '../../vocabulary.ts';
import type { Actor, AuditEntry } from './entry.ts';

/** Which entries to read. All of what is given has to fit. */
export interface AuditFilter {
  /** Id of a user or a key. */
  actor?: string | undefined;
  action?: string | undefined;
  /** Id of what it was done to. */
  target?: string | undefined;
  from?: Date | undefined;
  /** Not included. */
  to?: Date | undefined;
}

export interface AuditRow {
  workspace_id: string;
  sequence: string;
  at: Date;
  actor_kind: Actor['kind'];
  actor_id: string | null;
  action: string;
  target_kind: string | null;
  target_id: string | null;
  request_id: string | null;
  details: JsonObject;
  personal_digest: string | null;
  previous_hash: string;
  hash: string;
  personal: JsonObject | null;
  salt: string | null;
}

interface Page {
  limit: number;
  newestFirst: boolean;
  before?: number | undefined;
  after?: number | undefined;
}

export function pageStatement(workspaceId: string, filter: AuditFilter, page: Page): { text: string; values: unknown[] } {
  const values: unknown[] = [workspaceId, page.limit];
  const conditions = ['e.workspace_id = $1'];
  const where = (condition: (position: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  where((value) => `e.actor_id = ${value}`, filter.actor);
  where((value) => `e.action = ${value}`, filter.action);
  where((value) => `e.target_id = ${value}`, filter.target);
  where((value) => `e.at >= ${value}`, filter.from);
  where((value) => `e.at < ${value}`, filter.to);
  where((value) => `e.sequence < ${value}`, page.before);
  where((value) => `e.sequence > ${value}`, page.after);
  const text = `
    SELECT e.workspace_id, e.sequence, e.at, e.actor_kind, e.actor_id, e.action, e.target_kind, e.target_id, e.request_id, e.details,
           encode(e.personal_digest, 'hex') AS personal_digest, encode(e.previous_hash, 'hex') AS previous_hash,
           encode(e.hash, 'hex') AS hash, p.data AS personal, encode(p.salt, 'hex') AS salt
    FROM audit_log e LEFT JOIN audit_personal p ON p.workspace_id = e.workspace_id AND p.sequence = e.sequence
    WHERE ${conditions.join(' AND ')} ORDER BY e.sequence ${page.newestFirst ? 'DESC' : 'ASC'} LIMIT $2`;
  return { text, values };
}

export function auditEntryOf(row: AuditRow): AuditEntry {
  return {
    workspaceId: row.workspace_id,
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id },
    action: row.action,
    target: row.target_id === null ? null : { kind: row.target_kind ?? '', id: row.target_id },
    requestId: row.request_id,
    details: row.details,
    personalDigest: row.personal_digest,
    personal: row.personal,
    salt: row.salt,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
