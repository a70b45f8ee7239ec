import type { Contact } from '../vocabulary.ts';

/**
 * Which run is worked on, and for whom. A claim makes it once, as part of the claimed run; events, tools, telemetry and planners hand that one on
 * and copy none of its fields.
 */
export interface RunContext {
  runId: string;
  workspaceId: string;
  timeZone: string;
  conversationId: string;
  /** Every write to the run carries it. */
  fence: number;
  agent: string;
  agentVersion: string;
  /** `shadow` for a rehearsal, which is nobody's turn. */
  arm: string;
  channel: string;
  contact: Contact | undefined;
}
