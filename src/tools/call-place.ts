import type { Principal } from '../identity/principal.ts';
import type { StoredWait } from '../store/waits.ts';
import type { Contact, JsonValue } from '../vocabulary.ts';

/** The call, and the run that it belongs to. */
export interface CallPlace {
  agent: string;
  workspaceId: string;
  timeZone: string;
  conversationId: string;
  runId: string;
  fence: number;
  channel: string;
  contact: Contact | undefined;
  principal: Principal | undefined;
  callId: string;
  /** Whether the run is still this process's, without a gap since the record said so. */
  leaseHolds(): boolean;
  /** What the calls of the run wait for, or waited for, by the record. */
  waits: readonly StoredWait[];
  /** What the run may still spend or give to runs that it starts, those that it started not counted; US dollars. */
  moneyLeft(): number;
  /** The call started a run. */
  startedRun(): void;
  /** Shows what the call is doing to those who read along. */
  emit(event: { kind: 'progress'; callId: string; tool: string; chunk: JsonValue }): void;
  /** The turn is a rehearsal that nobody sees: it leaves nothing behind. */
  rehearsal?: true;
  signal: AbortSignal;
}
