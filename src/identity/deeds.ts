import type { AuditLog } from './audit/audit-log.ts';

/** Writes down what somebody did: within the transaction of the client where one is given, so that neither is there without the other. */
export type RecordDeed = AuditLog['append'];
